package dev.livekitbridge.examples.cli;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.examples.bench.BenchCommand;
import dev.livekitbridge.examples.chaos.ChaosCommand;
import dev.livekitbridge.examples.simulate.SimulateCommand;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of the project: {@code examples/bridge}. */
@Command(
    name = "bridge",
    description = "Audio between a Java service and a LiveKit room, through every restart.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      RoomsCommand.class,
      SendCommand.class,
      PlayCommand.class,
      ListenCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      SimulateCommand.class,
      ChaosCommand.class,
      WarmUpCommand.class,
    },
    footerHeading = "%nTo begin:%n",
    footer = {
      "  bridge demo                  watch it survive kills and cuts, and check the account",
      "  bridge serve                 run a bridge on port 9090",
      "  bridge COMMAND --help        options, examples and exit codes of a command",
    })
public final class BridgeCli implements Runnable {
  /** How wide help is written; picocli's default of 80 breaks the examples. */
  private static final int HELP_WIDTH = 100;

  @Spec private CommandSpec spec;

  @Option(
      names = "--log-level",
      scope = ScopeType.INHERIT,
      paramLabel = "LEVEL",
      description = "What is logged to standard error: ERROR, WARN, INFO or DEBUG.")
  private @Nullable String logLevel;

  @SuppressWarnings("NullAway.Init") // picocli fills in the spec
  BridgeCli() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(commandLine(Terminal.system()).execute(args));
  }

  /**
   * The command line, to be executed.
   *
   * @param terminal where the commands write
   * @return picocli's parser with every command
   */
  static CommandLine commandLine(Terminal terminal) {
    BridgeCli root = new BridgeCli();
    CommandLine commandLine = new CommandLine(root, new CommandFactory(terminal));
    CommandLine serve = Objects.requireNonNull(commandLine.getSubcommands().get("serve"));
    ServeCommand.addSettings(serve.getCommandSpec());
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> {
          terminal.error(String.valueOf(e.getMessage()));
          CommandLine failed = e.getCommandLine();
          CommandLine.UnmatchedArgumentException.printSuggestions(e, failed.getErr());
          terminal.error("Try '" + failed.getCommandSpec().qualifiedName() + " --help'.");
          return ExitCode.USAGE;
        });
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> explain(e, terminal, failed.getCommandSpec()));
    commandLine.setExecutionStrategy(
        parsed -> {
          root.setLogLevel(parsed);
          return new CommandLine.RunLast().execute(parsed);
        });
    return commandLine;
  }

  /** Before the first logger exists: the configuration reads it as a property. */
  private void setLogLevel(ParseResult parsed) {
    if (logLevel != null) {
      System.setProperty("bridge.log.level", logLevel);
    } else if (System.getProperty("bridge.log.level") == null) {
      boolean server =
          parsed.hasSubcommand()
              && parsed.subcommand().commandSpec().userObject() instanceof LongRunning;
      System.setProperty("bridge.log.level", server ? "INFO" : "WARN");
    }
  }

  private static int explain(Exception e, Terminal terminal, CommandSpec spec) {
    if (e instanceof CommandException known) {
      terminal.error(spec.qualifiedName() + ": " + known.getMessage());
      return known.exitCode();
    }
    if (e instanceof BridgeException refused) {
      terminal.error(spec.qualifiedName() + ": " + refused.reason() + ": " + refused.getMessage());
      return ExitCode.UNREACHABLE;
    }
    terminal.error(spec.qualifiedName() + ": this should not happen, please report it: " + e);
    e.printStackTrace();
    return ExitCode.FAILED;
  }
}
