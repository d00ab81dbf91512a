package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.audio.RealTime;
import dev.livekitbridge.examples.audio.WavException;
import dev.livekitbridge.examples.audio.WavReader;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says a WAV file in a room. */
@Command(
    name = "send",
    description = {
      "Say a WAV file in a room, through a bridge, at the pace of real time.",
      "16-bit PCM, 8000 to 48000 Hz, mono or stereo."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All of it was sent.",
      "2:Wrong command line.",
      "3:The bridge or the room cannot be reached, or ended the session.",
      "4:The file cannot be used; the message tells why.",
      "130:Stopped by Ctrl-C."
    },
    footerHeading = "%nExamples (start 'bridge serve' first):%n",
    footer = {
      "  bridge send hello.wav --url memory:standup --user alice",
      "  bridge send music.wav --url roomhost://localhost:7900/standup --user dj --track 1 --loop",
      "  LIVEKIT_API_KEY=devkey LIVEKIT_API_SECRET=secret \\",
      "    bridge send hello.wav --url ws://localhost:7880 --room standup --user alice",
      "  bridge send hello.wav --bridge unix:/run/bridge.sock --url memory:standup --user a --json",
    })
final class SendCommand implements Callable<Integer> {
  private static final int FRAME_MILLIS = 20;
  private static final Duration PLAY_OUT = Duration.ofSeconds(10);

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE.wav", description = "What to say.")
  private Path file = Path.of("");

  @Mixin private BridgeTarget bridge = new BridgeTarget();
  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--track",
      paramLabel = "N",
      defaultValue = "0",
      description = "0 speaker, 1 app_audio, 2 tts, others track_N (default: ${DEFAULT-VALUE}).")
  private int track;

  @Option(names = "--loop", description = "Again and again, until Ctrl-C.")
  private boolean loop;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for the bridge at first (default: ${DEFAULT-VALUE} s).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "Write JSON lines: states, drops, and a summary.")
  private boolean json;

  SendCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    // A file that cannot be used is told before anything is joined.
    WavReader reader = open();
    try (SessionRun run = new SessionRun(terminal, bridge, json, join.request())) {
      run.awaitConnected(Duration.ofSeconds(timeoutSeconds));
      do {
        say(reader, run);
        reader.close();
        if (loop && !run.over()) {
          reader = open();
        }
      } while (loop && !run.over());
      boolean complete = !run.over();
      run.finish(PLAY_OUT);
      summary(run.session().stats());
      return complete ? ExitCode.OK : ExitCode.UNREACHABLE;
    } finally {
      reader.close();
    }
  }

  private WavReader open() {
    try {
      return WavReader.open(file);
    } catch (WavException e) {
      throw new CommandException(ExitCode.BAD_FILE, String.valueOf(e.getMessage()), e);
    }
  }

  private void say(WavReader reader, SessionRun run) throws InterruptedException {
    BridgeSession session = run.session();
    TrackId trackId = TrackId.of(track);
    TimeSource time = TimeSource.system();
    RealTime pace = new RealTime(time, Duration.ofMillis(FRAME_MILLIS));
    long frames = 0;
    try {
      for (byte[] pcm = reader.next(FRAME_MILLIS);
          pcm != null && !run.over();
          pcm = reader.next(FRAME_MILLIS)) {
        pace.awaitTick();
        session.send(AudioFrame.wrap(pcm, reader.format(), trackId, time.epochMillis()));
        if (frames++ % 10 == 0) {
          progress(reader, frames, session);
        }
      }
    } catch (WavException e) {
      throw new CommandException(ExitCode.BAD_FILE, String.valueOf(e.getMessage()), e);
    } finally {
      terminal.endProgress();
    }
  }

  private void progress(WavReader reader, long frames, BridgeSession session) {
    if (terminal.interactive()) {
      String total =
          reader.durationNanos() < 0
              ? ""
              : String.format(Locale.ROOT, " of %.1f", reader.durationNanos() / 1e9);
      terminal.progress(
          String.format(
              Locale.ROOT,
              "%.1f%s s  %s  waiting %d",
              frames * FRAME_MILLIS / 1e3,
              total,
              session.state(),
              session.stats().sent().buffered()));
    }
  }

  private void summary(SessionStats stats) {
    FrameCounts sent = stats.sent();
    if (json) {
      terminal.json(
          Json.object(
              "event", "summary",
              "file", file.toString(),
              "sent", SessionRun.counts(sent),
              "reconnects", stats.reconnects()));
      return;
    }
    terminal.line(
        "sent "
            + sent.accepted()
            + " frames, "
            + sent.delivered()
            + " heard by the room, "
            + sent.droppedTotal()
            + " dropped, "
            + stats.reconnects()
            + " reconnects");
  }
}
