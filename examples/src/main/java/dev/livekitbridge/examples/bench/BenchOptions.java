package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What every benchmark with processes of its own understands. */
final class BenchOptions {
  @Option(names = "--json", description = "One line of JSON instead of a table.")
  private boolean json;

  @Option(names = "--strict", description = "Exit with 5 if an aim was missed.")
  private boolean strict;

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      description = "Where the processes leave their logs. Default: ${DEFAULT-VALUE}.")
  private Path logs = Path.of(System.getProperty("java.io.tmpdir"), "bridge-bench");

  boolean json() {
    return json;
  }

  Path logs() {
    return logs;
  }

  void print(Terminal terminal, List<Aim> aims) {
    terminal.line("");
    for (Aim aim : aims) {
      terminal.line(aim.met() ? terminal.green(aim.toString()) : terminal.red(aim.toString()));
    }
  }

  int exitCode(List<Aim> aims, int missed) {
    return strict && aims.stream().anyMatch(aim -> !aim.met()) ? missed : ExitCode.OK;
  }
}
