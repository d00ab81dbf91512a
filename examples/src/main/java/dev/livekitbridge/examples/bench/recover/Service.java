package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostTokens;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** A service in this process: speaks 50 times a second, and notes when it hears. */
final class Service implements AutoCloseable {
  /** Number of this service's stream of numbered frames. */
  static final int STREAM = 2;

  static final String KEY_VARIABLE = "BENCH_RESUME_KEY";

  private static final int FRAME_MILLIS = 20;
  private static final int FRAME_SAMPLES = 16 * FRAME_MILLIS;
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int HISTORY = 1 << 16;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BridgeClient client;
  private final BridgeSession session;
  private final long openNanos;
  // Written by the session's executor only.
  private final long[] arrivals = new long[HISTORY];
  private final int stream;
  private final LongConsumer onNumber;
  private final Object tallyLock = new Object();
  private FrameTally tally = new FrameTally();
  private long said;
  private volatile int arrived;
  private volatile long noticedNanos;

  /** Opens a session at one bridge; speaks at once. */
  Service(String bridge, String user, String url, String key) {
    this(List.of(bridge), user, url, key, false);
  }

  /** Opens a session; speaks at once. */
  Service(List<String> bridges, String user, String url, String key, boolean standby) {
    this(bridges, user, url, key, standby, STREAM, number -> {});
  }

  /** Opens a session whose frames have a stream's number; tells which of the room's it hears. */
  Service(
      List<String> bridges,
      String user,
      String url,
      String key,
      boolean standby,
      int stream,
      LongConsumer onNumber) {
    this.stream = stream;
    this.onNumber = onNumber;
    String[] more = bridges.subList(1, bridges.size()).toArray(String[]::new);
    client = BridgeClient.builder(bridges.get(0), more).build();
    openNanos = System.nanoTime();
    session =
        client.open(
            SessionRequest.builder(user)
                .room(user)
                .liveKitUrl(url)
                .tokens(join -> RoomHostTokens.token(join.identity()))
                .resumeKey(key)
                .resumeWindow(WINDOW)
                .standby(standby)
                .onAudio(this::heard)
                .onEvent(this::onEvent)
                .build());
    timer.scheduleAtFixedRate(this::speak, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** When its session was opened; the client was built before. */
  long openNanos() {
    return openNanos;
  }

  /** When it first noticed that the bridge was gone; 0 if it has not. */
  long noticedNanos() {
    return noticedNanos;
  }

  /** What came in, once for each frame. */
  int heardFrames() {
    return arrived;
  }

  /**
   * Waits for audio.
   *
   * @param after nanoseconds of {@link System#nanoTime}
   * @return when the first frame after that came
   */
  long awaitAudio(long after, Duration limit) throws InterruptedException {
    int[] next = {0};
    await(
        "audio",
        limit,
        now -> {
          while (next[0] < arrived && arrivals[next[0]] - after <= 0) {
            next[0]++;
          }
          return next[0] < arrived;
        });
    return arrivals[next[0]];
  }

  /** Waits until it has noticed that the bridge was gone. */
  long awaitNoticed(Duration limit) throws InterruptedException {
    await("the fault is noticed", limit, now -> noticedNanos != 0);
    return noticedNanos;
  }

  FrameCounts sent() {
    return session.stats().sent();
  }

  FrameCounts received() {
    return session.stats().received();
  }

  static void await(String what, Duration limit, LongPredicate condition)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    for (long now = System.nanoTime(); !condition.test(now); now = System.nanoTime()) {
      if (now - deadlineNanos > 0) {
        throw new IllegalStateException("waited " + limit + " in vain until " + what);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** Target of the bridge it is at. */
  String bridge() {
    return session.stats().bridge();
  }

  /** Target of the bridge that stands by; empty if none does. */
  String standby() {
    return session.stats().standby();
  }

  /** Forgets what it heard until now. */
  void measureFromNow() {
    synchronized (tallyLock) {
      tally = new FrameTally();
    }
  }

  /** What it heard of the room's numbered frames, once it hears no more. */
  FrameTally heard() {
    synchronized (tallyLock) {
      FrameTally done = tally;
      tally = new FrameTally();
      return done;
    }
  }

  /** It says nothing more. */
  void fallSilent() {
    timer.shutdown();
  }

  private void heard(AudioFrame frame) {
    long read = NumberedFrames.read(frame.toByteString());
    if (read >= 0) {
      synchronized (tallyLock) {
        tally.add(NumberedFrames.number(read), System.nanoTime() / 1_000_000);
      }
      onNumber.accept(NumberedFrames.number(read));
    }
    int at = arrived;
    if (at < HISTORY) {
      arrivals[at] = System.nanoTime();
      arrived = at + 1;
    }
  }

  private void onEvent(SessionEvent event) {
    if (event instanceof SessionEvent.StateChanged changed
        && changed.from() == ConnectionState.CONNECTED
        && changed.fault().isPresent()
        && noticedNanos == 0) {
      noticedNanos = System.nanoTime();
    }
  }

  private void speak() {
    session.send(
        AudioFrame.wrap(
            NumberedFrames.pcm(stream, said++, FRAME_SAMPLES),
            AudioFormat.VOICE,
            TrackId.SPEAKER,
            System.currentTimeMillis()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close(Duration.ZERO);
  }
}
