package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Participants of ours that send data, among themselves on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveKitParticipantTest {
  private LiveKitServer server;
  private final LiveKitRooms rooms = LiveKitRooms.create();

  @BeforeAll
  void start() {
    server = LiveKitServer.start();
  }

  @AfterAll
  void stop() {
    rooms.close();
    if (server != null) {
      server.close();
    }
  }

  private static final class Ear implements RoomListener {
    final List<Integer> numbers = new CopyOnWriteArrayList<>();
    final List<String> tracks = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void onFrame(AudioFrame frame) {
      numbers.add(frame.toByteString().asReadOnlyByteBuffer().getInt());
    }

    @Override
    public void onTrackFrame(String trackName, AudioFrame frame) {
      tracks.add(frame.source() + "/" + trackName);
    }

    @Override
    public void onParticipants(int count) {}

    @Override
    public void onRestored() {
      told.add("restored");
    }

    @Override
    public void onDisconnected(CloseReason reason, String detail) {
      told.add("gone " + reason);
    }
  }

  private LiveKitParticipant enter(String room, String identity, RoomListener listener) {
    RoomJoin join =
        new RoomJoin(
            server.url(),
            room,
            identity,
            TestTokens.join(room, identity),
            "",
            AudioInput.BOTH,
            Set.of());
    return rooms.participate(join, listener).orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static ByteString packet(int number) {
    byte[] bytes = new byte[640];
    bytes[2] = (byte) (number >> 8);
    bytes[3] = (byte) number;
    return ByteString.copyFrom(bytes);
  }

  private static void say(LiveKitParticipant who, int from, int to, boolean reliable) {
    for (int i = from; i < to; i++) {
      ByteString packet = packet(i);
      if (!who.send(packet, reliable)) {
        await().until(() -> who.send(packet, reliable));
      }
    }
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void dataPacketsArriveInOrderEvenManyAtOnceAndAfterTheServerWasAway() {
    Ear ear = new Ear();
    LiveKitParticipant bob = enter("data", "bob", ear);
    Ear own = new Ear();
    LiveKitParticipant alice = enter("data", "alice", own);
    assertThat(alice.route()).startsWith("UDP ").endsWith(":" + server.udpPort());
    // More than fits into a send buffer.
    say(alice, 0, 5_000, true);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(ear.numbers).isEqualTo(range(0, 5_000)));
    say(alice, 5_000, 5_001, false);
    await().untilAsserted(() -> assertThat(ear.numbers).hasSize(5_001));

    server.kill();
    await().untilAsserted(() -> assertThat(alice.send(packet(0), true)).isFalse());
    server.restart();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(own.told).containsExactly("restored");
              assertThat(ear.told).containsExactly("restored");
            });
    ear.numbers.clear();
    say(alice, 0, 10, true);
    await().untilAsserted(() -> assertThat(ear.numbers).isEqualTo(range(0, 10)));
    alice.leave(CloseReason.LEFT).join();
    assertThat(alice.send(packet(0), true)).isFalse();
    bob.leave(CloseReason.LEFT).join();
  }

  @Test
  void aTrackBesideTheDataIsHeardByItsName() throws Exception {
    Ear ear = new Ear();
    LiveKitParticipant bob = enter("track", "bob", ear);
    LiveKitParticipant alice = enter("track", "alice", new Ear());
    RoomTrack track = alice.publish(TrackId.TTS);
    track.ready().get(10, TimeUnit.SECONDS);
    AudioFrame sound = Tone.piece(track.format(), 440, 8_000, 0, 960);
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              track.write(sound);
              return ear.tracks.contains("alice/tts");
            });
    say(alice, 0, 3, true);
    await().untilAsserted(() -> assertThat(ear.numbers).isEqualTo(range(0, 3)));
    alice.leave(CloseReason.LEFT).join();
    bob.leave(CloseReason.LEFT).join();
  }

  @Test
  void whatIsTooLongIsRefused() {
    LiveKitParticipant alice = enter("long", "alice", new Ear());
    ByteString tooLong = ByteString.copyFrom(new byte[LiveKitParticipant.MAX_DATA_BYTES + 1]);
    assertThatThrownBy(() -> alice.send(tooLong, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("15001 bytes");
    alice.leave(CloseReason.LEFT).join();
  }
}
