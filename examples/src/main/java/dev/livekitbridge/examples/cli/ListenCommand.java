package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.SessionRequest.AudioSource;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.audio.RealTime;
import dev.livekitbridge.examples.audio.WavWriter;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what is said in a room to a WAV file. */
@Command(
    name = "listen",
    description = {
      "Write what is said in a room to a WAV file (16 kHz mono), through a bridge, until Ctrl-C.",
      "The file can be played at any time, and is not lost if the process is killed."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The time of --seconds is over.",
      "2:Wrong command line.",
      "3:The bridge or the room cannot be reached, or ended the session.",
      "4:The file cannot be written.",
      "130:Stopped by Ctrl-C; the file is complete."
    },
    footerHeading = "%nExamples (start 'bridge serve' first):%n",
    footer = {
      "  bridge listen --out heard.wav --url memory:standup --user bob",
      "  LIVEKIT_API_KEY=devkey LIVEKIT_API_SECRET=secret \\",
      "    bridge listen --out heard.wav --url ws://localhost:7880 --room standup --user bob",
      "  bridge listen --out heard.wav --url memory:standup --user bob --target alice --seconds 30",
    })
final class ListenCommand implements Callable<Integer> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Terminal terminal;
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.wav",
      required = true,
      description = "Where to write; an existing file is overwritten.")
  private Path out = Path.of("");

  @Mixin private BridgeTarget bridge = new BridgeTarget();
  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--source",
      paramLabel = "KIND",
      defaultValue = "both",
      description = {
        "What to hear: data_packets, audio_tracks (what 'bridge send' says) or both",
        "(default: ${DEFAULT-VALUE})."
      })
  private AudioSource source = AudioSource.BOTH;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Stop after so long. Default: at Ctrl-C.")
  private @Nullable Double seconds;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for the bridge at first (default: ${DEFAULT-VALUE} s).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "Write JSON lines: states, losses, and a summary.")
  private boolean json;

  ListenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (WavWriter writer = new WavWriter(out, AudioFormat.VOICE);
        SessionRun run =
            new SessionRun(
                terminal,
                bridge,
                json,
                join.request().audioSource(source).onAudio(frame -> write(writer, frame)))) {
      run.awaitConnected(Duration.ofSeconds(timeoutSeconds));
      boolean complete = listen(run, writer);
      run.finish(Duration.ofSeconds(1));
      writer.flush();
      summary(run.session().stats(), writer);
      return complete ? ExitCode.OK : ExitCode.UNREACHABLE;
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_FILE, out + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  private void write(WavWriter writer, AudioFrame frame) {
    try {
      writer.write(frame);
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    }
  }

  private boolean listen(SessionRun run, WavWriter writer)
      throws InterruptedException, IOException {
    TimeSource time = TimeSource.system();
    long start = time.nanoTime();
    RealTime pace = new RealTime(time, LOOK_EVERY);
    for (int tick = 0; !run.over(); tick++) {
      pace.awaitTick();
      IOException failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      if (tick % 10 == 0) {
        writer.flush();
      }
      terminal.progress(
          String.format(
              Locale.ROOT,
              "%.1f s heard  %s",
              writer.durationNanos() / 1e9,
              run.session().state()));
      if (seconds != null && time.nanoTime() - start >= seconds * 1e9) {
        return true;
      }
    }
    return false;
  }

  private void summary(SessionStats stats, WavWriter writer) {
    terminal.endProgress();
    FrameCounts received = stats.received();
    double heard = writer.durationNanos() / 1e9;
    if (json) {
      terminal.json(
          Json.object(
              "event", "summary",
              "file", out.toString(),
              "seconds", heard,
              "received", SessionRun.counts(received),
              "missing", received.missing(),
              "reconnects", stats.reconnects()));
      return;
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "%s: %.1f s in %d frames; %d missing, %d dropped, %d reconnects",
            out,
            heard,
            received.delivered(),
            received.missing(),
            received.droppedTotal(),
            stats.reconnects()));
  }
}
