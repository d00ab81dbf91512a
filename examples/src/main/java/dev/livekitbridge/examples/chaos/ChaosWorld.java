package dev.livekitbridge.examples.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RemoteParticipant;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Room host, bridges and the service, each a process of its own, and people in the rooms. */
final class ChaosWorld implements AutoCloseable {
  static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final String SPEAKER = "alice";
  private static final String LISTENER = "bob";
  static final String STATS_MILLIS = "500";

  private final ProcessGroup group;
  private final Class<?> commandLine;
  private final ChaosPlan plan;
  private final Consumer<JsonNode> bridgeStats;
  private final BiConsumer<Integer, JsonNode> service;
  private final RoomHostClient host;
  private final String hostUrl;
  private final Map<String, ChildProcess> bridges = new LinkedHashMap<>();
  private final List<RemoteParticipant> listeners = new ArrayList<>();
  private ChildProcess running;
  private int run = -1;

  /**
   * Starts everything but the service.
   *
   * @param commandLine the main class of the command line
   * @param bridgeStats hears what bridges count, on threads of the harness
   * @param service hears what the service says, with the number of its run
   */
  @SuppressWarnings("NullAway.Init") // the service is started next
  ChaosWorld(
      ProcessGroup group,
      Class<?> commandLine,
      ChaosPlan plan,
      Consumer<JsonNode> bridgeStats,
      BiConsumer<Integer, JsonNode> service) {
    this.group = group;
    this.commandLine = commandLine;
    this.plan = plan;
    this.bridgeStats = bridgeStats;
    this.service = service;
    ChildProcess rooms =
        group.start(JvmSpec.of("chaos-rooms", commandLine, "rooms", "--port", "0", "--json"));
    int port = rooms.await("listening", START_LIMIT).path("port").asInt();
    this.hostUrl = "roomhost://127.0.0.1:" + port;
    this.host = RoomHostClient.create("127.0.0.1:" + port);
    for (int i = 0; i < (plan.standby() ? 2 : 1); i++) {
      ChildProcess started = launch(0);
      bridges.put(
          "127.0.0.1:" + started.await("listening", START_LIMIT).path("port").asInt(), started);
    }
  }

  /** Somebody listens in each room; {@code heard} gets the session and what came. */
  void listen(BiConsumer<Integer, Long> heard) {
    for (int i = 0; i < plan.sessions(); i++) {
      int session = i;
      RemoteParticipant bob = host.enter(ChaosService.user(i), LISTENER).join();
      bob.onAudio(
          (identity, track, frame) -> {
            long read = NumberedFrames.read(frame.toByteString());
            if (read >= 0) {
              heard.accept(session, read);
            }
          });
      listeners.add(bob);
    }
  }

  /** Somebody speaks in each room, without end. */
  void speak() {
    for (int i = 0; i < plan.sessions(); i++) {
      host.addNumberedSpeaker(ChaosService.user(i), SPEAKER, "", 0, 0);
    }
  }

  /** Those who speak stop. */
  void fallSilent() {
    for (int i = 0; i < plan.sessions(); i++) {
      boolean unused = host.remove(ChaosService.user(i), SPEAKER);
    }
    running.tell("silent");
  }

  /** The service closes its sessions and ends. */
  void leave() {
    running.tell("close");
    running.await("closed", START_LIMIT);
  }

  List<String> bridges() {
    return List.copyOf(bridges.keySet());
  }

  void killBridge(String target) {
    Objects.requireNonNull(bridges.get(target), target).kill();
  }

  /**
   * Starts a bridge again on its port.
   *
   * @return when it listened, epoch milliseconds
   */
  long startBridge(String target) {
    int port = Integer.parseInt(target.substring(target.indexOf(':') + 1));
    Objects.requireNonNull(bridges.get(target), target).awaitExit(START_LIMIT);
    ChildProcess started = launch(port);
    bridges.put(target, started);
    started.await("listening", START_LIMIT);
    return System.currentTimeMillis();
  }

  int run() {
    return run;
  }

  void killService() {
    running.kill();
  }

  /**
   * Starts the service as a new process.
   *
   * @return when it opened its sessions, epoch milliseconds
   */
  long startService() {
    int number = ++run;
    running =
        group.start(
            JvmSpec.of(
                    "chaos-service",
                    ChaosService.class,
                    String.join(",", bridges.keySet()),
                    hostUrl,
                    Integer.toString(plan.sessions()),
                    Integer.toString(number),
                    Boolean.toString(plan.standby()))
                .onEvent(event -> service.accept(number, event))
                .environment(ChaosService.KEY_VARIABLE, "key of chaos " + plan.seed() + " "));
    return running.await("open", START_LIMIT).path("t").asLong();
  }

  /** Participants of bridges in all rooms. */
  int participants() {
    int sum = 0;
    for (int i = 0; i < plan.sessions(); i++) {
      for (ParticipantInfo each : host.participants(ChaosService.user(i))) {
        sum += each.kind() == ParticipantInfo.Kind.BRIDGE ? 1 : 0;
      }
    }
    return sum;
  }

  private ChildProcess launch(int port) {
    return group.start(
        JvmSpec.of(
                "chaos-bridge",
                commandLine,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--json",
                "--stats",
                STATS_MILLIS)
            .onEvent(bridgeStats));
  }

  @Override
  public void close() {
    listeners.forEach(RemoteParticipant::close);
    host.close();
  }
}
