package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.audio.Speech;
import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.livekit.LiveKitPlan;
import dev.livekitbridge.examples.bench.livekit.LiveKitRun;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.livekit.LiveKitOptions;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench livekit}. */
@Command(
    name = "livekit",
    mixinStandardHelpOptions = true,
    description = {
      "A bridge between a real LiveKit server and a service: packets lost, latency from publish to",
      "the service, CPU and memory of the bridge, joins, and what is said in the room. Linux only.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "2:Wrong command line.",
      "3:The LiveKit server cannot be reached or started.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench livekit",
      "  bridge bench livekit --smoke",
      "  bridge bench livekit --users 20 --seconds 60 --joins 0 --no-audio",
      "  bridge bench livekit --users 20 --minutes 10 --joins 300 --rounds 50",
      "  bridge bench livekit --jvm-flag=-XX:StartFlightRecording=filename=/tmp/bridge.jfr",
    })
final class LiveKitCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private BenchOptions options = new BenchOptions();
  @Mixin private LiveKitOptions server = new LiveKitOptions();

  @Option(
      names = "--users",
      split = ",",
      paramLabel = "N",
      description = "How many at once, one figure for each. Default: 1,5,20,50.")
  private List<Integer> users = List.of(1, 5, 20, 50);

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Before anything is measured. Default: ${DEFAULT-VALUE}.")
  private int warmUpSeconds = 180;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Measured for each number of users. Default: ${DEFAULT-VALUE}.")
  private int seconds = 30;

  @Option(
      names = "--minutes",
      paramLabel = "MINUTES",
      description = "The same in minutes, at most 60; goes before --seconds.")
  private int minutes;

  @Option(
      names = "--joins",
      paramLabel = "N",
      description = "Joins measured one by one. Default: ${DEFAULT-VALUE}.")
  private int joins = 100;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of 20 sessions that join and leave, watched for leaks. Default: none.")
  private int rounds;

  @Option(
      names = "--audio",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether to measure what is said in the room (default: yes).")
  private boolean audio = true;

  @Option(names = "--smoke", description = "A minute or two, cold, that show that all of it works.")
  private boolean smoke;

  @Option(
      names = "--jvm-flag",
      paramLabel = "FLAG",
      description = "For the bridge. May be repeated.")
  private List<String> flags = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  LiveKitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    LiveKitPlan plan = plan();
    LiveKitRun run = new LiveKitRun(plan, terminal::progress);
    try (ProcessGroup group = ProcessGroup.create(options.logs())) {
      LiveKitAccess access = server.reach(group);
      run.run(group, access, spec.root().userObject().getClass(), flags, Speech.pcm());
    } finally {
      terminal.endProgress();
    }
    List<Aim> aims = run.aims();
    if (options.json()) {
      terminal.json(
          Json.object("event", "livekit", "plan", plan, "loads", run.loads(), "aims", aims));
    } else {
      run.lines().forEach(terminal::line);
      options.print(terminal, aims);
    }
    return options.exitCode(aims, ExitCode.INVARIANT);
  }

  private LiveKitPlan plan() {
    try {
      return smoke
          ? new LiveKitPlan(List.of(1, 3), 1, 3, 5, 1, 3, true)
          : new LiveKitPlan(
              users, warmUpSeconds, minutes > 0 ? 60 * minutes : seconds, joins, rounds, 20, audio);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
