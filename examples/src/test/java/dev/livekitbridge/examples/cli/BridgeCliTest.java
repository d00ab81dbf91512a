package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class BridgeCliTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StringWriter help = new StringWriter();

  private int run(String... args) {
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    CommandLine commandLine = BridgeCli.commandLine(terminal);
    commandLine.setOut(new PrintWriter(help, true));
    return commandLine.execute(args);
  }

  private static Iterable<String> commands() {
    Terminal terminal = new Terminal(System.out, System.err, false, false);
    Map<String, CommandLine> all = BridgeCli.commandLine(terminal).getSubcommands();
    return all.entrySet().stream()
        .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
    assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);

    assertThat(help.toString())
        .contains("Usage: bridge " + command)
        .contains("Examples")
        .contains("  bridge " + command)
        .contains("Exit codes:");
    assertThat(help.toString().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version")).isEqualTo(ExitCode.OK);
    assertThat(help.toString()).startsWith("bridge ").contains("Java " + Runtime.version());
  }

  @Test
  void aWrongCommandIsAUsageErrorThatNamesTheRightOne() {
    assertThat(run("statsu")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("statsu")
        .contains("Try 'bridge --help'");
  }

  @Test
  void noCommandIsAUsageError() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aBridgeThatDoesNotAnswerIsUnreachable() {
    assertThat(run("status", "--bridge", "127.0.0.1:1", "--timeout", "2000"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("no bridge answers at 127.0.0.1:1")
        .contains("bridge serve")
        .contains("does it speak TLS");
  }

  @Test
  void aBridgeThatDoesNotAnswerOverTlsMayWantACertificate() {
    assertThat(run("status", "--bridge", "127.0.0.1:1", "--timeout", "2000", "--tls"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--tls-ca").contains("--tls-cert");
  }
}
