package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.examples.faults.ExistingClient.RawStream;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.room.memory.JoinGate;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that stop reading, fall silent, or come late, over real sockets. */
class DeadPeerTest {
  private static final String URL = "memory:standup";

  private final MemoryRooms rooms = MemoryRooms.create();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BridgeServer server =
      BridgeServer.builder()
          .host("127.0.0.1")
          .port(0)
          .rooms(rooms)
          .options(
              BridgeServerOptions.builder()
                  .inactivityTimeout(Duration.ofSeconds(1))
                  .inactivityTimeoutWithoutHeartbeat(Duration.ofSeconds(1))
                  .build())
          .build();

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void noZombies() {
    try {
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(server.sessions()).isEmpty();
                assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isZero();
              });
      Rig.assertLaw(server.port());
    } finally {
      timer.shutdownNow();
      server.close(Duration.ZERO);
    }
  }

  @Test
  void clientThatStopsReadingIsCleanedUpBySendTimeout() throws Exception {
    MemoryParticipant alice = rooms.room("standup").join("alice");
    try (ExistingClient client = new ExistingClient(server.port())) {
      assertThat(client.join("reader", URL).getSuccess()).isTrue();
      RawStream stream = client.stream("reader");
      // Enough to fill every window on the way soon, in frames of 100 ms.
      timer.scheduleAtFixedRate(() -> alice.publish(new byte[3_200]), 0, 2, TimeUnit.MILLISECONDS);
      await().untilAsserted(() -> assertThat(stream.audioFrames()).isGreaterThan(10));
      stream.stopReading();
      // The status waits behind the audio that nobody reads; the session does not.
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(server.sessions()).isEmpty());
      assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isZero();
    }
  }

  @Test
  void silentClientIsClosedAfterTheInactivityTime() throws Exception {
    try (ExistingClient client = new ExistingClient(server.port())) {
      client.join("quiet", URL);
      RawStream stream = client.stream("quiet");
      Status status = stream.awaitEnd(10);
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(status.getDescription()).contains("no activity for 1s");
    }
  }

  @Test
  void heartbeatsKeepASilentClient() throws Exception {
    try (ExistingClient client = new ExistingClient(server.port())) {
      client.join("beating", URL);
      RawStream stream = client.stream("beating");
      var beating =
          timer.scheduleAtFixedRate(
              () -> stream.send(ExistingClient.chunk().build()), 0, 200, TimeUnit.MILLISECONDS);
      assertThatThrownBy(() -> stream.awaitEnd(3)).isInstanceOf(TimeoutException.class);
      assertThat(server.sessions()).extracting(SessionSnapshot::userId).containsExactly("beating");
      beating.cancel(false);
      assertThat(stream.awaitEnd(10).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void lateErrorOfAnOldStreamNeverHarmsTheNewSession() throws Exception {
    MemoryParticipant alice = rooms.room("standup").join("alice");
    try (ExistingClient before = new ExistingClient(server.port());
        ExistingClient after = new ExistingClient(server.port())) {
      before.join("same", URL);
      RawStream old = before.stream("same");
      await().untilAsserted(() -> assertThat(server.sessions()).hasSize(1));
      assertThat(after.join("same", URL).getSuccess()).isTrue();
      RawStream fresh = after.stream("same");
      // Both ends of the old stream make themselves heard late.
      old.cancel();
      before.channel.shutdownNow();
      timer.scheduleAtFixedRate(() -> alice.publish(new byte[640]), 0, 20, TimeUnit.MILLISECONDS);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(fresh.audioFrames()).isGreaterThan(25));
      assertThat(fresh.open()).isTrue();
      assertThat(server.sessions()).hasSize(1);
      assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isOne();
      fresh.halfClose();
      assertThat(fresh.awaitEnd(10).getCode()).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  void ofTwoJoinsAtOnceTheLaterWinsAndTheFirstIsAnsweredAtOnce() throws Exception {
    rooms.nextJoin(JoinGate.hang());
    try (ExistingClient one = new ExistingClient(server.port());
        ExistingClient two = new ExistingClient(server.port())) {
      var first = timer.submit(() -> one.join("twice", URL));
      await().untilAsserted(() -> assertThat(server.sessions()).hasSize(1));
      JoinRoomResponse second = two.join("twice", URL);
      assertThat(second.getSuccess()).isTrue();
      JoinRoomResponse answer = first.get(5, TimeUnit.SECONDS);
      assertThat(answer.getSuccess()).isFalse();
      assertThat(answer.getMetadataMap()).containsEntry("reason", "REPLACED");
      assertThat(server.sessions()).hasSize(1);
      assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isOne();
      RawStream stream = two.stream("twice");
      await()
          .untilAsserted(
              () ->
                  assertThat(server.sessions())
                      .extracting(SessionSnapshot::state)
                      .containsExactly(SessionState.STREAMING));
      stream.cancel();
    }
  }
}
