package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.HeartbeatOptions;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.cli.BridgeCli;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.roomhost.RoomHostServer;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What a fault test stands on: rooms that outlive every bridge (in this JVM, over real sockets),
 * and bridges as processes of their own.
 */
final class Rig implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(15);

  /** A JVM on a busy machine; nothing is measured by it. */
  private static final Duration STARTED = Duration.ofSeconds(60);

  /**
   * For tests in which a process dies or says so itself: that a busy machine holds a bridge up for
   * a second must not count as another fault.
   */
  static final HeartbeatOptions PATIENT =
      HeartbeatOptions.builder()
          .silence(Duration.ofSeconds(10))
          .pingGrace(Duration.ofSeconds(10))
          .probeTimeout(Duration.ofSeconds(10))
          .build();

  final TimeSource time = TimeSource.system();
  final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  final RoomHostServer rooms;
  final ProcessGroup processes;

  private Rig(String name) {
    processes = ProcessGroup.create(Path.of("target", "fault-logs", name));
    rooms = RoomHostServer.create("127.0.0.1", 0);
    try {
      rooms.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Rig open(Class<?> test) {
    return new Rig(test.getSimpleName());
  }

  /** Starts a bridge and waits until it listens. */
  BridgeProcess startBridge(String name, int port, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("serve", "--host", "127.0.0.1", "--port", Integer.toString(port), "--json"));
    arguments.addAll(List.of(options));
    ChildProcess process =
        processes.start(JvmSpec.of(name, BridgeCli.class, arguments.toArray(String[]::new)));
    int listening = process.await("listening", STARTED).path("port").asInt();
    return new BridgeProcess(process, listening);
  }

  /** A bridge that runs. */
  record BridgeProcess(ChildProcess process, int port) {
    String target() {
      return "127.0.0.1:" + port;
    }
  }

  /** Someone in a room who says numbered frames and counts what is said to the room. */
  RoomSide roomSide(String room) {
    return new RoomSide(this, room);
  }

  /** What the bridge says of itself. */
  static HealthCheckResponse health(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      return LiveKitBridgeGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .healthCheck(HealthCheckRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  /** Sessions in the registry = participants of bridges in rooms = what should be left. */
  void assertNoZombies(int port, int sessions) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              HealthCheckResponse health = health(port);
              assertThat(health.getActiveSessions()).as("sessions").isEqualTo(sessions);
              assertThat(health.getActiveStreams()).as("streams").isEqualTo(sessions);
              assertThat(bridgeParticipants()).as("participants").isEqualTo(sessions);
              assertLaw(health);
            });
  }

  /** The law of frames holds on a bridge, over all sessions that it ever had. */
  static void assertLaw(int port) {
    assertLaw(health(port));
  }

  private static void assertLaw(HealthCheckResponse health) {
    assertThat(health.getMetadataOrThrow("frames-unaccounted"))
        .as("the law of frames on the bridge")
        .isEqualTo("0");
  }

  int bridgeParticipants() {
    return rooms.rooms().participantCount(ParticipantInfo.Kind.BRIDGE);
  }

  long millis() {
    return TimeUnit.NANOSECONDS.toMillis(time.nanoTime());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    processes.close();
    rooms.close();
  }
}
