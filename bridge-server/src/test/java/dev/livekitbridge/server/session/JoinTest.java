package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.session.SessionKit.Join;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joining a room, and what becomes of a join that nobody wants any more. */
@NullMarked
class JoinTest {
  private SessionKit kit = new SessionKit();

  @Test
  void joinedSessionTellsWhoAndHowManyAreThere() {
    JoinRoomResponse joined = kit.join(SessionKit.request("u"));
    assertThat(joined.getParticipantId()).isEqualTo("bridge-u");
    assertThat(joined.getParticipantCount()).isEqualTo(2);
    assertThat(joined.getSessionId()).isNotEmpty();
    assertThat(joined.getResumed()).isFalse();
    assertThat(joined.getResumeWindowMs()).isZero();
    assertThat(joined.getLastReceivedMap()).isEmpty();
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
  }

  @Test
  void resumeWindowIsGrantedUpToTheCap() {
    assertThat(kit.join(SessionKit.resumable("u")).getResumeWindowMs()).isEqualTo(10_000);
    assertThat(kit.join(SessionKit.resumable("v").setResumeWindowMs(3_600_000)).getResumeWindowMs())
        .isEqualTo(60_000);
  }

  @Test
  void everyJoinHasANewSessionId() {
    String first = kit.join(SessionKit.request("u")).getSessionId();
    assertThat(kit.join(SessionKit.request("u")).getSessionId()).isNotEqualTo(first);
  }

  @Test
  void sessionWithoutAStreamEndsAfterTenSeconds() {
    kit.join(SessionKit.request("u"));
    kit.advance(Duration.ofMillis(9_999));
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
    kit.advance(Duration.ofMillis(1));
    assertThat(kit.sessions()).isEmpty();
    kit.assertNothingLeftBehind();
  }

  @Test
  void joinThatTakesTenSecondsIsGivenUpAndLeavesNothing() {
    kit.rooms.joinsAtOnce = false;
    Join join = kit.begin(SessionKit.request("u"));
    kit.advance(Duration.ofSeconds(10));
    assertThat(join.answer().getSuccess()).isFalse();
    assertThat(join.reason()).isEqualTo("JOIN_TIMEOUT");
    assertThat(join.answer().getError()).contains("10s");
    assertThat(kit.rooms.last().cancelled()).isTrue();
    kit.rooms.last().complete();
    kit.assertNothingLeftBehind();
  }

  @Test
  void roomThatIsJoinedInTheMomentOfTheEndIsLeft() {
    kit.rooms.joinsAtOnce = false;
    kit.begin(SessionKit.request("u"));
    BridgeSession session = Objects.requireNonNull(kit.registry.find("u"));
    session
        .context()
        .execute(
            () -> {
              // The session hears of the room after the end that is being decided here.
              kit.rooms.last().complete();
              session.close(CloseReason.REPLACED, "test");
            });
    assertThat(kit.rooms.last().leaves).containsExactly(CloseReason.LEFT);
    kit.assertNothingLeftBehind();
  }

  @Test
  void cancelledJoinIsUndone() {
    kit.rooms.joinsAtOnce = false;
    Join join = kit.begin(SessionKit.request("u"));
    join.ticket.cancel();
    assertThat(kit.rooms.last().cancelled()).isTrue();
    kit.assertNothingLeftBehind();
  }

  @Test
  void cancelThatCrossesTheAnswerUndoesTheJoin() {
    Join join = kit.begin(SessionKit.request("u"));
    join.ticket.cancel();
    assertThat(kit.sessions()).isEmpty();
    kit.assertNothingLeftBehind();
  }

  @Test
  void cancelOfAnOldJoinNeverTouchesTheNewSession() {
    Join old = kit.begin(SessionKit.request("u"));
    kit.join(SessionKit.request("u"));
    old.ticket.cancel();
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
  }

  @Test
  void cancelNeverTouchesASessionWithAStream() {
    Join join = kit.begin(SessionKit.request("u"));
    kit.plain("u");
    join.ticket.cancel();
    assertThat(kit.state("u")).isEqualTo(SessionState.STREAMING);
  }

  @Test
  void joinReplacesTheSessionOfTheUser() {
    kit.join(SessionKit.request("u"));
    FakeStream old = kit.plain("u");
    FakeRooms.Seat first = kit.rooms.last();
    kit.join(SessionKit.request("u"));
    assertThat(old.end()).isEqualTo(CloseReason.REPLACED);
    assertThat(first.leaves).containsExactly(CloseReason.REPLACED);
    assertThat(kit.sessions()).hasSize(1);
    old.edge().onBroken("late");
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
    kit.assertNothingLeftBehind();
  }

  @Test
  void oldRoomIsLeftBeforeTheNewOneIsJoined() {
    kit.join(SessionKit.request("u"));
    kit.rooms.joinsAtOnce = false;
    kit.begin(SessionKit.request("u"));
    assertThat(kit.rooms.seats.get(0).present).isFalse();
  }

  @Test
  void ofTwoJoinsAtOnceTheLaterWinsAndTheFirstIsAnsweredAtOnce() {
    kit.rooms.joinsAtOnce = false;
    Join first = kit.begin(SessionKit.request("u"));
    Join second = kit.begin(SessionKit.request("u"));
    assertThat(first.answer().getSuccess()).isFalse();
    assertThat(first.reason()).isEqualTo("REPLACED");
    assertThat(second.answers).isEmpty();
    kit.rooms.seats.get(0).complete();
    kit.rooms.seats.get(1).complete();
    assertThat(second.answer().getSuccess()).isTrue();
    kit.assertNothingLeftBehind();
  }

  @Test
  void joinThatIsOvertakenBeforeItBeganNeverReachesTheRoom() {
    kit.join(SessionKit.request("u"));
    List<Join> joins = new ArrayList<>();
    BridgeSession busy = Objects.requireNonNull(kit.registry.find("u"));
    // The session that both replace is busy elsewhere, and ends only after both were decided.
    busy.context()
        .execute(
            () -> {
              joins.add(kit.begin(SessionKit.request("u")));
              joins.add(kit.begin(SessionKit.request("u")));
              assertThat(joins.get(0).answers).isEmpty();
            });
    assertThat(joins.get(0).reason()).isEqualTo("REPLACED");
    assertThat(joins.get(1).answer().getSuccess()).isTrue();
    assertThat(kit.rooms.seats).hasSize(2);
    kit.assertNothingLeftBehind();
  }

  @Test
  void joinThatIsCancelledBeforeItBeganNeverReachesTheRoom() {
    kit.join(SessionKit.request("u"));
    List<Join> joins = new ArrayList<>();
    BridgeSession busy = Objects.requireNonNull(kit.registry.find("u"));
    busy.context()
        .execute(
            () -> {
              joins.add(kit.begin(SessionKit.request("u")));
              joins.get(0).ticket.cancel();
            });
    assertThat(joins.get(0).answer().getSuccess()).isFalse();
    assertThat(kit.rooms.seats).hasSize(1);
    assertThat(kit.sessions()).isEmpty();
    kit.assertNothingLeftBehind();
  }

  @Test
  void ofTwoJoinsOfOneHolderTheFirstIsSuperseded() {
    kit.rooms.joinsAtOnce = false;
    Join first = kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    Join second = kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(2));
    assertThat(first.reason()).isEqualTo("SUPERSEDED");
    kit.rooms.last().complete();
    assertThat(second.answer().getSuccess()).isTrue();
    assertThat(second.answer().getResumed()).isFalse();
  }

  @Test
  void usersDoNotDisturbEachOther() {
    kit.join(SessionKit.request("u"));
    FakeStream stream = kit.plain("u");
    kit.join(SessionKit.request("v"));
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("v"));
    assertThat(stream.ended()).isFalse();
    assertThat(kit.sessions()).hasSize(1);
  }

  @Test
  void joinBeyondTheLimitIsRefusedWithAPushback() {
    kit = new SessionKit(BridgeServerOptions.builder().maxSessions(1));
    kit.join(SessionKit.request("u"));
    Join refused = kit.begin(SessionKit.request("v"));
    assertThat(refused.reason()).isEqualTo("OVERLOADED");
    assertThat(refused.answer().getMetadataOrThrow("grpc-retry-pushback-ms")).isEqualTo("1000");
    // The user that is there may join again.
    kit.join(SessionKit.request("u"));
    kit.assertNothingLeftBehind();
  }

  @ParameterizedTest
  @CsvSource({
    "TOKEN_REJECTED",
    "NOT_PERMITTED",
    "ROOM_UNREACHABLE",
    "DUPLICATE_IDENTITY",
    "OVERLOADED"
  })
  void failedJoinTellsTheRoomsReasonAndNoToken(CloseReason reason) {
    kit.rooms.joinsAtOnce = false;
    Join join = kit.begin(SessionKit.request("u"));
    kit.rooms
        .last()
        .joined
        .completeExceptionally(new BridgeException(reason, "no: secret-token is not good"));
    assertThat(join.reason()).isEqualTo(reason.name());
    assertThat(join.answer().getError()).isEqualTo("no: (token) is not good");
    kit.assertNothingLeftBehind();
  }

  @Test
  void failureOfUnknownKindCountsAsOutOfReach() {
    kit.rooms.joinsAtOnce = false;
    Join join = kit.begin(SessionKit.request("u"));
    kit.rooms.last().joined.completeExceptionally(new IllegalStateException("boom"));
    assertThat(join.reason()).isEqualTo("ROOM_UNREACHABLE");
    kit.assertNothingLeftBehind();
  }

  @Test
  void badFieldsAreNamed() {
    String overlong = "x".repeat(257);
    assertRefused(r -> r.setUserId(""), "user_id: empty (expected: 1 to 256 characters)");
    assertRefused(r -> r.setUserId(overlong), "user_id: 257 characters");
    assertRefused(r -> r.setUserId("a\nb"), "user_id: a control character at 1");
    assertRefused(r -> r.setRoomName(""), "room_name: empty");
    assertRefused(r -> r.setRoomName(overlong), "room_name: 257 characters");
    assertRefused(r -> r.setTargetIdentity(overlong), "target_identity: 257");
    assertRefused(r -> r.setResumeKey(overlong), "resume_key: 257");
    assertRefused(r -> r.setInstance(overlong), "instance: 257");
    assertRefused(r -> r.addIgnoreIdentities(overlong), "ignore_identities: 257");
    assertRefused(r -> r.setLivekitUrl(""), "livekit_url: empty");
    assertRefused(r -> r.setLivekitUrl("nonsense"), "livekit_url: no scheme");
    assertRefused(
        r -> r.setLivekitUrl("ftp://host"), "livekit_url: scheme ftp (expected one of: fake)");
    assertRefused(r -> r.setToken("x".repeat(20_000)), "token: 20000 characters");
    assertRefused(r -> r.setResumeWindowMs(-1), "resume_window_ms: -1 (expected: 0 or more)");
    assertRefused(r -> r.setReplayMaxAgeMs(-1), "replay_max_age_ms: -1");
    assertRefused(r -> r.setLiveMaxDelayMs(-1), "live_max_delay_ms: -1");
    assertRefused(r -> r.setAudioInputValue(7), "audio_input: 7");
    assertThat(kit.rooms.seats).isEmpty();
  }

  @Test
  void badJoinLeavesTheLivingSessionAlone() {
    kit.join(SessionKit.request("u"));
    kit.begin(SessionKit.request("u").setRoomName(""));
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
  }

  private void assertRefused(UnaryOperator<JoinRoomRequest.Builder> change, String error) {
    Join join = kit.begin(change.apply(SessionKit.request("u")));
    assertThat(join.answer().getSuccess()).isFalse();
    assertThat(join.reason()).isEqualTo("BAD_REQUEST");
    assertThat(join.answer().getError()).startsWith(error);
  }
}
