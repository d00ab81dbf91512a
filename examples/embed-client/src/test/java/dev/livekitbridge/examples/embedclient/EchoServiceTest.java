package dev.livekitbridge.examples.embedclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EchoServiceTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void saysBackWhatItHearsAndLeavesNothingBehind() throws IOException {
    MemoryRooms rooms = MemoryRooms.create();
    try (BridgeServer bridge =
        BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build().start()) {
      MemoryParticipant alice = rooms.room("standup").join("alice");
      Queue<AudioFrame> heard = new ConcurrentLinkedQueue<>();
      alice.onAudio((identity, track, frame) -> heard.add(frame));
      byte[] hello = new byte[640];
      hello[0] = 42;

      CompletableFuture<CloseReason> closed;
      try (EchoService echo =
          new EchoService(
              "127.0.0.1:" + bridge.port(), "memory:standup", "standup", "echo", null)) {
        closed = echo.closed();
        await().atMost(SOON).until(() -> bridge.sessions().size() == 1);
        alice.publish(hello);

        await().atMost(SOON).until(() -> !heard.isEmpty());
        assertThat(heard.remove().toByteArray()).isEqualTo(hello);
      }
      assertThat(closed).isCompletedWithValue(CloseReason.LEFT);
      await().atMost(SOON).until(() -> bridge.sessions().isEmpty());
      assertThat(rooms.room("standup").participants()).hasSize(1);
    }
  }

  @Test
  void hearsWhatIsSaidOnATrackAsByAMicrophone() throws IOException {
    MemoryRooms rooms = MemoryRooms.create();
    try (BridgeServer bridge =
            BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build().start();
        BridgeClient speaker = BridgeClient.builder("127.0.0.1:" + bridge.port()).build();
        EchoService echo =
            new EchoService(
                "127.0.0.1:" + bridge.port(), "memory:standup", "standup", "echo", null)) {
      Queue<AudioFrame> echoed = new ConcurrentLinkedQueue<>();
      MemoryParticipant bob = rooms.room("standup").join("bob");
      bob.onAudio(
          (identity, track, frame) -> {
            if (identity.equals("echo")) {
              echoed.add(frame);
            }
          });
      await().atMost(SOON).until(() -> bridge.sessions().size() == 1);
      BridgeSession alice =
          speaker.open(
              SessionRequest.builder("alice").liveKitUrl("memory:standup").room("standup").build());
      byte[] hello = new byte[640];
      hello[0] = 42;
      alice.send(AudioFrame.wrap(hello, AudioFormat.VOICE, TrackId.SPEAKER, 0));
      await().atMost(SOON).until(() -> !echoed.isEmpty());
      assertThat(echoed.remove().toByteArray()).isEqualTo(hello);
      assertThat(echo.closed()).isNotDone();
    }
  }

  @Test
  void aBridgeThatIsNotThereTakesNothingDown() {
    try (EchoService echo = new EchoService("127.0.0.1:1", "memory:r", "r", "echo", null)) {
      assertThat(echo.closed()).isNotDone();
    }
  }
}
