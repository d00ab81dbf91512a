package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import dev.livekitbridge.server.security.SecurityOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.NullMarked;

/** The whole bridge in this process, on virtual time: all runs on the thread of the test. */
@NullMarked
final class InProcessBridge implements AutoCloseable {
  final FakeClock clock = new FakeClock();
  final MemoryRooms rooms = MemoryRooms.create(clock);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final BridgeService service;
  final ManagedChannel channel;
  final LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub;
  private final Server server;

  InProcessBridge() throws IOException {
    this(BridgeServerOptions.defaults());
  }

  InProcessBridge(BridgeServerOptions options) throws IOException {
    this(options, clock -> SecurityOptions.none());
  }

  /** A bridge whose authenticators, if it has some, go by its clock. */
  InProcessBridge(BridgeServerOptions options, Function<FakeClock, SecurityOptions> security)
      throws IOException {
    service =
        BridgeService.builder()
            .options(options)
            .security(security.apply(clock))
            .rooms(rooms)
            .meterRegistry(meters)
            .time(clock)
            .scheduler(clock.scheduler())
            .build();
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    stub = LiveKitBridgeGrpc.newBlockingStub(channel);
  }

  static JoinRoomRequest.Builder request(String userId) {
    return JoinRoomRequest.newBuilder()
        .setUserId(userId)
        .setRoomName("room")
        .setLivekitUrl("memory:room");
  }

  /** Joins as our client does, resumable. */
  static JoinRoomRequest.Builder resumable(String userId) {
    return request(userId).setResumeKey("key of " + userId).setResumeWindowMs(10_000);
  }

  JoinRoomResponse join(String userId) {
    JoinRoomResponse joined = stub.joinRoom(request(userId).build());
    assertThat(joined.getError()).isEmpty();
    return joined;
  }

  JoinRoomResponse join(JoinRoomRequest.Builder request) {
    return stub.joinRoom(request.build());
  }

  HealthCheckResponse health() {
    return stub.healthCheck(HealthCheckRequest.getDefaultInstance());
  }

  BridgeStatusResponse status(String userId) {
    return stub.getStatus(BridgeStatusRequest.newBuilder().setUserId(userId).build());
  }

  int participants() {
    return rooms.participantCount(ParticipantInfo.Kind.BRIDGE);
  }

  double meter(String name, String... tags) {
    return meters.get(name).tags(tags).functionCounter().count();
  }

  void advance(Duration by) {
    clock.advance(by);
  }

  /** The law of every fault test: nobody is left where no session is. */
  void assertNoZombies() {
    assertThat(participants()).as("participants").isEqualTo(service.sessions().size());
    assertThat(health().getActiveSessions()).as("sessions").isEqualTo(service.sessions().size());
    assertThat(service.sessions())
        .allSatisfy(
            session -> {
              assertThat(session.toClient().balanced()).as("%s", session).isTrue();
              assertThat(session.toRoom().balanced()).as("%s", session).isTrue();
            });
  }

  @Override
  public void close() {
    channel.shutdownNow();
    service.close(Duration.ZERO);
    server.shutdownNow();
    rooms.close();
    // A thread that fetched a file may be just leaving the session, and close it on its way.
    await()
        .untilAsserted(() -> assertThat(clock.pendingDelays()).as("timers left behind").isEmpty());
  }
}
