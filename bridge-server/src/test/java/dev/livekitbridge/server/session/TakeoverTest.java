package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.server.session.SessionKit.Join;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session that outlives its stream, and changes hands. */
@NullMarked
class TakeoverTest {
  private final SessionKit kit = new SessionKit();

  @Test
  void brokenStreamOfAResumableSessionDetachesItAndKeepsTheRoom() {
    kit.join(SessionKit.resumable("u"));
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined).edge().onBroken("gone");
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    assertThat(kit.rooms.present()).isEqualTo(1);
    kit.assertNothingLeftBehind();
  }

  @Test
  void detachedSessionEndsWhenItsWindowIsOver() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined).edge().onBroken("gone");
    kit.advance(Duration.ofMillis(9_999));
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    kit.advance(Duration.ofMillis(1));
    assertThat(kit.sessions()).isEmpty();
    kit.assertNothingLeftBehind();
  }

  @Test
  void inactivityDoesNotRunInTheWindow() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setResumeWindowMs(60_000));
    kit.attach("u", joined).edge().onBroken("gone");
    kit.advance(Duration.ofSeconds(59));
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
  }

  @Test
  void streamAttachesAgainAndBothSidesReplay() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream first = kit.attach("u", joined);
    kit.speak(1, 3);
    first.say(SessionKit.frame(1));
    first.say(SessionKit.heartbeat().addAcknowledged(TrackSequences.of(0, 1)));
    first.edge().onBroken("gone");
    kit.speak(4, 5);

    FakeStream second =
        kit.open(
            SessionKit.heartbeat()
                .setUserId("u")
                .setSessionId(joined.getSessionId())
                .addAcknowledged(TrackSequences.of(0, 2))
                .addOldestKept(TrackSequences.of(0, 1)));

    AudioChunk attach = second.sent.get(0);
    assertThat(attach.getPcmData().isEmpty()).isTrue();
    assertThat(TrackSequences.map(attach.getAcknowledgedList())).isEqualTo(Map.of(0, 1L));
    assertThat(TrackSequences.map(attach.getOldestKeptList())).isEqualTo(Map.of(0, 3L));
    assertThat(second.sequences()).containsExactly(3L, 4L, 5L);
    // What came before the break is passed on once, though the client sends it again.
    second.say(SessionKit.frame(1));
    second.say(SessionKit.frame(2));
    assertThat(kit.rooms.last().tracks.get(0).said).hasSize(2);
    assertThat(kit.session("u").orElseThrow().toRoom().duplicates()).isEqualTo(1);
    assertThat(kit.session("u").orElseThrow().toClient().replayed()).isEqualTo(1);
  }

  @Test
  void sameKeyUserAndRoomTakeTheLivingSessionOver() {
    JoinRoomResponse old = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    FakeStream oldStream = kit.attach("u", old);
    oldStream.say(SessionKit.frame(1));
    oldStream.say(SessionKit.frame(2));
    kit.speak(1, 2);
    kit.clock.advance(Duration.ofMillis(700));

    JoinRoomResponse taken = kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1));

    assertThat(taken.getResumed()).isTrue();
    assertThat(taken.getSessionId()).isNotEqualTo(old.getSessionId());
    assertThat(taken.getLastReceivedMap()).isEqualTo(Map.of(0, 2L));
    assertThat(taken.getMetadataOrThrow(Answers.LAST_AUDIO_AGE)).isEqualTo("700");
    assertThat(kit.rooms.seats).hasSize(1);
    assertThat(oldStream.end()).isEqualTo(CloseReason.SUPERSEDED);
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);

    // A process that knows nothing gets all that is kept, and its numbers go on.
    FakeStream next = kit.attach("u", taken);
    assertThat(next.sequences()).containsExactly(1L, 2L);
    next.say(SessionKit.frame(3));
    assertThat(kit.rooms.last().tracks.get(0).said).hasSize(3);
    kit.assertNothingLeftBehind();
  }

  @Test
  void theWindowStartsAgainAtATakeover() {
    JoinRoomResponse old = kit.join(SessionKit.resumable("u"));
    kit.attach("u", old).edge().onBroken("gone");
    kit.advance(Duration.ofSeconds(9));
    kit.join(SessionKit.resumable("u"));
    kit.advance(Duration.ofSeconds(9));
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    kit.advance(Duration.ofSeconds(1));
    assertThat(kit.sessions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "no key", "room", "url", "user", "target"})
  void wrongKeyRoomUrlOrUserNeverTakesOver(String wrong) {
    JoinRoomResponse mine = kit.join(SessionKit.resumable("u"));
    JoinRoomRequest.Builder other = SessionKit.resumable("u");
    switch (wrong) {
      case "key" -> other.setResumeKey("other");
      case "no key" -> other.setResumeKey("");
      case "room" -> other.setRoomName("other");
      case "url" -> other.setLivekitUrl("fake:other");
      case "user" -> other.setUserId("v");
      default -> other.setTargetIdentity("other");
    }
    assertThat(kit.join(other).getResumed()).isFalse();
    boolean another = wrong.equals("user");
    assertThat(kit.attach("u", mine).end()).isEqualTo(another ? null : CloseReason.SUPERSEDED);
    assertThat(kit.sessions()).hasSize(another ? 2 : 1);
    kit.assertNothingLeftBehind();
  }

  @Test
  void noKeyIsNoKeyToASessionWithoutOne() {
    kit.join(SessionKit.resumable("u").setResumeKey(""));
    assertThat(kit.join(SessionKit.resumable("u").setResumeKey("")).getResumed()).isFalse();
  }

  @Test
  void cancelledTakeoverLeavesTheSessionDetached() {
    kit.join(SessionKit.resumable("u"));
    Join taken = kit.begin(SessionKit.resumable("u"));
    taken.ticket.cancel();
    assertThat(taken.answer().getResumed()).isTrue();
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    assertThat(kit.join(SessionKit.resumable("u")).getResumed()).isTrue();
  }

  @Test
  void ofTwoTakeoversTheLaterHasTheSession() {
    kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    JoinRoomResponse b = kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1));
    JoinRoomResponse c = kit.join(SessionKit.resumable("u").setInstance("c").setAttempt(1));
    assertThat(kit.attach("u", b).end()).isEqualTo(CloseReason.SUPERSEDED);
    assertThat(kit.attach("u", c).ended()).isFalse();
  }

  @Test
  void whatWaitsPlaysOutWhileDetached() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    for (int i = 1; i <= 50; i++) {
      stream.say(SessionKit.frame(i));
    }
    stream.edge().onBroken("gone");
    kit.advance(Duration.ofSeconds(2));
    assertThat(kit.rooms.last().tracks.get(0).said).hasSize(50);
  }

  @Test
  void streamWithAnOldSessionIdIsFencedOffAndChangesNothing() {
    JoinRoomResponse old = kit.join(SessionKit.resumable("u"));
    JoinRoomResponse now = kit.join(SessionKit.resumable("u"));
    FakeStream living = kit.attach("u", now);
    assertThat(kit.attach("u", old).end()).isEqualTo(CloseReason.SUPERSEDED);
    assertThat(living.ended()).isFalse();
  }

  @Test
  void resumableSessionRefusesAStreamWithoutItsSessionId() {
    kit.join(SessionKit.resumable("u"));
    assertThat(kit.plain("u").end()).isEqualTo(CloseReason.SUPERSEDED);
    assertThat(kit.state("u")).isEqualTo(SessionState.READY);
  }

  @Test
  void attemptThatIsNotHigherIsFencedOff() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(5));
    AudioChunk.Builder first =
        SessionKit.heartbeat().setUserId("u").setSessionId(joined.getSessionId());
    assertThat(kit.open(first.setAttempt(5)).end()).isEqualTo(CloseReason.SUPERSEDED);
    FakeStream sixth = kit.open(first.setAttempt(6));
    assertThat(sixth.ended()).isFalse();
    assertThat(kit.open(first.setAttempt(6)).end()).isEqualTo(CloseReason.SUPERSEDED);
    // Joins and streams are counted together.
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(6)).reason())
        .isEqualTo("SUPERSEDED");
    assertThat(sixth.ended()).isFalse();
    assertThat(kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(7)).getResumed())
        .isTrue();
  }

  @Test
  void lateJoinOfASessionThatWasLeftIsFencedOff() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(2));
    assertThat(
            kit.leave(
                    LeaveRoomRequest.newBuilder()
                        .setUserId("u")
                        .setSessionId(joined.getSessionId()))
                .getSuccess())
        .isTrue();
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(1)).reason())
        .isEqualTo("SUPERSEDED");
    assertThat(kit.sessions()).isEmpty();
  }

  @Test
  void supersededInstanceIsKeptOutForTenMinutes() {
    kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    JoinRoomResponse taken = kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1));
    kit.attach("u", taken);
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(2)).reason())
        .isEqualTo("SUPERSEDED");
    // Another user's instance of the same name is another one.
    kit.join(SessionKit.resumable("v").setInstance("a").setAttempt(1));
    kit.advance(Duration.ofMinutes(9));
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(3)).reason())
        .isEqualTo("SUPERSEDED");
    kit.advance(Duration.ofMinutes(1));
    assertThat(kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(4)).getSuccess())
        .isTrue();
  }

  @Test
  void whoTookOverAndOpensNoStreamWasDeadAndKeepsTheOneBeforeOutForASecondOnly() {
    JoinRoomResponse mine = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    FakeStream stream = kit.attach("u", mine);
    kit.join(SessionKit.resumable("u").setInstance("dead").setAttempt(1));
    assertThat(stream.end()).isEqualTo(CloseReason.SUPERSEDED);
    kit.advance(Duration.ofMillis(900));
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(3)).reason())
        .isEqualTo("SUPERSEDED");
    kit.advance(Duration.ofMillis(200));
    // An old request of its own is late all the same.
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(1)).reason())
        .isEqualTo("SUPERSEDED");
    JoinRoomResponse back = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(4));
    assertThat(back.getResumed()).isTrue();
    assertThat(kit.attach("u", back).ended()).isFalse();
    kit.advance(Duration.ofSeconds(5));
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("dead").setAttempt(2)).reason())
        .isEqualTo("SUPERSEDED");
  }

  @Test
  void whoWasBeforeTwoOthersStaysOutThoughTheLastOneIsDead() {
    kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    kit.attach("u", kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1)));
    kit.join(SessionKit.resumable("u").setInstance("dead").setAttempt(1));
    kit.advance(Duration.ofSeconds(2));
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(2)).reason())
        .isEqualTo("SUPERSEDED");
    assertThat(kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(3)).getResumed())
        .isTrue();
  }

  @Test
  void aStrangerInBetweenDoesNotLetTheOldProcessTakeTheNewOneOver() {
    JoinRoomResponse old = kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    kit.attach("u", old);
    kit.join(SessionKit.resumable("u").setResumeKey("").setInstance("stranger").setAttempt(1));
    kit.join(SessionKit.resumable("u").setResumeKey("x").setInstance("other").setAttempt(1));
    kit.join(SessionKit.resumable("u").setResumeKey("x").setInstance("another").setAttempt(1));
    JoinRoomResponse now = kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1));
    FakeStream stream = kit.attach("u", now);
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(3)).reason())
        .isEqualTo("SUPERSEDED");
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void whoTookOverAndAsksAgainLivesAndHasTheTimeForAStreamAnew() {
    kit.join(SessionKit.resumable("u").setInstance("a").setAttempt(1));
    kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(1));
    kit.advance(Duration.ofMillis(1_200));
    JoinRoomResponse again = kit.join(SessionKit.resumable("u").setInstance("b").setAttempt(2));
    assertThat(kit.begin(SessionKit.resumable("u").setInstance("a").setAttempt(2)).reason())
        .isEqualTo("SUPERSEDED");
    assertThat(kit.attach("u", again).ended()).isFalse();
  }

  @Test
  void leaveOfAResumableSessionNeedsItsSessionId() {
    JoinRoomResponse old = kit.join(SessionKit.resumable("u"));
    JoinRoomResponse now = kit.join(SessionKit.resumable("u"));
    assertThat(kit.leave(LeaveRoomRequest.newBuilder().setUserId("u")).getSuccess()).isFalse();
    assertThat(
            kit.leave(LeaveRoomRequest.newBuilder().setUserId("u").setSessionId(old.getSessionId()))
                .getSuccess())
        .isFalse();
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    assertThat(
            kit.leave(LeaveRoomRequest.newBuilder().setUserId("u").setSessionId(now.getSessionId()))
                .getSuccess())
        .isTrue();
    assertThat(kit.sessions()).isEmpty();
    kit.assertNothingLeftBehind();
  }

  @Test
  void secondStreamTakesTheFirstOver() {
    JoinRoomResponse joined = kit.join(SessionKit.request("u"));
    FakeStream plain = kit.plain("u");
    FakeStream again = kit.plain("u");
    assertThat(plain.end()).isEqualTo(CloseReason.SUPERSEDED);
    FakeStream reliable = kit.attach("u", joined);
    assertThat(again.end()).isEqualTo(CloseReason.SUPERSEDED);
    plain.edge().onBroken("late");
    again.edge().onBroken("late");
    plain.say(SessionKit.pcm(640));
    assertThat(kit.rooms.last().tracks).isEmpty();
    assertThat(reliable.ended()).isFalse();
    assertThat(kit.state("u")).isEqualTo(SessionState.STREAMING);
    kit.assertNothingLeftBehind();
  }

  @Test
  void staleAudioIsSkippedInAReplayAndCounted() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setReplayMaxAgeMs(1_000));
    kit.attach("u", joined).edge().onBroken("gone");
    kit.speak(1, 2);
    kit.advance(Duration.ofSeconds(2));
    kit.speak(3, 4);
    FakeStream again = kit.attach("u", joined);
    assertThat(again.sequences()).containsExactly(3L, 4L);
    assertThat(TrackSequences.map(again.sent.get(0).getOldestKeptList())).isEqualTo(Map.of(0, 3L));
    assertThat(kit.session("u").orElseThrow().toClient().dropped().toString())
        .isEqualTo("{STALE=2}");
    kit.assertNothingLeftBehind();
  }
}
