package dev.livekitbridge.examples.cli;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.examples.bench.BenchCommand;
import dev.livekitbridge.examples.chaos.ChaosCommand;
import dev.livekitbridge.examples.simulate.SimulateCommand;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.List;
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
    footerHeading = "%nTo begin:%n",
    footer = {
      "  bridge demo                  watch it survive kills and cuts, and check the account",
      "  bridge serve                 run a bridge on port 9090",
      "  bridge COMMAND --help        options, examples and exit codes of a command",
    })
public final class BridgeCli implements Runnable {
  /** How wide help is written; picocli's default of 80 breaks the examples. */
  private static final int HELP_WIDTH = 100;

  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
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
          WarmUpCommand.class);

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
    Preload.begin();
    System.exit(commandLine(Terminal.system(), args).execute(args));
  }

  /**
   * The command line, to be executed.
   *
   * @param terminal where the commands write
   * @return picocli's parser with every command
   */
  static CommandLine commandLine(Terminal terminal) {
    return commandLine(terminal, new String[0]);
  }

  /**
   * The command line for these words: where they begin with a command, it alone is looked at, for
   * to know all of them takes a quarter of the time in which a bridge starts.
   */
  static CommandLine commandLine(Terminal terminal, String[] args) {
    BridgeCli root = new BridgeCli();
    CommandFactory factory = new CommandFactory(terminal);
    CommandLine commandLine = new CommandLine(root, factory);
    for (Class<?> command : commandsFor(args)) {
      commandLine.addSubcommand(new CommandLine(command, factory));
    }
    CommandLine serve = commandLine.getSubcommands().get("serve");
    if (serve != null) {
      ServeCommand.addSettings(serve.getCommandSpec());
    }
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    Outcome outcome = new Outcome(root, terminal);
    commandLine.setParameterExceptionHandler(outcome);
    commandLine.setExecutionExceptionHandler(outcome);
    commandLine.setExecutionStrategy(outcome);
    return commandLine;
  }

  /**
   * How a command line ends. A class and not three lambdas: with those Java cannot archive the
   * classes of picocli, which are older than Java 6, and reads its largest at every start.
   */
  private record Outcome(BridgeCli root, Terminal terminal)
      implements CommandLine.IParameterExceptionHandler,
          CommandLine.IExecutionExceptionHandler,
          CommandLine.IExecutionStrategy {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
      terminal.error(String.valueOf(e.getMessage()));
      CommandLine failed = e.getCommandLine();
      CommandLine.UnmatchedArgumentException.printSuggestions(e, failed.getErr());
      terminal.error("Try '" + failed.getCommandSpec().qualifiedName() + " --help'.");
      return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine failed, ParseResult parsed) {
      return explain(e, terminal, failed.getCommandSpec());
    }

    @Override
    public int execute(ParseResult parsed) {
      root.setLogLevel(parsed);
      return new CommandLine.RunLast().execute(parsed);
    }
  }

  private static List<Class<?>> commandsFor(String[] args) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(c -> args.length > 0 && c.getAnnotation(Command.class).name().equals(args[0]))
            .toList();
    return named.isEmpty() ? COMMANDS : named;
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
