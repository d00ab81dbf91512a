package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that knows the first table of the wire only gets exactly that. */
@NullMarked
class PlainClientTest {
  private static final byte[] FRAME = new byte[640];

  private InProcessBridge bridge;

  @BeforeEach
  void start() throws IOException {
    bridge = new InProcessBridge();
  }

  @AfterEach
  void stop() {
    bridge.close();
  }

  @Test
  void audioFlowsBothWays() {
    MemoryParticipant alice = bridge.rooms.room("room").join("alice");
    List<ByteString> heard = new ArrayList<>();
    alice.onAudio((identity, track, frame) -> heard.add(frame.toByteString()));
    JoinRoomResponse joined = bridge.join("u");
    assertThat(joined.getSuccess()).isTrue();
    assertThat(joined.getParticipantCount()).isEqualTo(2);
    TestStream stream = TestStream.plain(bridge.channel, "u");

    alice.publish(FRAME);
    stream.say(FRAME);

    assertThat(stream.chunks).hasSize(1);
    AudioChunk chunk = stream.chunks.get(0);
    assertThat(chunk.getPcmData()).isEqualTo(ByteString.copyFrom(FRAME));
    assertThat(chunk.getSampleRate()).isEqualTo(16_000);
    assertThat(chunk.getChannels()).isEqualTo(1);
    assertThat(chunk.getSequence()).isZero();
    assertThat(chunk.getSource()).isEmpty();
    bridge.advance(Duration.ofSeconds(2));
    assertThat(heard).containsExactly(ByteString.copyFrom(FRAME));
    bridge.assertNoZombies();
  }

  @Test
  void heartbeatsAndAudioAreAnsweredByNoEmptyChunk() {
    bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    for (int i = 0; i < 20; i++) {
      stream.send(AudioChunk.newBuilder()).say(FRAME);
      bridge.advance(Duration.ofMillis(20));
    }
    bridge.advance(Duration.ofSeconds(5));
    assertThat(stream.chunks).isEmpty();
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void leaveEndsTheStreamWithOkAndLeavesTheRoom() {
    bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    LeaveRoomResponse left =
        bridge.stub.leaveRoom(LeaveRoomRequest.newBuilder().setUserId("u").build());
    assertThat(left.getSuccess()).isTrue();
    assertThat(stream.endStatus()).isEqualTo(Status.OK);
    assertThat(bridge.participants()).isZero();
    assertThat(bridge.status("u").getConnected()).isFalse();
    bridge.assertNoZombies();
  }

  @Test
  void brokenStreamCleansUp() {
    bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    assertThat(bridge.health().getActiveStreams()).isEqualTo(1);
    stream.cancel();
    assertThat(bridge.service.sessions()).isEmpty();
    assertThat(bridge.participants()).isZero();
    assertThat(bridge.health().getActiveStreams()).isZero();
    assertThat(bridge.meter("livekit.bridge.sessions.closed", "reason", "stream_broken"))
        .isEqualTo(1);
  }

  @Test
  void streamOfAnUnknownUserIsNotFound() {
    TestStream stream = TestStream.plain(bridge.channel, "nobody");
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(stream.reason()).contains(CloseReason.NO_SESSION);
  }
}
