package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.load.LoadPlan;
import dev.livekitbridge.examples.bench.load.LoadReport;
import dev.livekitbridge.examples.bench.load.LoadResult;
import dev.livekitbridge.examples.bench.load.LoadRun;
import dev.livekitbridge.examples.bench.load.Stack;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench load}. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Many sessions at once, over bare grpc-java, over the bridge without acknowledgement and",
      "retention (plain), and over the bridge as it is, side by side: added latency, CPU, memory,",
      "bytes allocated for each frame, frames dropped. Two processes.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "2:Wrong command line.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench load",
      "  bridge bench load --sessions 100 --seconds 10 --json",
      "  bridge bench load --stack plain,bridge",
      "  bridge bench load --stack bridge --jvm-flag=-XX:StartFlightRecording=filename={name}.jfr",
    })
final class LoadCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "Sessions at once. Default: ${DEFAULT-VALUE}.")
  private int sessions = 1_000;

  @Option(
      names = "--frame-ms",
      paramLabel = "MS",
      description = "Length of a frame. Default: ${DEFAULT-VALUE}.")
  private int frameMillis = 20;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Before anything is measured. Default: ${DEFAULT-VALUE}.")
  private int warmUpSeconds = 25;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Measured. Default: ${DEFAULT-VALUE}.")
  private int seconds = 20;

  @Option(
      names = "--stack",
      split = ",",
      paramLabel = "STACK",
      description = "What to measure: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Stack> stacks = List.of(Stack.values());

  @Option(
      names = "--jvm-flag",
      paramLabel = "FLAG",
      description = "For both processes; {name} becomes the process's name. May be repeated.")
  private List<String> flags = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  LoadCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    LoadPlan plan = plan();
    List<LoadResult> results = new ArrayList<>();
    try (ProcessGroup group = ProcessGroup.create(options.logs())) {
      LoadRun run = new LoadRun(group, plan, flags, terminal::progress);
      for (Stack stack : stacks) {
        results.add(run.run(stack));
      }
    }
    terminal.endProgress();
    LoadReport report = new LoadReport(plan, results);
    List<Aim> aims = report.aims();
    if (options.json()) {
      terminal.json(Json.object("event", "load", "plan", plan, "results", results, "aims", aims));
    } else {
      report.lines().forEach(terminal::line);
      options.print(terminal, aims);
    }
    return options.exitCode(aims, ExitCode.INVARIANT);
  }

  private LoadPlan plan() {
    try {
      return new LoadPlan(sessions, frameMillis, warmUpSeconds, seconds);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
