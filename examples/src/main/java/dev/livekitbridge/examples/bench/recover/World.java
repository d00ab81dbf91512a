package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.roomhost.HeardTrack;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A room host and a bridge as processes of their own, and people in the rooms. */
final class World implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final String SPEAKER = "alice";
  private static final String LISTENER = "bob";

  private final ProcessGroup group;
  private final Class<?> commandLine;
  private final ChildProcess hostProcess;
  private final int hostPort;
  private final RoomHostClient host;
  private @Nullable ChildProcess bridge;
  private int bridgePort;
  private int rooms;

  /** Starts both; {@code commandLine} is the main class of the command line. */
  World(ProcessGroup group, Class<?> commandLine) {
    this.group = group;
    this.commandLine = commandLine;
    hostProcess =
        group.start(JvmSpec.of("bench-rooms", commandLine, "rooms", "--port", "0", "--json"));
    hostPort = hostProcess.await("listening", START_LIMIT).path("port").asInt();
    host = RoomHostClient.create("127.0.0.1:" + hostPort);
    bridgePort = launchBridge().await("listening", START_LIMIT).path("port").asInt();
  }

  int bridgePort() {
    return bridgePort;
  }

  ProcessGroup group() {
    return group;
  }

  /** A room of its own, in which someone speaks without end and someone listens. */
  String newRoom() {
    String room = "recover-" + ++rooms;
    host.addListener(room, LISTENER, false);
    host.addNumberedSpeaker(room, SPEAKER, "", 1, 0);
    return room;
  }

  void leave(String room) {
    host.delete(room);
  }

  String url(String room) {
    return "roomhost://127.0.0.1:" + hostPort + "/" + room;
  }

  /**
   * When the room heard the bridge.
   *
   * @return arrivals in order, epoch milliseconds
   */
  long[] heard(String room) {
    for (HeardTrack track : host.heard(room, LISTENER)) {
      if (!track.identity().equals(SPEAKER)) {
        return track.heardAtMillis();
      }
    }
    return new long[0];
  }

  /** SIGKILL. */
  void killBridge() {
    ChildProcess running = bridge;
    if (running != null) {
      running.kill();
    }
  }

  /**
   * Starts the bridge again.
   *
   * @return when its port was open, {@link System#nanoTime}
   */
  long restartBridge() throws InterruptedException {
    launchBridge();
    return ListeningPort.await(bridgePort, START_LIMIT);
  }

  /** Until then the process may still be busy with its start. */
  void bridgeIsUp() {
    ChildProcess running = bridge;
    if (running != null) {
      running.await("listening", START_LIMIT);
    }
  }

  private ChildProcess launchBridge() {
    ChildProcess started =
        group.start(
            JvmSpec.of(
                "bench-bridge",
                commandLine,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(bridgePort),
                "--json"));
    bridge = started;
    return started;
  }

  static void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  @Override
  public void close() {
    host.close();
    killBridge();
    hostProcess.kill();
  }
}
