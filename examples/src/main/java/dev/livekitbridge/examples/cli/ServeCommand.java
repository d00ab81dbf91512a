package dev.livekitbridge.examples.cli;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.config.Configuration;
import dev.livekitbridge.examples.config.ConfigurationException;
import dev.livekitbridge.examples.config.Setting;
import dev.livekitbridge.examples.config.Settings;
import dev.livekitbridge.examples.roomhost.RoomHostConnector;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a bridge until it is told to stop. */
@Command(
    name = "serve",
    description = {
      "Run a bridge until Ctrl-C or SIGTERM, which drain it: clients are told to go elsewhere, rooms",
      "are left, and the process ends within the time of --drain. What is set here goes before the",
      "environment, and that before a file (--config). Secrets have no flag: they are in files, or in",
      "BRIDGE_AUTH_TOKEN or BRIDGE_AUTH_JWT_SECRET of the environment.",
      "Rooms, by their URL: ws://HOST:PORT and wss://HOST of a LiveKit server, memory:NAME (inside the",
      "bridge), roomhost://HOST:PORT/NAME (see 'bridge rooms')."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "2:Wrong command line, environment or file: which setting, from where, what was expected.",
      "3:It cannot listen there.",
      "130:Stopped by Ctrl-C, drained.",
      "143:Stopped by SIGTERM, drained."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge serve",
      "  bridge serve --port 7000 --log-level DEBUG",
      "  PORT=7000 bridge serve",
      "  bridge serve --config /etc/livekit-bridge/bridge.properties",
      "  LIVEKIT_GRPC_SOCKET=/run/bridge.sock bridge serve",
      "  bridge serve --json --stats 1000 | jq .sessions",
    })
final class ServeCommand implements Callable<Integer>, LongRunning {
  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = {
        "Settings, as key = value lines; flags and the environment go before it.",
        "Default: BRIDGE_CONFIG of the environment."
      })
  private @Nullable Path config;

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
    MeterRegistry meters;
    ServerSetup setup;
    BridgeServer server;
    try {
      setup = new ServerSetup(configuration());
      meters = setup.admin().registry();
      server = build(meters, setup);
    } catch (IllegalArgumentException | ConfigurationException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
    try {
      server.start();
    } catch (IOException e) {
      throw new CommandException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    ServerStats stats = new ServerStats(server, meters);
    OnStop.run(
        () -> {
          server.close(setup.drain());
          timer.shutdownNow();
          if (statsMillis != null) {
            terminal.json(stats.event());
          }
        });
    announce(server, setup);
    if (statsMillis != null) {
      timer.scheduleAtFixedRate(
          () -> terminal.json(stats.event()), 0, statsMillis, TimeUnit.MILLISECONDS);
    }
    server.awaitTermination();
    return ExitCode.OK;
  }

  /** The flags of all settings, which are defined in one table. */
  static void addSettings(CommandSpec serve) {
    for (Setting<?> setting : Settings.all()) {
      if (setting.secret()) {
        continue;
      }
      List<String> names = new ArrayList<>(List.of(setting.flag()));
      if (setting.equals(Settings.PORT) || setting.equals(Settings.SOCKET)) {
        names.add(0, setting.flag().substring(1, 3));
      }
      serve.addOption(
          OptionSpec.builder(names.toArray(String[]::new))
              .paramLabel(setting.unit().toUpperCase(Locale.ROOT).replace(' ', '-'))
              .type(List.class)
              .auxiliaryTypes(String.class)
              .description(description(setting))
              .build());
    }
  }

  private static String description(Setting<?> setting) {
    String range = setting.range().isEmpty() ? "" : " Range: " + setting.range() + ".";
    String initial = setting.initial().isEmpty() ? "" : " Default: " + setting.initial() + ".";
    return setting.meaning() + range + initial + " Environment: " + setting.env() + ".";
  }

  private Configuration configuration() {
    Map<Setting<?>, String> flags = new LinkedHashMap<>();
    for (Setting<?> setting : Settings.all()) {
      OptionSpec option = Objects.requireNonNull(spec).findOption(setting.flag());
      List<String> given = option == null ? null : option.getValue();
      if (given != null) {
        flags.put(setting, String.join(",", given));
      }
    }
    String named = System.getenv("BRIDGE_CONFIG");
    Path file = config != null || named == null || named.isBlank() ? config : Path.of(named);
    return Configuration.read(flags, System.getenv(), Optional.ofNullable(file));
  }

  /** The bridge of a configuration. */
  static BridgeServer build(MeterRegistry meters, ServerSetup setup) {
    BridgeServer.Builder builder =
        BridgeServer.builder()
            .rooms(RoomHostConnector.create())
            .rooms(LiveKitRooms.create())
            .meterRegistry(meters);
    setup.apply(builder);
    setup.admin().apply(builder, meters);
    return builder.build();
  }

  private void announce(BridgeServer server, ServerSetup setup) {
    Path path = setup.socket();
    String host = setup.host();
    if (json) {
      Map<String, Object> event =
          Json.object("event", "listening", "t", TimeSource.system().epochMillis());
      if (path == null) {
        event.put("port", server.port());
      } else {
        event.put("socket", path.toString());
      }
      if (server.adminPort() >= 0) {
        event.put("admin_port", server.adminPort());
      }
      event.put("pid", ProcessHandle.current().pid());
      terminal.json(event);
      return;
    }
    terminal.line(
        "bridge listens on "
            + (path == null ? (host == null ? "port " : host + ":") + server.port() : path)
            + "; Ctrl-C drains and stops it");
    String page = setup.admin().address(server);
    if (page != null) {
      terminal.line("status page, /metrics, /healthz, /readyz: " + page);
    }
    terminal.line(
        "try: bridge status"
            + (path == null ? " --bridge localhost:" + server.port() : " --bridge unix:" + path));
  }
}
