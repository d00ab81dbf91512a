package dev.livekitbridge.examples.embedserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OwnServerTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void audioFlowsThroughABridgeInOnesOwnServer() throws IOException {
    MemoryRooms rooms = MemoryRooms.create();
    Queue<AudioFrame> inTheService = new ConcurrentLinkedQueue<>();
    Queue<AudioFrame> inTheRoom = new ConcurrentLinkedQueue<>();
    MemoryParticipant alice = rooms.room("standup").join("alice");
    alice.onAudio((identity, track, frame) -> inTheRoom.add(frame));

    try (OwnServer own = new OwnServer(0, rooms).start();
        BridgeClient client = BridgeClient.builder("localhost:" + own.port()).build()) {
      BridgeSession session =
          client.open(
              SessionRequest.builder("service")
                  .room("standup")
                  .liveKitUrl("memory:standup")
                  .onAudio(inTheService::add)
                  .build());
      session.send(AudioFrame.copyOf(new byte[640], 0));
      await().atMost(SOON).until(() -> !inTheRoom.isEmpty());
      alice.publish(new byte[640]);
      await().atMost(SOON).until(() -> !inTheService.isEmpty());
      assertThat(own.sessions()).isEqualTo(1);

      session.close();
      await().atMost(SOON).until(() -> own.sessions() == 0);
    }
    assertThat(rooms.room("standup").participants()).hasSize(1);
  }
}
