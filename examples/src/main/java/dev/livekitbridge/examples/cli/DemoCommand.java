package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.demo.Demo;
import dev.livekitbridge.examples.livekit.LiveKitOptions;
import dev.livekitbridge.examples.report.DemoReport;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what survives. */
@Command(
    name = "demo",
    description = {
      "Speech flows from a room through a bridge to a service and back, each a process of its own.",
      "Then processes are killed and the network is cut, and every frame is accounted for. The rooms are",
      "in a room host of its own, or on a real LiveKit server (--livekit, --livekit-server)."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All invariants held.",
      "2:Wrong command line.",
      "3:The LiveKit server cannot be reached or started.",
      "4:The report cannot be written.",
      "5:An invariant broke; the report tells which."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge demo",
      "  bridge demo --scenario service-restart,partition --out /tmp/report",
      "  bridge demo --livekit-server ~/go/bin/livekit-server",
      "  LIVEKIT_API_KEY=devkey LIVEKIT_API_SECRET=secret bridge demo --livekit ws://localhost:7880",
      "  bridge demo --link proxy --json </dev/null",
    })
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      split = ",",
      completionCandidates = ScenarioNames.class,
      description = "Which to play: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<String> scenarios = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "bridge-report",
      description = "Where report, logs and recordings go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("");

  @Option(
      names = "--link",
      paramLabel = "KIND",
      defaultValue = "auto",
      description = {
        "How the network is cut: namespace (Linux, root), proxy, or auto, which takes what the machine",
        "allows (default: ${DEFAULT-VALUE})."
      })
  private Demo.LinkKind link = Demo.LinkKind.AUTO;

  @Mixin private LiveKitOptions liveKit = new LiveKitOptions();

  @Option(names = "--json", description = "At the end, write the account as one JSON object.")
  private boolean json;

  /** For {@code --help} and completion. */
  static final class ScenarioNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Demo.scenarios().iterator();
    }
  }

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Set<String> chosen = new LinkedHashSet<>(scenarios.isEmpty() ? Demo.scenarios() : scenarios);
    for (String name : chosen) {
      if (!Demo.scenarios().contains(name)) {
        throw new ParameterException(
            Objects.requireNonNull(spec).commandLine(),
            "--scenario: '" + name + "' (expected: " + String.join(", ", Demo.scenarios()) + ")");
      }
    }
    String version = new Version().getVersion()[0];
    try {
      DemoReport report =
          new Demo(terminal, BridgeCli.class, version, out).run(List.copyOf(chosen), link, liveKit);
      if (json) {
        terminal.line(Json.line(report));
      }
      terminal.line(
          report.ok()
              ? terminal.green("all invariants held")
              : terminal.red("an invariant broke: see above"));
      return report.ok() ? ExitCode.OK : ExitCode.INVARIANT;
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_FILE, "cannot write to " + out + " (" + e.getMessage() + ")", e);
    }
  }
}
