package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bridge simulate}: the real client and server through many histories of faults. */
@Command(
    name = "simulate",
    description = {
      "Runs the real client and the real bridge on virtual time, over a network, rooms and "
          + "processes that break by a seed, and checks every promise on the way. Prints the first "
          + "seed that breaks one, with its story; a seed is the same history every time.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge simulate --histories 1000000 --seed 1    a million, from seed 1 on",
      "  bridge simulate --story --seed 42               what happens in history 42",
      "  bridge simulate --kind standby                  hand-over and standby only",
      "",
      "Exit codes: 0 every promise was kept, 5 one was broken.",
    })
public final class SimulateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--histories",
      paramLabel = "N",
      defaultValue = "20000",
      description = "How many; the seeds follow each other. Default: ${DEFAULT-VALUE}.")
  private long histories;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The first seed. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many run at once. Default: one for each processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = {
        "one (bridge), several (bridges, to which sessions move), standby (each session has a",
        "second place), or mixed: all of them, half of the histories with one bridge.",
        "Default: mixed. The same seed is another history in another kind."
      })
  private @Nullable Kind kind;

  private enum Kind {
    ONE,
    SEVERAL,
    STANDBY,
    MIXED
  }

  @Option(names = "--story", description = "Runs the one history of --seed and tells its story.")
  private boolean story;

  @Option(names = "--json", description = "The result as one line of JSON.")
  private boolean json;

  SimulateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (kind != null) {
      // Read when the first history is planned.
      System.setProperty("simulate.kind", kind.name().toLowerCase(Locale.ROOT));
    }
    if (story) {
      Simulation.story(seed).forEach(terminal::line);
      return ExitCode.OK;
    }
    int most = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (histories < 1 || most < 1) {
      throw new CommandException(
          ExitCode.USAGE, "--histories and --threads: at least 1 is expected");
    }
    long begun = System.nanoTime();
    Simulation.Report report =
        new Simulation(seed, histories, most)
            .run(soFar -> terminal.progress(soFar.histories() + " of " + histories));
    terminal.endProgress();
    double seconds = (System.nanoTime() - begun) / 1e9;
    Simulation.Failure failure = report.failure();
    if (json) {
      terminal.json(
          Json.object(
              "histories",
              report.histories(),
              "firstSeed",
              seed,
              "frames",
              report.frames(),
              "virtualSeconds",
              report.virtualNanos() / 1_000_000_000,
              "seconds",
              seconds,
              "failedSeed",
              failure == null ? "" : failure.seed(),
              "broken",
              failure == null ? "" : failure.broken()));
    } else {
      tell(report, seconds);
    }
    return failure == null ? ExitCode.OK : ExitCode.INVARIANT;
  }

  private void tell(Simulation.Report report, double seconds) {
    Simulation.Failure failure = report.failure();
    if (failure != null) {
      failure.story().forEach(terminal::line);
      terminal.line("");
      terminal.line(terminal.red("seed " + failure.seed() + ": " + failure.broken()));
      String kinds = kind == null ? "" : " --kind " + kind.name().toLowerCase(Locale.ROOT);
      terminal.line("again: bridge simulate --story" + kinds + " --seed " + failure.seed());
      return;
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "%d histories from seed %d: every promise was kept (%d frames, %.1f hours of virtual"
                + " time, in %.0f s)",
            report.histories(),
            seed,
            report.frames(),
            report.virtualNanos() / 3.6e12,
            seconds));
  }
}
