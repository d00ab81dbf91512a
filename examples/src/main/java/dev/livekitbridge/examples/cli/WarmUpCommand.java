package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Loads what the commands load, so that the launcher can archive it (class-data sharing). */
@Command(name = "warm-up", hidden = true, description = "Used by the launcher.")
final class WarmUpCommand implements Callable<Integer> {
  private final Terminal terminal;

  WarmUpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    LoggerFactory.getLogger(WarmUpCommand.class).debug("warm-up");
    CommandLine commands = BridgeCli.commandLine(terminal);
    commands.getSubcommands().values().forEach(CommandLine::getUsageMessage);
    terminal.line(Json.line(Json.object("event", "warm")));
    return 0;
  }
}
