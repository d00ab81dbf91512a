package dev.livekitbridge.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.bench.startup.BareStart;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench startup}. */
@Command(
    name = "startup",
    mixinStandardHelpOptions = true,
    description = {
      "From the start of the process of a bridge ('bridge serve', which warms itself up before it",
      "listens) until it listens, and until it has answered its first call, which is a later one"
          + " of",
      "a client that is warm itself. With class-data sharing where the launcher made the archive.",
      "After each, for a ratio from the same minute, a gRPC server that does nothing is started: it",
      "makes one call to itself before it listens.",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "1:A bridge did not start.",
      "2:Wrong command line.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  bridge bench startup", "  bridge bench startup --starts 20 --json"})
final class StartupCommand implements Callable<Integer> {
  private static final double AIM_MILLIS = 600;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Terminal terminal;

  @Mixin private BenchOptions options = new BenchOptions();

  @Option(
      names = "--starts",
      paramLabel = "N",
      description = "How often a bridge is started. Default: ${DEFAULT-VALUE}.")
  private int starts = 10;

  @Spec private CommandSpec spec = CommandSpec.create();

  StartupCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (starts < 1) {
      throw new ParameterException(spec.commandLine(), "--starts: at least 1");
    }
    Samples listening = new Samples("from the start of the process to listening");
    Samples answered = new Samples("from the start of the process to an answer");
    Samples ignored = new Samples("");
    Samples bare = new Samples("the same to listening, of bare gRPC");
    Class<?> commandLine = spec.root().userObject().getClass();
    try (ProcessGroup group = ProcessGroup.create(options.logs())) {
      // The first brings the files of the JVM into memory, and this process' own client to speed.
      for (int i = -1; i < starts; i++) {
        terminal.progress("start " + (i + 1) + " of " + starts);
        boolean counts = i >= 0;
        String name = "startup-" + (i + 1);
        JvmSpec serve =
            JvmSpec.of(name, commandLine, "serve", "--host", "127.0.0.1", "--port", "0", "--json");
        start(group, serve, counts ? listening : ignored, counts ? answered : ignored);
        JvmSpec nothing = JvmSpec.of(name + "-bare", BareStart.class);
        start(group, nothing, counts ? bare : ignored, ignored);
      }
    }
    terminal.endProgress();
    List<Aim> aims =
        List.of(
            Aim.atMost("start of the bridge to serving, p50", answered.p50(), AIM_MILLIS, "ms"));
    if (options.json()) {
      terminal.json(
          Json.object(
              "event", "startup", "samples", List.of(listening, answered, bare), "aims", aims));
    } else {
      terminal.line(Samples.head());
      terminal.line(listening.line());
      terminal.line(answered.line());
      terminal.line(bare.line());
      terminal.line(
          String.format(
              Locale.ROOT,
              "a bridge takes %.2f times as long as bare gRPC",
              listening.p50() / bare.p50()));
      options.print(terminal, aims);
    }
    return options.exitCode(aims, ExitCode.INVARIANT);
  }

  private static void start(ProcessGroup group, JvmSpec spec, Samples listening, Samples answered) {
    long began = TimeSource.system().nanoTime();
    ChildProcess process = group.start(spec);
    JsonNode event = process.await("listening", LIMIT);
    listening.addNanos(TimeSource.system().nanoTime() - began);
    ask(event.path("port").asInt());
    answered.addNanos(TimeSource.system().nanoTime() - began);
    process.kill();
  }

  private static void ask(int port) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    try {
      LiveKitBridgeGrpc.newBlockingStub(channel)
          .withDeadlineAfter(LIMIT)
          .healthCheck(HealthCheckRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }
}
