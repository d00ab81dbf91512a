package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.Playback;
import dev.livekitbridge.client.PlaybackEvent;
import dev.livekitbridge.client.PlaybackResult;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.playback.SoundServer;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a bridge play a file into a room. */
@Command(
    name = "play",
    description = {
      "Let the bridge fetch a file and play it into a room; Ctrl-C stops the sound.",
      "A file of this machine is served to the bridge on the loopback, which a bridge beside it",
      "fetches if it was started with --allow-playback-from 127.0.0.1."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All of it was played.",
      "2:Wrong command line.",
      "3:The bridge or the room cannot be reached, or the sound was stopped by somebody else.",
      "4:It cannot be played; the message tells why.",
      "130:Stopped by Ctrl-C."
    },
    footerHeading = "%nExamples (start 'bridge serve' first):%n",
    footer = {
      "  bridge play https://example.com/hello.mp3 --url memory:standup --user alice",
      "  bridge play music.wav --url memory:standup --user dj --track 1 --volume 0.3",
      "  bridge play https://example.com/alarm.wav --url memory:standup --user a --stop-other --json",
    })
final class PlayCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 100;
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  private final Terminal terminal;

  @Parameters(paramLabel = "URL|FILE", description = "What to play: WAV, MP3, FLAC and the like.")
  private String what = "";

  @Mixin private BridgeTarget bridge = new BridgeTarget();
  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--track",
      paramLabel = "N",
      defaultValue = "0",
      description = "0 speaker, 1 app_audio, 2 tts, others track_N (default: ${DEFAULT-VALUE}).")
  private int track;

  @Option(
      names = "--volume",
      paramLabel = "X",
      defaultValue = "1",
      description = "0 mute, 1 as it is, at most 4 (default: ${DEFAULT-VALUE}).")
  private float volume;

  @Option(names = "--stop-other", description = "Stop what plays on every other track of the user.")
  private boolean stopOther;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for the bridge at first (default: ${DEFAULT-VALUE} s).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "Write JSON lines: states, events and the result.")
  private boolean json;

  private Duration toldAt = Duration.ZERO;

  PlayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (what.contains("://")) {
      return play(what);
    }
    Path file = Path.of(what);
    if (!Files.isReadable(file)) {
      throw new CommandException(
          ExitCode.BAD_FILE, what + ": neither a readable file nor http://… or https://…");
    }
    try (SoundServer sounds = new SoundServer()) {
      return play(sounds.add(file));
    }
  }

  private int play(String url) throws InterruptedException {
    PlayRequest request = request(url);
    try (SessionRun run = new SessionRun(terminal, bridge, json, join.request())) {
      run.awaitConnected(Duration.ofSeconds(timeoutSeconds));
      Playback playback = run.session().play(request);
      PlaybackResult result = await(playback, run);
      terminal.endProgress();
      tell(playback, result);
      run.finish(Duration.ofSeconds(1));
      return switch (result.outcome()) {
        case COMPLETED -> ExitCode.OK;
        case STOPPED -> ExitCode.UNREACHABLE;
        case FAILED -> ExitCode.BAD_FILE;
      };
    }
  }

  private PlayRequest request(String url) {
    try {
      return PlayRequest.url(url)
          .track(TrackId.of(track))
          .volume(volume)
          .stopOther(stopOther)
          .onEvent(this::onEvent)
          .build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Shows how far it is until it is over; a command that is told to stop stops the sound. */
  private PlaybackResult await(Playback playback, SessionRun run) throws InterruptedException {
    while (true) {
      PlaybackResult result = poll(playback);
      if (result != null) {
        return result;
      }
      if (run.over()) {
        playback.stop();
      } else {
        terminal.progress(
            ProgressBar.line(playback.position(), playback.duration())
                + "  "
                + run.session().state());
      }
    }
  }

  private static @Nullable PlaybackResult poll(Playback playback) throws InterruptedException {
    try {
      return playback.completion().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a playback has a result, never an error", e);
    }
  }

  private void onEvent(PlaybackEvent event) {
    if (event instanceof PlaybackEvent.Started started) {
      if (json) {
        terminal.json(Json.object("event", "started", "durationMs", millis(started.duration())));
      } else {
        terminal.line(
            "plays" + started.duration().map(d -> ", " + ProgressBar.clock(d)).orElse(""));
      }
    } else if (event instanceof PlaybackEvent.Progress progress) {
      if (json) {
        terminal.json(
            Json.object(
                "event", "progress",
                "positionMs", progress.position().toMillis(),
                "durationMs", millis(progress.duration())));
      } else if (!terminal.interactive()
          && progress.position().minus(toldAt).compareTo(LINE_EVERY) >= 0) {
        toldAt = progress.position();
        terminal.line(ProgressBar.line(progress.position(), progress.duration()));
      }
    }
  }

  private static long millis(Optional<Duration> time) {
    return time.map(Duration::toMillis).orElse(-1L);
  }

  private void tell(Playback playback, PlaybackResult result) {
    if (json) {
      terminal.json(
          Json.object(
              "event", "result",
              "requestId", playback.requestId(),
              "outcome", result.outcome().name(),
              "playedMs", result.played().toMillis(),
              "detail", result.detail()));
      return;
    }
    String line =
        result.outcome()
            + " after "
            + ProgressBar.clock(result.played())
            + (result.detail().isEmpty() ? "" : ": " + result.detail());
    if (result.outcome() == PlaybackResult.Outcome.FAILED) {
      terminal.error(line);
    } else {
      terminal.line(line);
    }
  }
}
