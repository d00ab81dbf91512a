package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
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

  @Test
  void firstChunkWithoutAUserIsInvalid() {
    TestStream stream = TestStream.open(bridge.channel).send(AudioChunk.newBuilder());
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(stream.endStatus().getDescription()).startsWith("user_id: empty");
    assertThat(stream.reason()).contains(CloseReason.BAD_REQUEST);
  }

  @Test
  void streamWithoutAnyChunkIsInvalid() {
    TestStream stream = TestStream.open(bridge.channel);
    stream.halfClose();
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void streamWhoseFirstChunkDoesNotComeEndsAfterTenSeconds() {
    TestStream stream = TestStream.open(bridge.channel);
    bridge.advance(Duration.ofSeconds(9));
    assertThat(stream.ended()).isFalse();
    bridge.advance(Duration.ofSeconds(1));
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void badChunkEndsTheStreamNamingFieldAndValueAndHarmsNobodyElse() {
    bridge.join("u");
    bridge.join("v");
    TestStream good = TestStream.plain(bridge.channel, "v");
    TestStream bad = TestStream.plain(bridge.channel, "u");
    bad.say(new byte[641]);
    assertThat(bad.endStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(bad.endStatus().getDescription()).startsWith("pcm_data: 641 bytes");
    good.say(FRAME);
    assertThat(good.ended()).isFalse();
    assertThat(bridge.service.sessions()).hasSize(1);
    bridge.assertNoZombies();
  }

  @Test
  void replacedStreamIsAborted() {
    bridge.join("u");
    TestStream old = TestStream.plain(bridge.channel, "u");
    bridge.join("u");
    assertThat(old.endStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(old.reason()).contains(CloseReason.REPLACED);
    bridge.assertNoZombies();
  }

  @Test
  void halfCloseEndsTheStreamWithOk() {
    bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    stream.halfClose();
    assertThat(stream.endStatus()).isEqualTo(Status.OK);
    bridge.assertNoZombies();
  }

  @Test
  void lateErrorOfAnOldStreamNeverTouchesTheNewSession() {
    bridge.join("u");
    TestStream old = TestStream.plain(bridge.channel, "u");
    bridge.join("u");
    TestStream now = TestStream.plain(bridge.channel, "u");
    old.cancel();
    bridge.advance(Duration.ofSeconds(1));
    assertThat(now.ended()).isFalse();
    assertThat(bridge.status("u").getConnected()).isTrue();
    bridge.assertNoZombies();
  }

  @Test
  void failedJoinIsAnAnswerNotAnError() {
    JoinRoomResponse refused =
        bridge.join(InProcessBridge.request("u").setLivekitUrl("gopher://x"));
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getError()).contains("livekit_url").contains("memory");
    assertThat(refused.getMetadataOrThrow("reason")).isEqualTo("BAD_REQUEST");
  }

  @Test
  void unknownUserIsAnAnswerNotAnError() {
    LeaveRoomResponse left =
        bridge.stub.leaveRoom(LeaveRoomRequest.newBuilder().setUserId("x").build());
    assertThat(left.getSuccess()).isFalse();
    assertThat(left.getError()).isEqualTo("session not found");
    assertThat(bridge.status("x").getConnected()).isFalse();
    assertThat(bridge.status("x").getServerVersion()).isNotEmpty();
  }

  @Test
  void whoAsksForNothingOfOursIsAnsweredWithNothingOfOurs() {
    JoinRoomResponse joined = bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    bridge.rooms.room("room").join("alice").publish(FRAME);
    stream.say(FRAME);
    bridge.advance(Duration.ofMillis(200));

    BridgeStatusResponse status = bridge.status("u");
    assertThat(status.getConnected()).isTrue();
    assertThat(status.getAllFields().keySet()).allSatisfy(PlainClientTest::isOfTheFirstTable);
    assertThat(stream.chunks)
        .isNotEmpty()
        .allSatisfy(
            chunk ->
                assertThat(chunk.getAllFields().keySet())
                    .allSatisfy(PlainClientTest::isOfTheFirstTable));
    // By its session_id a client of ours knows a bridge of ours; others skip it.
    assertThat(joined.getAllFields().keySet())
        .filteredOn(field -> field.getNumber() > 100)
        .extracting(FieldDescriptor::getName)
        .containsExactly("session_id");
  }

  private static void isOfTheFirstTable(FieldDescriptor field) {
    assertThat(field.getNumber()).as(field.getName()).isLessThan(100);
  }

  @Test
  void joinWhoseCallIsCancelledIsUndone() {
    bridge.rooms.nextJoin(join -> new CompletableFuture<>());
    Future<JoinRoomResponse> call =
        LiveKitBridgeGrpc.newFutureStub(bridge.channel)
            .joinRoom(InProcessBridge.request("u").build());
    assertThat(bridge.health().getActiveSessions()).isEqualTo(1);
    call.cancel(true);
    assertThat(bridge.health().getActiveSessions()).isZero();
    bridge.assertNoZombies();
  }

  @Test
  void ofTwoJoinsAtOnceTheFirstIsAnsweredAtOnce() throws Exception {
    bridge.rooms.nextJoin(join -> new CompletableFuture<>());
    Future<JoinRoomResponse> first =
        LiveKitBridgeGrpc.newFutureStub(bridge.channel)
            .joinRoom(InProcessBridge.request("u").build());
    assertThat(bridge.join("u").getSuccess()).isTrue();
    assertThat(first.isDone()).isTrue();
    assertThat(first.get().getMetadataOrThrow("reason")).isEqualTo("REPLACED");
    bridge.assertNoZombies();
  }

  @Test
  void metricsCountFramesJoinsAndEndsAndNameNobody() {
    MemoryParticipant alice = bridge.rooms.room("room").join("alice");
    bridge.join("u");
    TestStream stream = TestStream.plain(bridge.channel, "u");
    alice.publish(FRAME);
    stream.say(FRAME).say(FRAME);
    bridge.advance(Duration.ofSeconds(1));
    assertThat(sessions("streaming")).isEqualTo(1);
    assertThat(bridge.meters.get("livekit.bridge.streams").gauge().value()).isEqualTo(1);
    assertThat(frames("to_client", "delivered")).isEqualTo(1);
    assertThat(frames("to_room", "accepted")).isEqualTo(2);
    assertThat(frames("to_room", "delivered")).isEqualTo(2);
    assertThat(bridge.meter("livekit.bridge.joins", "result", "joined")).isEqualTo(1);
    stream.cancel();
    assertThat(sessions("streaming")).isZero();
    assertThat(bridge.meters.getMeters())
        .allSatisfy(
            meter ->
                assertThat(meter.getId().getTags()).noneMatch(tag -> tag.getValue().equals("u")));
  }

  private double sessions(String state) {
    return bridge.meters.get("livekit.bridge.sessions").tag("state", state).gauge().value();
  }

  private double frames(String direction, String outcome) {
    return bridge.meter("livekit.bridge.frames." + outcome, "direction", direction);
  }
}
