package dev.livekitbridge.examples.demo;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.audio.Speech;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.NetworkNamespace;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitOptions;
import dev.livekitbridge.examples.report.DemoReport;
import dev.livekitbridge.examples.report.HtmlReport;
import dev.livekitbridge.examples.report.ScenarioReport;
import dev.livekitbridge.examples.report.TextTable;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs scenarios one after the other, tells them, and writes the report. */
public final class Demo {
  /** How the link between service and bridge is cut. */
  public enum LinkKind {
    /** In a network namespace where the machine allows it, else by a proxy. */
    AUTO,
    /** In a network namespace. */
    NAMESPACE,
    /** By a proxy. */
    PROXY
  }

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final Terminal terminal;
  private final Class<?> commandLine;
  private final String version;
  private final Path out;

  /**
   * A demo.
   *
   * @param terminal where it is told
   * @param commandLine main class of the command line, for the processes that it starts
   * @param version of the project
   * @param out directory for report and logs; made if it is missing
   */
  public Demo(Terminal terminal, Class<?> commandLine, String version, Path out) {
    this.terminal = terminal;
    this.commandLine = commandLine;
    this.version = version;
    this.out = out;
  }

  /**
   * The names of all scenarios.
   *
   * @return in the order in which they are played
   */
  public static List<String> scenarios() {
    return Scenario.names();
  }

  /**
   * Plays scenarios.
   *
   * @param names which; each one of {@link #scenarios}
   * @param kind of link
   * @param liveKit the LiveKit server to play on, if one is given; else there is a room host
   * @return what they showed
   * @throws IOException if the report cannot be written
   * @throws InterruptedException if the thread is interrupted
   */
  public DemoReport run(List<String> names, LinkKind kind, LiveKitOptions liveKit)
      throws IOException, InterruptedException {
    Files.createDirectories(out);
    byte[] speech = Speech.pcm();
    try (Link link = link(kind);
        ProcessGroup processes = ProcessGroup.create(out.resolve("logs"))) {
      try (Venue venue =
          liveKit.given()
              ? new Venue.LiveKit(liveKit.reach(processes), processes, out)
              : roomHost(processes)) {
        terminal.line(venue.describe());
        terminal.line(link.describe());
        Setup setup =
            new Setup(
                terminal,
                TimeSource.system(),
                processes,
                commandLine,
                link,
                venue,
                secret(),
                speech,
                out);
        List<ScenarioReport> played = new ArrayList<>();
        for (String name : names) {
          Scenario scenario = Scenario.named(name).orElseThrow();
          terminal.line("");
          terminal.line(terminal.bold(scenario.name() + ": " + scenario.title()));
          ScenarioReport report = new Performance(setup, scenario, played.size() + 1).play();
          terminal.line(
              report.ok()
                  ? terminal.green("  held: every frame accounted for, nothing left behind")
                  : terminal.red("  BROKEN, see above; logs are in " + out.resolve("logs")));
          played.add(report);
        }
        return finish(played, link, venue);
      }
    }
  }

  private Venue roomHost(ProcessGroup processes) {
    ChildProcess rooms =
        processes.start(
            JvmSpec.of(
                "rooms", commandLine, "rooms", "--host", "127.0.0.1", "--port", "0", "--json"));
    String address = "127.0.0.1:" + rooms.await("listening", START_LIMIT).path("port").asInt();
    return new Venue.Host(RoomHostClient.create(address), address);
  }

  private Link link(LinkKind kind) {
    if (kind == LinkKind.PROXY) {
      return Link.throughProxy();
    }
    Optional<NetworkNamespace> namespace = NetworkNamespace.tryCreate();
    if (namespace.isEmpty() && kind == LinkKind.NAMESPACE) {
      throw new IllegalStateException(
          "no network namespace can be made here; that takes Linux, iproute2 and root");
    }
    return namespace.map(Link::of).orElseGet(Link::throughProxy);
  }

  private DemoReport finish(List<ScenarioReport> played, Link link, Venue venue)
      throws IOException {
    DemoReport report =
        new DemoReport(
            WHEN.format(
                Instant.ofEpochMilli(TimeSource.system().epochMillis())
                    .atZone(ZoneId.systemDefault())),
            version,
            System.getProperty("os.name")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors",
            "Link: " + link.describe() + "; " + venue.describe() + ".",
            played);
    terminal.line("");
    TextTable.of(report).forEach(terminal::line);
    Path page = out.resolve("report.html").toAbsolutePath().normalize();
    HtmlReport.write(report, page);
    Files.writeString(out.resolve("report.json"), Json.line(report) + "\n");
    terminal.line("");
    terminal.line("report: " + page);
    return report;
  }

  private static String secret() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
