package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.FrameLaw;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.SessionStats;
import dev.livekitbridge.server.AudioOptions;
import dev.livekitbridge.server.BridgeServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams: what keeps a session alive, what ends it, and what it sends to its client. */
@NullMarked
class SessionLifeTest {
  private SessionKit kit = new SessionKit();

  @Test
  void brokenStreamCleansUpOnce() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    stream.edge().onBroken("reset");
    assertThat(kit.rooms.last().leaves).containsExactly(CloseReason.STREAM_BROKEN);
    stream.edge().onBroken("again");
    kit.speak(1, 3);
    stream.edge().onChunk(SessionKit.pcm(640).build());
    assertThat(kit.rooms.last().leaves).hasSize(1);
    kit.assertClosed(stream, CloseReason.STREAM_BROKEN);
  }

  @Test
  void whatTheRoomLostOnItsWayHereIsCounted() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    kit.speak(1, 2);
    kit.rooms.last().listener.onLost(DropCause.OVERFLOW, 3);
    FrameCounts counts = kit.session("u").orElseThrow().toClient();
    assertThat(counts.accepted()).isEqualTo(5);
    assertThat(counts.delivered()).isEqualTo(2);
    assertThat(counts.dropped()).isEqualTo(Map.of(DropCause.OVERFLOW, 3L));
    assertThat(stream.ended()).isFalse();
    kit.assertNothingLeftBehind();
  }

  @Test
  void streamWithoutASessionIsNotFound() {
    assertThat(kit.plain("u").end()).isEqualTo(CloseReason.NO_SESSION);
    kit.rooms.joinsAtOnce = false;
    kit.begin(SessionKit.request("u"));
    assertThat(kit.plain("u").end()).isEqualTo(CloseReason.NO_SESSION);
  }

  @Test
  void badFirstChunkEndsTheStreamAndHarmsNoSession() {
    kit.join(SessionKit.request("u"));
    FakeStream living = kit.plain("u");
    List<AudioChunk.Builder> bad =
        List.of(
            SessionKit.heartbeat(),
            SessionKit.heartbeat().setUserId("x".repeat(257)),
            SessionKit.heartbeat().setUserId("u").setSampleRate(7_999),
            SessionKit.heartbeat().setUserId("u").setSampleRate(-1),
            SessionKit.heartbeat().setUserId("u").setChannels(3),
            SessionKit.heartbeat().setUserId("u").setSessionId("x".repeat(257)));
    for (AudioChunk.Builder first : bad) {
      FakeStream refused = kit.open(first);
      assertThat(refused.end()).isEqualTo(CloseReason.BAD_REQUEST);
      assertThat(refused.endDetail).contains("expected");
    }
    AudioChunk.Builder manyTracks = SessionKit.heartbeat().setUserId("u");
    LongStream.range(0, 65).forEach(i -> manyTracks.addOldestKept(TrackSequences.of((int) i, 1)));
    assertThat(kit.open(manyTracks).end()).isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(living.ended()).isFalse();
    kit.assertNothingLeftBehind();
  }

  @Test
  void firstChunkMayCarryAudio() {
    kit.join(SessionKit.request("u"));
    kit.open(SessionKit.pcm(640).setUserId("u"));
    assertThat(kit.rooms.last().tracks.get(0).said).hasSize(1);
  }

  @Test
  void silentClientIsClosedAfterThirtySeconds() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    kit.advance(Duration.ofMillis(29_999));
    assertThat(stream.ended()).isFalse();
    kit.advance(Duration.ofMillis(1));
    assertThat(stream.endDetail).isEqualTo("no activity for 30s");
    kit.assertClosed(stream, CloseReason.INACTIVE);
  }

  @Test
  void heartbeatsKeepASilentSessionAlive() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    for (int i = 0; i < 60; i++) {
      kit.advance(Duration.ofSeconds(5));
      stream.say(SessionKit.heartbeat());
    }
    assertThat(stream.ended()).isFalse();
    kit.advance(Duration.ofSeconds(30));
    kit.assertClosed(stream, CloseReason.INACTIVE);
  }

  @Test
  void audioOfEitherDirectionKeepsASessionAlive() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    kit.advance(Duration.ofSeconds(29));
    kit.speak(1, 1);
    kit.advance(Duration.ofSeconds(29));
    stream.say(SessionKit.pcm(640));
    kit.advance(Duration.ofSeconds(29));
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void clientThatNeverSentAHeartbeatMayHaveALimitOfItsOwn() {
    kit =
        new SessionKit(
            BridgeServerOptions.builder()
                .inactivityTimeoutWithoutHeartbeat(Duration.ofMinutes(10)));
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    kit.advance(Duration.ofMinutes(9));
    assertThat(stream.ended()).isFalse();
    stream.say(SessionKit.heartbeat());
    kit.advance(Duration.ofSeconds(30));
    kit.assertClosed(stream, CloseReason.INACTIVE);
  }

  @Test
  void inactiveStreamOfAResumableSessionDetachesIt() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    kit.advance(Duration.ofSeconds(30));
    assertThat(stream.end()).isEqualTo(CloseReason.INACTIVE);
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
  }

  @Test
  void clientThatTakesNoAudioForTwoSecondsIsCutOff() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    stream.block();
    kit.advance(Duration.ofSeconds(20));
    assertThat(stream.ended()).as("nothing waited").isFalse();
    kit.speak(1, 1);
    kit.advance(Duration.ofMillis(1_999));
    assertThat(stream.ended()).isFalse();
    kit.advance(Duration.ofMillis(1));
    kit.assertClosed(stream, CloseReason.SEND_TIMEOUT);
  }

  @Test
  void clientThatTakesAudioInBetweenIsNotCutOff() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    stream.block();
    for (int i = 1; i <= 20; i++) {
      kit.speak(1, 2);
      kit.advance(Duration.ofMillis(1_500));
      stream.unblockFor(1);
    }
    assertThat(stream.ended()).isFalse();
    assertThat(stream.audio()).hasSize(20);
  }

  @Test
  void sendTimeoutOfAResumableSessionDetachesItAndLosesNothing() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    stream.block();
    kit.speak(1, 10);
    kit.advance(Duration.ofSeconds(2));
    assertThat(stream.end()).isEqualTo(CloseReason.SEND_TIMEOUT);
    assertThat(kit.attach("u", joined).sequences())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void twoHundredFramesWaitAndThenTheOldestGoes() {
    kit.join(SessionKit.request("u"));
    kit.speak(1, 250);
    FrameCounts waiting = kit.session("u").orElseThrow().toClient();
    assertThat(waiting.buffered()).isEqualTo(200);
    assertThat(waiting.dropped()).containsExactly(Map.entry(DropCause.OVERFLOW, 50L));
    FakeStream stream = kit.plain("u");
    assertThat(stream.audio().get(0).getTimestampMs()).isEqualTo(51);
    assertThat(stream.audio()).hasSize(200);
    kit.assertNothingLeftBehind();
  }

  @Test
  void newestGoesWhereThatIsChosen() {
    kit =
        new SessionKit(
            BridgeServerOptions.builder()
                .audio(
                    AudioOptions.builder()
                        .channelFrames(10)
                        .overflow(AudioOptions.Overflow.DROP_NEWEST)
                        .build()));
    kit.join(SessionKit.request("u"));
    kit.speak(1, 12);
    assertThat(kit.plain("u").audio().stream().map(AudioChunk::getTimestampMs))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 10).boxed().toList());
  }

  @Test
  void resumableSessionKeepsFifteenSecondsAndFifteenHundredFrames() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setResumeWindowMs(60_000));
    kit.attach("u", joined).edge().onBroken("gone");
    kit.speak(1, 1_600);
    assertThat(kit.session("u").orElseThrow().toClient().buffered()).isEqualTo(1_500);
    kit.advance(Duration.ofSeconds(10));
    kit.speak(1_601, 1_610);
    kit.advance(Duration.ofMillis(5_001));
    assertThat(kit.attach("u", joined).audio()).hasSize(10);
    kit.assertNothingLeftBehind();
  }

  @Test
  void allSessionsTogetherKeepNoMoreThanTheBudget() {
    kit =
        new SessionKit(
            BridgeServerOptions.builder(), new RetentionBudget(5 * SessionKit.FRAME_BYTES));
    kit.join(SessionKit.resumable("u"));
    kit.speak(1, 4);
    kit.join(SessionKit.resumable("v"));
    kit.speak(1, 4);
    assertThat(kit.budget.heldBytes()).isEqualTo(5L * SessionKit.FRAME_BYTES);
    assertThat(kit.session("u").orElseThrow().toClient().buffered()).isEqualTo(4);
    assertThat(kit.session("v").orElseThrow().toClient().buffered()).isEqualTo(1);
    kit.assertNothingLeftBehind();
  }

  @Test
  void pingIsAnsweredAtOnceOnAStreamOfOurs() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.request("u")));
    stream.say(SessionKit.heartbeat().setPing(7));
    AudioChunk pong = stream.sent.get(stream.sent.size() - 1);
    assertThat(pong.getPong()).isEqualTo(7);
    assertThat(pong.getPcmData().isEmpty()).isTrue();
  }

  @Test
  void pingOfAPlainStreamIsAnsweredByNothing() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    stream.say(SessionKit.heartbeat().setPing(7));
    kit.advance(Duration.ofSeconds(1));
    assertThat(stream.sent).isEmpty();
  }

  @Test
  void pingsOfAClientThatDoesNotReadDoNotPileUp() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.request("u")));
    stream.block();
    for (int i = 1; i <= 1_000; i++) {
      stream.say(SessionKit.heartbeat().setPing(i));
    }
    assertThat(stream.sent).hasSize(1);
    stream.unblock();
    assertThat(stream.sent).hasSize(2);
    assertThat(stream.sent.get(1).getPong()).isEqualTo(1_000);
  }

  @Test
  void sessionOfOursThatIsNotResumableStillNumbersAndAcknowledges() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.request("u")));
    kit.speak(1, 2);
    assertThat(stream.sequences()).containsExactly(1L, 2L);
    assertThat(stream.audio().get(0).getSource()).isEqualTo("alice");
    stream.say(SessionKit.frame(1));
    kit.advance(Duration.ofMillis(100));
    assertThat(TrackSequences.map(stream.sent.get(stream.sent.size() - 1).getAcknowledgedList()))
        .isEqualTo(Map.of(0, 1L));
    stream.edge().onBroken("gone");
    kit.assertClosed(stream, CloseReason.STREAM_BROKEN);
  }

  @Test
  void acknowledgementGoesAfterTenFramesOrAHundredMilliseconds() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.request("u")));
    int before = stream.sent.size();
    for (int i = 1; i <= 9; i++) {
      stream.say(SessionKit.pcm(320).setSequence(i));
      kit.advance(Duration.ofMillis(10));
    }
    assertThat(stream.sent).hasSize(before);
    stream.say(SessionKit.pcm(320).setSequence(10));
    assertThat(stream.sent).hasSize(before + 1);
    assertThat(TrackSequences.map(stream.sent.get(before).getAcknowledgedList()))
        .isEqualTo(Map.of(0, 10L));
    stream.say(SessionKit.pcm(320).setSequence(11));
    kit.advance(Duration.ofMillis(99));
    assertThat(stream.sent).hasSize(before + 1);
    kit.advance(Duration.ofMillis(1));
    assertThat(stream.sent).hasSize(before + 2);
    assertThat(TrackSequences.map(stream.sent.get(before + 1).getAcknowledgedList()))
        .isEqualTo(Map.of(0, 11L));
  }

  @Test
  void acknowledgementRidesOnAudio() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.request("u")));
    stream.say(SessionKit.frame(1));
    kit.advance(Duration.ofMillis(60));
    kit.speak(1, 1);
    assertThat(TrackSequences.map(stream.audio().get(0).getAcknowledgedList()))
        .isEqualTo(Map.of(0, 1L));
    int before = stream.sent.size();
    kit.advance(Duration.ofSeconds(1));
    assertThat(stream.sent).as("nothing more to say").hasSize(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = CloseReason.class,
      names = {"ROOM_LOST", "REMOVED", "ROOM_DELETED", "DUPLICATE_IDENTITY", "TOKEN_REJECTED"})
  void lostRoomClosesTheSessionWithItsReason(CloseReason reason) {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.resumable("u")));
    FakeRooms.Seat seat = kit.rooms.last();
    seat.present = false;
    seat.listener.onDisconnected(reason, "the room says so");
    assertThat(stream.endDetail).isEqualTo("the room says so");
    kit.assertClosed(stream, reason);
    seat.listener.onDisconnected(reason, "again");
  }

  @Test
  void statusTellsConnectionAndLastDisconnect() {
    assertThat(status("u").getConnected()).isFalse();
    assertThat(status("u").getLastDisconnectAt()).isZero();
    assertThat(status("u").getServerVersion()).isEqualTo("v");
    kit.join(SessionKit.request("u"));
    assertThat(status("u").getConnected()).isTrue();
    assertThat(status("u").getParticipantId()).isEqualTo("bridge-u");
    assertThat(status("u").getParticipantCount()).isEqualTo(2);
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("u"));
    assertThat(status("u").getConnected()).isFalse();
    assertThat(status("u").getLastDisconnectAt()).isEqualTo(kit.clock.epochMillis());
    assertThat(status("u").getLastDisconnectReason()).isEqualTo("LEFT");
    assertThat(kit.leave(LeaveRoomRequest.newBuilder().setUserId("u")).getError())
        .isEqualTo("session not found");
  }

  @Test
  void statusTellsOfARoomThatIsLostForNowWhileTheStreamStaysOpen() {
    FakeStream stream = kit.attach("u", kit.join(SessionKit.resumable("u")));
    FakeRooms.Seat seat = kit.rooms.last();
    seat.listener.onInterrupted(CloseReason.ROOM_LOST, "the server was killed");
    assertThat(status("u").getConnected()).isFalse();
    assertThat(status("u").getLastDisconnectAt()).isEqualTo(kit.clock.epochMillis());
    assertThat(status("u").getLastDisconnectReason()).isEqualTo("ROOM_LOST");
    assertThat(stream.ended()).isFalse();

    seat.listener.onRestored();
    assertThat(status("u").getConnected()).isTrue();
    assertThat(status("u").getLastDisconnectReason()).isEqualTo("ROOM_LOST");
  }

  @Test
  void theBooksOfASessionCanBeAskedForAndTheLawHoldsInThem() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    kit.speak(1, 5);
    stream.edge().onChunk(SessionKit.frame(1).build());
    stream.edge().onChunk(SessionKit.frame(1).build());
    stream.edge().onChunk(SessionKit.frame(4).build());
    stream
        .edge()
        .onChunk(
            SessionKit.heartbeat().addAllAcknowledged(TrackSequences.list(Map.of(0, 3L))).build());
    kit.rooms.last().listener.onLost(DropCause.OVERFLOW, 2);
    kit.clock.advance(Duration.ofMillis(500));

    SessionStats stats = status("u").getStats();
    assertThat(stats.getUserId()).isEqualTo("u");
    assertThat(stats.getRoomName()).isEqualTo("room");
    assertThat(stats.getSessionDurationMs()).isEqualTo(500);
    assertThat(stats.getAudioFramesSent()).isEqualTo(3);
    assertThat(stats.getBytesSent()).isEqualTo(5 * SessionKit.FRAME_BYTES);
    assertThat(stats.getAudioFramesReceived()).isEqualTo(2);
    assertThat(stats.getBytesReceived()).isEqualTo(2 * SessionKit.FRAME_BYTES);
    assertThat(stats.getToClient())
        .isEqualTo(
            FrameLaw.newBuilder()
                .setAccepted(7)
                .setDelivered(3)
                .setBuffered(2)
                .putDropped("OVERFLOW", 2)
                .build());
    assertThat(stats.getToRoom())
        .isEqualTo(
            FrameLaw.newBuilder()
                .setAccepted(2)
                .setDelivered(2)
                .setDuplicates(1)
                .setMissing(2)
                .build());
    kit.assertNothingLeftBehind();
  }

  private BridgeStatusResponse status(String userId) {
    List<BridgeStatusResponse> answers = new ArrayList<>();
    BridgeStatusRequest request =
        BridgeStatusRequest.newBuilder().setUserId(userId).setDetails(true).build();
    kit.registry.reports().status(request, "v", answers::add);
    return answers.get(0);
  }
}
