package dev.livekitbridge.examples.cli;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.roomhost.RoomHostConnector;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a bridge until it is told to stop. */
@Command(
    name = "serve",
    description = {
      "Run a bridge until Ctrl-C or SIGTERM, which drain it: clients are told to go elsewhere, rooms",
      "are left, and the process ends within the time of --drain.",
      "Rooms, by their URL: ws://HOST:PORT and wss://HOST of a LiveKit server, memory:NAME (inside the",
      "bridge), roomhost://HOST:PORT/NAME (see 'bridge rooms')."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "2:Wrong command line or environment.",
      "3:It cannot listen there.",
      "130:Stopped by Ctrl-C, drained.",
      "143:Stopped by SIGTERM, drained."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge serve",
      "  bridge serve --port 7000 --log-level DEBUG",
      "  PORT=7000 bridge serve",
      "  LIVEKIT_GRPC_SOCKET=/run/bridge.sock bridge serve",
      "  bridge serve --json --stats 1000 | jq .sessions",
    })
final class ServeCommand implements Callable<Integer>, LongRunning {
  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on. Default: all of them.")
  private @Nullable String host;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "TCP port; 0 takes a free one. Default: PORT of the environment, else 9090.")
  private @Nullable Integer port;

  @Option(
      names = {"-s", "--socket"},
      paramLabel = "PATH",
      description = {
        "Unix socket to listen on instead of TCP. Default: LIVEKIT_GRPC_SOCKET of the environment,",
        "unless --port is given."
      })
  private @Nullable Path socket;

  @Option(
      names = "--drain",
      paramLabel = "MS",
      defaultValue = "5000",
      description = "How long it may take to end (default: ${DEFAULT-VALUE} ms).")
  private long drainMillis;

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      defaultValue = "10000",
      description = "More are refused with OVERLOADED (default: ${DEFAULT-VALUE}).")
  private int maxSessions;

  @Option(
      names = "--allow-playback-from",
      paramLabel = "HOST|CIDR",
      description = {
        "A host or network that files may be fetched from although its addresses are not public,",
        "such as 127.0.0.1 or 10.1.0.0/16. May be repeated. Default: none."
      })
  private List<String> allowed = List.of();

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain (PEM); with --tls-key.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key (PEM, PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = "--json",
      description = "Write JSON lines: {\"event\":\"listening\",\"port\":9090} when it listens.")
  private boolean json;

  @Option(
      names = "--stats",
      paramLabel = "MS",
      description = "Every so often, write sessions and frame counts as a JSON line.")
  private @Nullable Long statsMillis;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    BridgeServer server = build(meters);
    try {
      server.start();
    } catch (IOException e) {
      throw new CommandException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    ServerStats stats = new ServerStats(server, meters);
    OnStop.run(
        () -> {
          server.close(Duration.ofMillis(drainMillis));
          timer.shutdownNow();
          if (statsMillis != null) {
            terminal.json(stats.event());
          }
        });
    announce(server);
    if (statsMillis != null) {
      timer.scheduleAtFixedRate(
          () -> terminal.json(stats.event()), 0, statsMillis, TimeUnit.MILLISECONDS);
    }
    server.awaitTermination();
    return ExitCode.OK;
  }

  private BridgeServer build(SimpleMeterRegistry meters) {
    BridgeServer.Builder builder =
        BridgeServer.builder()
            .rooms(RoomHostConnector.create())
            .rooms(LiveKitRooms.create())
            .meterRegistry(meters)
            .options(
                BridgeServerOptions.builder()
                    .maxSessions(maxSessions)
                    .playback(playback())
                    .build());
    if (host != null) {
      builder.host(host);
    }
    Path path = socket();
    if (path != null) {
      builder.unixSocket(path);
    } else {
      builder.port(port());
    }
    if ((certificate == null) != (key == null)) {
      throw usage("--tls-cert and --tls-key belong together");
    }
    if (certificate != null && key != null) {
      builder.tls(certificate, key);
    }
    return builder.build();
  }

  private PlaybackOptions playback() {
    try {
      return PlaybackOptions.builder().allow(allowed.toArray(String[]::new)).build();
    } catch (IllegalArgumentException e) {
      throw usage("--allow-playback-from: " + e.getMessage());
    }
  }

  private @Nullable Path socket() {
    if (socket != null) {
      if (port != null || host != null) {
        throw usage("--socket does not go with --port or --host");
      }
      return socket;
    }
    String configured = System.getenv("LIVEKIT_GRPC_SOCKET");
    boolean tcp = port != null || host != null;
    return tcp || configured == null || configured.isBlank() ? null : Path.of(configured);
  }

  private int port() {
    if (port != null) {
      return port;
    }
    String configured = System.getenv("PORT");
    if (configured == null || configured.isBlank()) {
      return BridgeServer.DEFAULT_PORT;
    }
    try {
      return Integer.parseInt(configured.strip());
    } catch (NumberFormatException e) {
      throw usage("PORT is '" + configured + "' (expected: a number, 0 to 65535)");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  private void announce(BridgeServer server) {
    Path path = socket();
    if (json) {
      Map<String, Object> event =
          Json.object("event", "listening", "t", TimeSource.system().epochMillis());
      if (path == null) {
        event.put("port", server.port());
      } else {
        event.put("socket", path.toString());
      }
      event.put("pid", ProcessHandle.current().pid());
      terminal.json(event);
      return;
    }
    terminal.line(
        "bridge listens on "
            + (path == null ? (host == null ? "port " : host + ":") + server.port() : path)
            + "; Ctrl-C drains and stops it");
    terminal.line(
        "try: bridge status"
            + (path == null ? " --bridge localhost:" + server.port() : " --bridge unix:" + path));
  }
}
