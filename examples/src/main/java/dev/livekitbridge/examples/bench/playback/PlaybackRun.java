package dev.livekitbridge.examples.bench.playback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.Playback;
import dev.livekitbridge.client.PlaybackEvent;
import dev.livekitbridge.client.PlaybackResult;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.audio.WavBytes;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.playback.SoundServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs the benchmark: the bridge in a process of its own, sessions and files in this one. */
public final class PlaybackRun {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int RATE = 44_100;
  private static final int STARTS = 200;
  private static final int SETTLE_SECONDS = 3;

  private final ProcessGroup processes;
  private final int count;
  private final int seconds;
  private final Consumer<String> progress;
  private final TimeSource time = TimeSource.system();

  /** A run of so many playbacks, measured for so long. */
  public PlaybackRun(ProcessGroup processes, int count, int seconds, Consumer<String> progress) {
    this.processes = processes;
    this.count = count;
    this.seconds = seconds;
    this.progress = progress;
  }

  /** Measures. */
  public PlaybackFigures run()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    ChildProcess bridge =
        processes.start(
            JvmSpec.of("playback-bridge", PlaybackWorker.class, Integer.toString(count))
                .heap(1024)
                .flags("-Xms256m", "-Xmn128m"));
    String target = "127.0.0.1:" + bridge.await("listening", LIMIT).path("port").asInt();
    try (SoundServer sounds = new SoundServer();
        BridgeClient client = BridgeClient.builder(target).build()) {
      String brief = sounds.add("brief.wav", tone(1));
      String whole = sounds.add("long.wav", tone(seconds + 4 * SETTLE_SECONDS));
      List<BridgeSession> sessions = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sessions.add(
            client.open(
                SessionRequest.builder("user-" + i)
                    .room(PlaybackWorker.room(i))
                    .liveKitUrl("memory:" + PlaybackWorker.room(i))
                    .build()));
      }
      progress.accept("warming up ...");
      List<Playback> warm = new ArrayList<>();
      for (int round = 0; round < 5; round++) {
        for (BridgeSession session : sessions) {
          warm.add(session.play(PlayRequest.url(brief).build()));
        }
        awaitAll(warm);
        warm.clear();
      }
      Samples start = new Samples("request to first frame");
      for (int i = 0; i < STARTS; i++) {
        progress.accept("first frames " + i + " of " + STARTS);
        start.addNanos(start(sessions.get(i % count), brief));
      }
      return load(bridge, sessions, whole, start);
    } finally {
      bridge.tell("exit");
    }
  }

  private PlaybackFigures load(
      ChildProcess bridge, List<BridgeSession> sessions, String url, Samples start)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Playback> playing = new ArrayList<>();
    for (BridgeSession session : sessions) {
      playing.add(session.play(PlayRequest.url(url).build()));
    }
    progress.accept(count + " playbacks at once, for " + seconds + " s ...");
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    bridge.tell("mark");
    long cpu = cpuNanos(bridge);
    long from = time.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    bridge.tell("measure");
    long took = time.nanoTime() - from;
    double percent = 100.0 * (cpuNanos(bridge) - cpu) / took / count;
    JsonNode heard = bridge.await("measured", LIMIT);
    int completed = awaitAll(playing);
    return new PlaybackFigures(
        count,
        completed,
        heard.path("frames").asLong(),
        count * TimeUnit.NANOSECONDS.toMillis(took) / 20,
        heard.path("late").asLong(),
        heard.path("jitterP50").asDouble(),
        heard.path("jitterP99").asDouble(),
        heard.path("jitterMax").asDouble(),
        percent,
        start);
  }

  private long start(BridgeSession session, String url)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<Long> heard = new CompletableFuture<>();
    long asked = time.nanoTime();
    Playback playback =
        session.play(
            PlayRequest.url(url)
                .onEvent(
                    event -> {
                      if (event instanceof PlaybackEvent.Started) {
                        heard.complete(time.nanoTime() - asked);
                      } else if (event instanceof PlaybackEvent.Ended ended) {
                        heard.completeExceptionally(
                            new IllegalStateException(ended.result().toString()));
                      }
                    })
                .build());
    long took = heard.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    playback.stop();
    PlaybackResult unused = playback.completion().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    return took;
  }

  private static int awaitAll(List<Playback> playbacks)
      throws InterruptedException, ExecutionException, TimeoutException {
    int completed = 0;
    for (Playback playback : playbacks) {
      if (playback.completion().get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS).completed()) {
        completed++;
      }
    }
    return completed;
  }

  private static long cpuNanos(ChildProcess process) {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .map(Duration::toNanos)
        .orElse(0L);
  }

  private static byte[] tone(int seconds) {
    byte[] pcm = new byte[2 * RATE * seconds];
    for (int i = 0; i < pcm.length / 2; i++) {
      int sample = (int) (8_000 * Math.sin(2 * Math.PI * 440 * i / RATE));
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    return WavBytes.of(pcm, new AudioFormat(RATE, 1));
  }
}
