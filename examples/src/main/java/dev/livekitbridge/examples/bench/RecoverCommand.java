package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.bench.recover.Losses;
import dev.livekitbridge.examples.bench.recover.RecoverPlan;
import dev.livekitbridge.examples.bench.recover.RecoverRun;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench recover}. */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description = {
      "Kill the bridge, kill the service, cut the link, again and again, and take the time until",
      "audio flows again. Room host, bridge and service are processes of their own.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "1:Audio did not come back, or a process failed.",
      "2:Wrong command line.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench recover",
      "  bridge bench recover --kills 100 --long-kills 0 --service-kills 100 --cuts 0",
      "  bridge bench recover --kills 0 --long-kills 0 --service-kills 0 --cuts 0 --hand-overs 100",
    })
final class RecoverCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--kills",
      paramLabel = "N",
      description = "Times the bridge is killed for 0.5 s. Default: ${DEFAULT-VALUE}.")
  private int shortKills = 20;

  @Option(
      names = "--long-kills",
      paramLabel = "N",
      description = "Times the bridge is killed for 8 s. Default: ${DEFAULT-VALUE}.")
  private int longKills = 5;

  @Option(
      names = "--service-kills",
      paramLabel = "N",
      description = "Times the service is killed. Default: ${DEFAULT-VALUE}.")
  private int serviceKills = 20;

  @Option(
      names = "--hand-overs",
      paramLabel = "N",
      description = {
        "Times a bridge is told to end while the client has another one.",
        "Default: ${DEFAULT-VALUE}."
      })
  private int handOvers = 10;

  @Option(
      names = "--standby-kills",
      paramLabel = "N",
      description = {
        "Times a bridge is killed while the client has a standby.",
        "Default: ${DEFAULT-VALUE}."
      })
  private int standbyKills = 10;

  @Option(
      names = "--cuts",
      paramLabel = "N",
      description = "Times the link is cut, both ways and each way. Default: ${DEFAULT-VALUE}.")
  private int cuts = 6;

  @Spec private CommandSpec spec = CommandSpec.create();

  RecoverCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    RecoverPlan plan = plan();
    RecoverRun run = new RecoverRun();
    try (ProcessGroup group = ProcessGroup.create(options.logs())) {
      run.run(group, spec.root().userObject().getClass(), plan, terminal::progress);
    }
    terminal.endProgress();
    if (options.json()) {
      terminal.json(
          Json.object(
              "event",
              "recover",
              "plan",
              plan,
              "samples",
              run.samples(),
              "losses",
              run.losses(),
              "aims",
              run.aims()));
    } else {
      terminal.line(Samples.head());
      run.samples().forEach(samples -> terminal.line(samples.line()));
      terminal.line("");
      terminal.line(Losses.legend());
      terminal.line(Losses.head());
      run.losses().forEach(losses -> terminal.line(losses.line()));
      options.print(terminal, run.aims());
    }
    return options.exitCode(run.aims(), ExitCode.INVARIANT);
  }

  private RecoverPlan plan() {
    try {
      return new RecoverPlan(shortKills, longKills, serviceKills, handOvers, standbyKills, cuts);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
