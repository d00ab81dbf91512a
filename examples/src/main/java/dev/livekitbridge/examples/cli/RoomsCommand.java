package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.roomhost.RoomHostServer;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a room host until it is told to stop. */
@Command(
    name = "rooms",
    description = {
      "Run a room host until Ctrl-C or SIGTERM: rooms in a process of their own, which outlive a",
      "killed bridge. Bridges join them by roomhost://HOST:PORT/NAME."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "2:Wrong command line.",
      "3:It cannot listen there.",
      "130:Stopped by Ctrl-C.",
      "143:Stopped by SIGTERM."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge rooms",
      "  bridge rooms --port 7900 &",
      "  bridge send hello.wav --url roomhost://localhost:7900/standup --user alice",
    })
final class RoomsCommand implements Callable<Integer>, LongRunning {
  private final Terminal terminal;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on (default: ${DEFAULT-VALUE}). Anyone may join its rooms.")
  private String host = "";

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      defaultValue = "7900",
      description = "TCP port; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--json",
      description = "Write JSON lines: {\"event\":\"listening\",\"port\":7900} when it listens.")
  private boolean json;

  RoomsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    RoomHostServer server = RoomHostServer.create(host, port);
    try {
      server.start();
    } catch (IOException e) {
      throw new CommandException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
    OnStop.run(server::close);
    if (json) {
      terminal.json(
          Json.object(
              "event", "listening", "port", server.port(), "pid", ProcessHandle.current().pid()));
    } else {
      terminal.line("room host listens on " + server.address() + "; Ctrl-C stops it");
      terminal.line("rooms: " + server.url("NAME"));
    }
    server.awaitTermination();
    return ExitCode.OK;
  }
}
