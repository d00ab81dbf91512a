package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client of ours: the second table of the wire, over gRPC. */
@NullMarked
class OurClientTest {
  private static final byte[] FRAME = new byte[640];

  private InProcessBridge bridge;
  private MemoryParticipant alice;

  @BeforeEach
  void start() throws IOException {
    bridge = new InProcessBridge();
    alice = bridge.rooms.room("room").join("alice");
  }

  @AfterEach
  void stop() {
    bridge.close();
  }

  @Test
  void firstChunkOfTheBridgeIsEmptyAndSaysWhatItHasAndKeeps() {
    JoinRoomResponse joined = bridge.join(InProcessBridge.resumable("u"));
    alice.publish(FRAME);
    TestStream stream = TestStream.attach(bridge.channel, "u", joined.getSessionId());
    AudioChunk first = stream.chunks.get(0);
    assertThat(first.getPcmData().isEmpty()).isTrue();
    assertThat(TrackSequences.map(first.getOldestKeptList())).isEqualTo(Map.of(0, 1L));
    assertThat(TrackSequences.map(first.getAcknowledgedList())).isEmpty();
    AudioChunk audio = stream.audio().get(0);
    assertThat(audio.getSequence()).isEqualTo(1);
    assertThat(audio.getSource()).isEqualTo("alice");
  }

  @Test
  void serviceThatRestartsTakesItsSessionOverAndLosesNothing() {
    JoinRoomResponse old =
        bridge.join(InProcessBridge.resumable("u").setInstance("old").setAttempt(1));
    TestStream oldStream = TestStream.attach(bridge.channel, "u", old.getSessionId());
    alice.publish(FRAME);
    oldStream.say(1, FRAME);
    oldStream.cancel();
    alice.publish(FRAME);
    bridge.advance(Duration.ofSeconds(3));

    JoinRoomResponse next =
        bridge.join(InProcessBridge.resumable("u").setInstance("new").setAttempt(1));
    TestStream stream = TestStream.attach(bridge.channel, "u", next.getSessionId());

    assertThat(next.getResumed()).isTrue();
    assertThat(next.getLastReceivedMap()).isEqualTo(Map.of(0, 1L));
    assertThat(stream.audio().stream().map(AudioChunk::getSequence)).isEqualTo(List.of(1L, 2L));
    assertThat(bridge.participants()).isEqualTo(1);
    assertThat(bridge.meter("livekit.bridge.joins", "result", "resumed")).isEqualTo(1);

    // The old process wakes up: whatever it tries changes nothing.
    TestStream late = TestStream.attach(bridge.channel, "u", old.getSessionId());
    assertThat(late.endStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(late.reason()).contains(CloseReason.SUPERSEDED);
    JoinRoomResponse lateJoin =
        bridge.join(InProcessBridge.resumable("u").setInstance("old").setAttempt(2));
    assertThat(lateJoin.getSuccess()).isFalse();
    assertThat(lateJoin.getMetadataOrThrow("reason")).isEqualTo("SUPERSEDED");
    assertThat(stream.ended()).isFalse();
    bridge.assertNoZombies();
  }

  @Test
  void takenOverStreamIsAborted() {
    JoinRoomResponse old = bridge.join(InProcessBridge.resumable("u"));
    TestStream oldStream = TestStream.attach(bridge.channel, "u", old.getSessionId());
    bridge.join(InProcessBridge.resumable("u"));
    assertThat(oldStream.endStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(oldStream.reason()).contains(CloseReason.SUPERSEDED);
  }

  @Test
  void windowThatIsOverIsNoSession() {
    JoinRoomResponse joined = bridge.join(InProcessBridge.resumable("u"));
    TestStream.attach(bridge.channel, "u", joined.getSessionId()).cancel();
    bridge.advance(Duration.ofSeconds(10));
    TestStream late = TestStream.attach(bridge.channel, "u", joined.getSessionId());
    assertThat(late.endStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    bridge.assertNoZombies();
  }

  @Test
  void roomsEndTheStreamWithTheirReason() {
    JoinRoomResponse joined = bridge.join(InProcessBridge.resumable("u"));
    TestStream stream = TestStream.attach(bridge.channel, "u", joined.getSessionId());
    bridge.rooms.room("room").remove(joined.getParticipantId());
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(stream.reason()).contains(CloseReason.REMOVED);
    assertThat(bridge.status("u").getLastDisconnectReason()).isEqualTo("REMOVED");
    bridge.assertNoZombies();
  }

  @Test
  void inactiveStreamEndsWithDeadlineExceeded() {
    JoinRoomResponse joined = bridge.join(InProcessBridge.resumable("u"));
    TestStream stream = TestStream.attach(bridge.channel, "u", joined.getSessionId());
    bridge.advance(Duration.ofSeconds(30));
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(stream.reason()).contains(CloseReason.INACTIVE);
    assertThat(stream.endStatus().getDescription()).isEqualTo("no activity for 30s");
  }

  @Test
  void streamsThatSayNothingAreLimitedWithAPushback() throws IOException {
    try (InProcessBridge small =
        new InProcessBridge(BridgeServerOptions.builder().maxSessions(1).build())) {
      TestStream first = TestStream.open(small.channel);
      TestStream second = TestStream.open(small.channel);
      assertThat(first.ended()).isFalse();
      assertThat(second.endStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(second.reason()).contains(CloseReason.OVERLOADED);
      assertThat(second.trailer("grpc-retry-pushback-ms")).isEqualTo("1000");
      first.cancel();
      assertThat(TestStream.open(small.channel).ended()).isFalse();
    }
  }
}
