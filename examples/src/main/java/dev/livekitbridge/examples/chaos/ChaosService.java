package dev.livekitbridge.examples.chaos;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostTokens;
import dev.livekitbridge.examples.terminal.Json;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The service, a process of its own with several sessions: says a numbered frame every 20 ms on
 * each, and tells as JSON lines on standard output what it hears and what happens, at once, so that
 * nothing is untold when it is killed. Obeys {@code silent} and {@code close} on standard input.
 */
public final class ChaosService {
  /** Its resume keys begin with what is in this variable of the environment. */
  static final String KEY_VARIABLE = "CHAOS_RESUME_KEY";

  static final int FRAME_MILLIS = 20;
  private static final int FRAME_SAMPLES = AudioFormat.VOICE.sampleRate() / 1000 * FRAME_MILLIS;
  private static final Duration STATS_EVERY = Duration.ofMillis(500);
  private static final Duration PLAY_OUT = Duration.ofSeconds(3);

  // What waits after an outage is played in real time: it drains while less is said.
  private static final int BACKLOG_FRAMES = 15;

  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(2, new DefaultThreadFactory("ticker", true));
  private final BridgeClient client;
  private final List<Voice> voices = new ArrayList<>();
  private volatile boolean silent;

  private ChaosService(
      List<String> bridges, String hostUrl, int sessions, int run, boolean standby) {
    String[] more = bridges.subList(1, bridges.size()).toArray(String[]::new);
    client = BridgeClient.builder(bridges.get(0), more).build();
    String key = System.getenv().getOrDefault(KEY_VARIABLE, "");
    for (int i = 0; i < sessions; i++) {
      voices.add(new Voice(i, run));
    }
    tell("open", Map.of());
    voices.forEach(voice -> voice.open(hostUrl, key, standby));
  }

  /**
   * Runs the service.
   *
   * @param args bridges (comma between them), URL of the room host, sessions, number of this run,
   *     whether sessions stand by
   * @throws IOException if standard input breaks
   */
  public static void main(String[] args) throws IOException {
    new ChaosService(
            List.of(args[0].split(",")),
            args[1],
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Boolean.parseBoolean(args[4]))
        .obey();
  }

  /** Name of a session's user, and of its room. */
  static String user(int session) {
    return "chaos-" + session;
  }

  /** The number of the stream that a session's frames carry in a run of the service. */
  static int stream(int session, int run) {
    return 1 + run * 64 + session;
  }

  private void obey() throws IOException {
    timer.scheduleAtFixedRate(this::speak, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
    timer.scheduleAtFixedRate(
        this::tellStats, STATS_EVERY.toMillis(), STATS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("silent")) {
        silent = true;
      } else if (line.equals("close")) {
        close();
        return;
      }
    }
  }

  private void speak() {
    voices.forEach(Voice::speak);
  }

  private void tellStats() {
    voices.forEach(Voice::tellStats);
  }

  private void close() {
    List<CompletionStage<?>> closing = new ArrayList<>();
    voices.forEach(voice -> closing.add(voice.session().beginClose(PLAY_OUT)));
    closing.forEach(each -> each.toCompletableFuture().join());
    // By the ticker, or older books that it has just read might be told last.
    CompletableFuture.runAsync(this::tellStats, timer).join();
    client.close();
    timer.shutdownNow();
    tell("closed", Map.of());
  }

  private void tell(String event, Map<String, Object> values) {
    Map<String, Object> line = Json.object("event", event, "t", TimeSource.system().epochMillis());
    line.putAll(values);
    String text = Json.line(line);
    synchronized (out) {
      out.println(text);
      out.flush();
    }
  }

  /** One session. */
  private final class Voice {
    private final int number;
    private final int stream;
    private volatile BridgeSession session;
    private volatile boolean connectedOnce;
    private long said;
    private boolean skip;

    @SuppressWarnings("NullAway.Init") // opened at once
    Voice(int number, int run) {
      this.number = number;
      this.stream = stream(number, run);
    }

    BridgeSession session() {
      return session;
    }

    void open(String hostUrl, String key, boolean standby) {
      session =
          client.open(
              SessionRequest.builder(user(number))
                  .room(user(number))
                  .liveKitUrl(hostUrl + "/" + user(number))
                  .tokens(join -> RoomHostTokens.token(join.identity()))
                  .resumeKey(key + number)
                  .standby(standby)
                  .onAudio(this::hear)
                  .onEvent(this::onEvent)
                  .build());
    }

    void speak() {
      if (silent || !connectedOnce) {
        return;
      }
      if (session.stats().sent().buffered() > BACKLOG_FRAMES) {
        skip = !skip;
        if (skip) {
          return;
        }
      }
      byte[] pcm = NumberedFrames.pcm(stream, said++, FRAME_SAMPLES);
      var unused =
          session.send(
              AudioFrame.wrap(
                  pcm, AudioFormat.VOICE, TrackId.SPEAKER, TimeSource.system().epochMillis()));
    }

    private void hear(AudioFrame frame) {
      long read = NumberedFrames.read(frame.toByteString());
      if (read >= 0) {
        tell("heard", Json.object("s", number, "n", NumberedFrames.number(read)));
      }
    }

    private void onEvent(SessionEvent event) {
      if (event instanceof SessionEvent.StateChanged changed) {
        connectedOnce |= changed.to() == ConnectionState.CONNECTED;
        tell("state", Json.object("s", number, "state", changed.to().name()));
      } else if (event instanceof SessionEvent.FramesLost lost) {
        tell("lost", Json.object("s", number, "frames", lost.span().frames()));
      } else if (event instanceof SessionEvent.FramesDropped dropped) {
        tell(
            "dropped",
            Json.object("s", number, "cause", dropped.cause().name(), "frames", dropped.frames()));
      } else if (event instanceof SessionEvent.TakenOver) {
        tell("taken", Json.object("s", number));
      } else if (event instanceof SessionEvent.StandbyChanged standby) {
        tell("standby", Json.object("s", number, "ready", standby.ready()));
      } else if (event instanceof SessionEvent.HandedOver moved) {
        tell("moved", Json.object("s", number, "join", moved.join().name(), "to", moved.to()));
      } else if (event instanceof SessionEvent.Closed closed) {
        tell("ended", Json.object("s", number, "reason", closed.reason().name()));
      }
    }

    void tellStats() {
      SessionStats stats = session.stats();
      tell(
          "stats",
          Json.object(
              "s", number,
              "bridge", stats.bridge(),
              "said", said,
              "sent", counts(stats.sent()),
              "received", counts(stats.received())));
    }
  }

  private static Map<String, Object> counts(FrameCounts counts) {
    return Json.object(
        "accepted", counts.accepted(),
        "delivered", counts.delivered(),
        "dropped", counts.droppedTotal(),
        "buffered", counts.buffered(),
        "balanced", counts.balanced());
  }
}
