package dev.livekitbridge.examples.demo;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SendResult;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.terminal.Json;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The service of the demo, a process of its own: it says back all speech that it hears, and beside
 * it a numbered frame every 20 ms on a track of its own. Whatever happens it tells as JSON lines on
 * standard output, at once, so that nothing is untold when it is killed. It obeys the lines {@code
 * finish} and {@code close} on standard input.
 */
public final class DemoService {
  /** The track of the numbered frames; speech goes back on {@link TrackId#SPEAKER}. */
  static final TrackId NUMBERS = TrackId.APP_AUDIO;

  /** How long a frame sounds. */
  static final int FRAME_MILLIS = 20;

  private static final int FRAME_SAMPLES = AudioFormat.VOICE.sampleRate() / 1000 * FRAME_MILLIS;
  private static final Duration STATS_EVERY = Duration.ofMillis(250);
  private static final Duration PLAY_OUT = Duration.ofSeconds(5);

  private final TimeSource time = TimeSource.system();
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ticker", true));
  private final int run;
  private final BridgeClient client;
  private final BridgeSession session;
  private @Nullable ScheduledFuture<?> ticking;
  private final boolean spoken;
  private long number;
  private volatile boolean finishing;

  private DemoService(String bridge, String roomUrl, String room, String resumeKey, int run) {
    this.run = run;
    // A real LiveKit room carries what is said through a codec for the ear, and asks for a token.
    this.spoken = roomUrl.startsWith("ws");
    this.client = BridgeClient.builder(bridge).build();
    tell("open", Map.of());
    SessionRequest.Builder request =
        SessionRequest.builder(Stage.USER)
            .liveKitUrl(roomUrl)
            .room(room)
            .resumeKey(resumeKey)
            .onAudio(this::onAudio)
            .onEvent(this::onEvent);
    if (spoken) {
      LiveKitAccess access =
          new LiveKitAccess(
              roomUrl, System.getenv("LIVEKIT_API_KEY"), System.getenv("LIVEKIT_API_SECRET"));
      request.tokens(join -> access.joinToken(room, join.identity()));
    }
    this.session = client.open(request.build());
  }

  /**
   * Runs the service.
   *
   * @param args address of the bridge, URL of the room, number of this run, name of the room; the
   *     resume key is in {@code DEMO_RESUME_KEY}
   * @throws IOException if standard input breaks
   */
  public static void main(String[] args) throws IOException {
    String key = System.getenv().getOrDefault("DEMO_RESUME_KEY", "");
    new DemoService(args[0], args[1], args[3], key, Integer.parseInt(args[2])).obey();
  }

  private void obey() throws IOException {
    timer.scheduleAtFixedRate(
        guarded(this::tellStats),
        STATS_EVERY.toMillis(),
        STATS_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case "finish" -> timer.execute(guarded(this::finish));
        case "close" -> {
          close();
          return;
        }
        default -> tell("error", Map.of("text", "what is '" + line + "'?"));
      }
    }
  }

  /** From the first connection on, whatever happens; before it there is nobody to talk to. */
  private void beginToCount() {
    if (ticking == null && !finishing) {
      ticking =
          timer.scheduleAtFixedRate(
              guarded(this::sayNumber), 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        // The service must not feel what happens to the bridge: any exception is a fault of ours.
        tell("error", Map.of("text", e.toString()));
      }
    };
  }

  private void onAudio(AudioFrame frame) {
    long read = NumberedFrames.read(frame.toByteString());
    if (read == NumberedFrames.NONE) {
      if (!finishing) {
        session.send(
            AudioFrame.received(
                frame.toByteString(),
                frame.format(),
                TrackId.SPEAKER,
                frame.timestampMillis(),
                0,
                ""));
      }
    } else {
      tell("heard", Map.of("n", read));
    }
  }

  private void sayNumber() {
    if (finishing && (!spoken || number % SpokenNotes.FRAMES == 0)) {
      // A note that has begun is said to its end: half a number is none.
      stopCounting();
      return;
    }
    byte[] pcm =
        spoken
            ? SpokenNotes.pcm(run, number, FRAME_SAMPLES)
            : NumberedFrames.pcm(run, number, FRAME_SAMPLES);
    SendResult result =
        session.send(AudioFrame.wrap(pcm, AudioFormat.VOICE, NUMBERS, time.epochMillis()));
    if (!spoken || number % SpokenNotes.FRAMES == 0) {
      long counted = spoken ? number / SpokenNotes.FRAMES : number;
      tell("sent", Map.of("n", FrameFlow.number(run, (int) counted), "result", result.name()));
    }
    number++;
  }

  private void stopCounting() {
    if (ticking != null) {
      ticking.cancel(false);
    }
  }

  private void finish() {
    finishing = true;
    tell("finishing", Map.of());
  }

  private void close() {
    session.close(PLAY_OUT);
    // By the ticker, or older books that it has just read might be told last.
    CompletableFuture.runAsync(guarded(this::tellStats), timer).join();
    client.close();
    timer.shutdownNow();
    tell("closed", Map.of());
  }

  private void onEvent(SessionEvent event) {
    if (event instanceof SessionEvent.StateChanged changed) {
      if (changed.to() == ConnectionState.CONNECTED) {
        timer.execute(guarded(this::beginToCount));
      }
      tell(
          "state",
          Json.object(
              "state",
              changed.to().name(),
              "from",
              changed.from().name(),
              "fault",
              changed
                  .fault()
                  .map(it -> it.reason().map(Enum::name).orElse(it.cause().name()))
                  .orElse("")));
    } else if (event instanceof SessionEvent.Reconnected reconnected) {
      tell(
          "reconnected",
          Json.object(
              "tries", reconnected.tries(),
              "resumed", reconnected.resumed(),
              "outage", reconnected.outage().toMillis()));
    } else if (event instanceof SessionEvent.FramesLost lost) {
      tell(
          "lost",
          Json.object(
              "frames", lost.span().frames(),
              "from", lost.span().fromSequence(),
              "to", lost.span().toSequence(),
              "millis", lost.span().duration().toMillis()));
    } else if (event instanceof SessionEvent.FramesDropped dropped) {
      tell(
          "dropped",
          Json.object(
              "direction", dropped.direction().name(),
              "cause", dropped.cause().name(),
              "frames", dropped.frames()));
    } else if (event instanceof SessionEvent.Draining draining) {
      tell("draining", Json.object("millis", draining.remaining().toMillis()));
    } else if (event instanceof SessionEvent.Closed closed) {
      tell("ended", Json.object("reason", closed.reason().name(), "detail", closed.detail()));
    }
  }

  private void tellStats() {
    SessionStats stats = session.stats();
    tell(
        "stats",
        Json.object(
            "state", stats.state().name(),
            "reconnects", stats.reconnects(),
            "sent", counts(stats.sent()),
            "received", counts(stats.received())));
  }

  private static Map<String, Object> counts(FrameCounts counts) {
    return Json.object(
        "accepted", counts.accepted(),
        "delivered", counts.delivered(),
        "dropped", counts.dropped(),
        "buffered", counts.buffered(),
        "replayed", counts.replayed(),
        "duplicates", counts.duplicates(),
        "missing", counts.missing(),
        "balanced", counts.balanced());
  }

  private void tell(String event, Map<String, Object> values) {
    Map<String, Object> line = Json.object("event", event, "t", time.epochMillis());
    line.putAll(values);
    String text = Json.line(line);
    synchronized (out) {
      out.println(text);
      out.flush();
    }
  }
}
