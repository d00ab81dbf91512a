package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.HeardTrack;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final Map<String, ChildProcess> pair = new LinkedHashMap<>();
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

  /** The numbered frames of a stream that the room heard, whoever of the bridges said them. */
  FrameTally heardOf(String room, int stream) {
    List<long[]> heard = new ArrayList<>();
    for (HeardTrack track : host.heard(room, LISTENER)) {
      for (int i = 0; i < track.numbers().length; i++) {
        long read = track.numbers()[i];
        if (read >= 0 && NumberedFrames.stream(read) == stream) {
          heard.add(new long[] {track.heardAtMillis()[i], NumberedFrames.number(read)});
        }
      }
    }
    heard.sort(Comparator.comparingLong(each -> each[0]));
    FrameTally tally = new FrameTally();
    heard.forEach(each -> tally.add(each[1], each[0]));
    return tally;
  }

  /** Targets of two more bridges, which are started at the first call. */
  List<String> bridges() {
    while (pair.size() < 2) {
      ChildProcess started = launch("bench-pair", 0);
      int port = started.await("listening", START_LIMIT).path("port").asInt();
      pair.put("127.0.0.1:" + port, started);
    }
    return List.copyOf(pair.keySet());
  }

  /** SIGKILL to one of the two. */
  void kill(String target) {
    of(target).kill();
  }

  /** SIGTERM to one of the two. */
  void terminate(String target) {
    of(target).terminate();
  }

  /** Starts one of the two again on its port, once it has ended. */
  void startAgain(String target) {
    of(target).awaitExit(START_LIMIT);
    int port = Integer.parseInt(target.substring(target.indexOf(':') + 1));
    ChildProcess started = launch("bench-pair", port);
    started.await("listening", START_LIMIT);
    pair.put(target, started);
  }

  private ChildProcess of(String target) {
    return Objects.requireNonNull(pair.get(target), target);
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
    ChildProcess started = launch("bench-bridge", bridgePort);
    bridge = started;
    return started;
  }

  private ChildProcess launch(String name, int port) {
    return group.start(
        JvmSpec.of(
            name,
            commandLine,
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--json"));
  }

  static void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  @Override
  public void close() {
    host.close();
    killBridge();
    pair.values().forEach(ChildProcess::kill);
    hostProcess.kill();
  }
}
