package dev.livekitbridge.examples.livecaptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LiveCaptionsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void whatIsSaidIsWrittenDownSpeakerBySpeaker() throws IOException {
    MemoryRooms rooms = MemoryRooms.create();
    Queue<Caption> captions = new ConcurrentLinkedQueue<>();
    try (BridgeServer bridge =
        BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build().start()) {
      MemoryParticipant alice = rooms.room("standup").join("alice");
      MemoryParticipant bob = rooms.room("standup").join("bob");
      LiveCaptions live =
          new LiveCaptions(
              "127.0.0.1:" + bridge.port(),
              "memory:standup",
              "standup",
              "captions",
              new LoudnessRecognizer(),
              captions::add);
      try {
        await().atMost(SOON).until(() -> bridge.sessions().size() == 1);
        for (int i = 0; i < 10; i++) {
          alice.publish(tone(100));
        }
        for (int i = 0; i < 6; i++) {
          alice.publish(new byte[3_200]);
        }
        await().atMost(SOON).until(() -> !captions.isEmpty());
        assertThat(captions.remove().text()).isEqualTo("(speech, 1.0 s)");

        bob.publish(tone(200));
        alice.publish(tone(100));
        for (int i = 0; i < 6; i++) {
          alice.publish(new byte[3_200]);
        }
        // What she said after him has been understood: so he has been heard.
        await().atMost(SOON).until(() -> !captions.isEmpty());
        captions.clear();
      } finally {
        live.close();
      }
      // The end of the session ends his line.
      await().atMost(SOON).until(() -> !captions.isEmpty());
      assertThat(captions.remove().speaker()).isEqualTo("bob");
    }
  }

  @Test
  void aGapEndsALine() {
    List<Caption> captions = new ArrayList<>();
    Recognizer.Listening listening = new LoudnessRecognizer().listen("alice", captions::add);
    listening.hear(tone(300), 7);
    listening.gap();

    assertThat(captions).containsExactly(new Caption("alice", "(speech, 0.3 s) …", 7, true));
  }

  private static byte[] tone(int millis) {
    byte[] pcm = new byte[32 * millis];
    for (int i = 0; i < pcm.length / 2; i++) {
      short sample = (short) (8_000 * Math.sin(2 * Math.PI * 440 * i / 16_000));
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    return pcm;
  }
}
