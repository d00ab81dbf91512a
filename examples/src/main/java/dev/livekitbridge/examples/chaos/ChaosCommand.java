package dev.livekitbridge.examples.chaos;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.report.ChaosPage;
import dev.livekitbridge.examples.report.ChaosReport;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bridge chaos}. */
@Command(
    name = "chaos",
    description = {
      "Kills bridge and service with SIGKILL, again and again, while audio flows both ways in"
          + " several",
      "sessions. Room host, bridges and service are processes of their own. Every numbered frame"
          + " is",
      "accounted for, and every promise checked: order, nothing lost that could be kept, nothing"
          + " twice",
      "beyond 10 frames, the law of frames, audio back in time, no zombie."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Every promise was kept.",
      "2:Wrong command line.",
      "4:The report cannot be written.",
      "5:A promise broke; the last lines and the report tell which."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge chaos                                  100 kills of each, some 8 minutes",
      "  bridge chaos --standby --service-kills 0      two bridges, each session stands by",
      "  bridge chaos --bridge-kills 5 --service-kills 5 --seed 42",
    })
public final class ChaosCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--bridge-kills",
      paramLabel = "N",
      defaultValue = "100",
      description = "SIGKILLs of a bridge. Default: ${DEFAULT-VALUE}.")
  private int bridgeKills;

  @Option(
      names = "--service-kills",
      paramLabel = "N",
      defaultValue = "100",
      description = "SIGKILLs of the service. Default: ${DEFAULT-VALUE}.")
  private int serviceKills;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Sessions of the service, each in a room of its own. Default: ${DEFAULT-VALUE}.")
  private int sessions;

  @Option(
      names = "--standby",
      description = "Two bridges, and each session keeps a standby at the other one.")
  private boolean standby;

  @Option(
      names = "--away",
      paramLabel = "MS",
      defaultValue = "800",
      description =
          "A victim is away up to so long before it is started again. Default: ${DEFAULT-VALUE}.")
  private int awayMillis;

  @Option(
      names = "--calm",
      paramLabel = "MS",
      defaultValue = "1000",
      description = "Peace between two kills, at most. Default: ${DEFAULT-VALUE}.")
  private int calmMillis;

  @Option(
      names = "--within",
      paramLabel = "MS",
      defaultValue = "2000",
      description = {
        "Audio is back so soon after the victim's successor is ready; with a standby, after the"
            + " kill.",
        "Default: ${DEFAULT-VALUE}."
      })
  private int withinMillis;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Order and pauses follow from it. Default: another one each time; it is printed.")
  private @Nullable Long seed;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "bridge-chaos",
      description = "Where report, pictures and logs go. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "The result as one line of JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  ChaosCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ChaosPlan plan = plan();
    if (!json) {
      terminal.line("seed " + plan.seed() + ", " + plan.setup());
    }
    String when = Instant.ofEpochMilli(TimeSource.system().epochMillis()).toString();
    Chaos chaos = new Chaos(plan);
    try (ProcessGroup group = ProcessGroup.create(out.resolve("logs"))) {
      chaos.run(group, spec.root().userObject().getClass(), terminal::progress);
    }
    terminal.endProgress();
    ChaosReport report =
        new ChaosReport(
            when,
            spec.root().version().length == 0 ? "" : spec.root().version()[0],
            machine(),
            plan.setup(),
            plan.seed(),
            chaos.kills(),
            chaos.framesToService(),
            chaos.framesToRoom(),
            chaos.books().checks(),
            chaos.books().broken());
    try {
      Files.createDirectories(out);
      ChaosPage.write(report, out);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_FILE, "cannot write to " + out + " (" + e.getMessage() + ")", e);
    }
    tell(report);
    return report.ok() ? ExitCode.OK : ExitCode.INVARIANT;
  }

  private void tell(ChaosReport report) {
    if (json) {
      terminal.line(Json.line(report));
      return;
    }
    report.table().forEach(terminal::line);
    terminal.line("");
    terminal.line(
        report.framesToService()
            + " frames reached the service, "
            + report.framesToRoom()
            + " the rooms; the law of frames was checked "
            + report.checks()
            + " times; "
            + out.resolve("chaos.html"));
    report.broken().forEach(what -> terminal.line(terminal.red(what)));
    terminal.line(
        report.ok()
            ? terminal.green("every promise was kept")
            : terminal.red("a promise broke; again: --seed " + report.seed()));
  }

  private ChaosPlan plan() {
    long drawn = seed == null ? System.nanoTime() & 0xFFFF_FFFFL : seed;
    try {
      return new ChaosPlan(
          bridgeKills,
          serviceKills,
          sessions,
          standby,
          awayMillis,
          calmMillis,
          withinMillis,
          drawn);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static String machine() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version().feature();
  }
}
