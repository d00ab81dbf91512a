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
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/** A service in this process: speaks 50 times a second, and notes when it hears. */
final class Service implements AutoCloseable {
  static final String KEY_VARIABLE = "BENCH_RESUME_KEY";

  private static final int FRAME_MILLIS = 20;
  private static final int FRAME_BYTES = 32 * FRAME_MILLIS;
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int HISTORY = 1 << 16;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BridgeClient client;
  private final BridgeSession session;
  private final long openNanos;
  // Written by the session's executor only.
  private final long[] arrivals = new long[HISTORY];
  private volatile int arrived;
  private volatile long noticedNanos;

  /** Opens a session; speaks at once. */
  Service(String bridge, String user, String url, String key) {
    client = BridgeClient.builder(bridge).build();
    openNanos = System.nanoTime();
    session =
        client.open(
            SessionRequest.builder(user)
                .room(user)
                .liveKitUrl(url)
                .tokens(join -> "not needed by a room host")
                .resumeKey(key)
                .resumeWindow(WINDOW)
                .onAudio(frame -> heard())
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

  private void heard() {
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
            new byte[FRAME_BYTES], AudioFormat.VOICE, TrackId.SPEAKER, System.currentTimeMillis()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close(Duration.ZERO);
  }
}
