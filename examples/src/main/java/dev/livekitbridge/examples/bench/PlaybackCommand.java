package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.playback.PlaybackFigures;
import dev.livekitbridge.examples.bench.playback.PlaybackRun;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench playback}. */
@Command(
    name = "playback",
    mixinStandardHelpOptions = true,
    description = {
      "Many files at once into rooms in memory, through a bridge in a process of its own: late",
      "frames, jitter, CPU of a playback, and the time from a request to its first frame.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "2:Wrong command line.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench playback",
      "  bridge bench playback --playbacks 10 --seconds 5 --json"
    })
final class PlaybackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--playbacks",
      paramLabel = "N",
      description = "At once. Default: ${DEFAULT-VALUE}.")
  private int playbacks = 100;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Measured. Default: ${DEFAULT-VALUE}.")
  private int seconds = 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  PlaybackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    if (playbacks < 1 || seconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--playbacks and --seconds: at least 1 each");
    }
    PlaybackFigures figures;
    try (ProcessGroup group = ProcessGroup.create(options.logs())) {
      figures = new PlaybackRun(group, playbacks, seconds, terminal::progress).run();
    }
    terminal.endProgress();
    List<Aim> aims = figures.aims();
    if (options.json()) {
      terminal.json(Json.object("event", "playback", "figures", figures, "aims", aims));
    } else {
      figures.lines().forEach(terminal::line);
      options.print(terminal, aims);
    }
    return options.exitCode(aims, ExitCode.INVARIANT);
  }
}
