package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.JoinRoomRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an earlier process of the service left at bridges, or still does there when it is dead. */
class OtherHoldersTest extends TwoBridges {
  @Test
  void aDeadProcessThatComesLateIntoTheRoomAtAnotherBridgeIsOutlived() {
    World.User user = openAtA(false);
    talk(user, 10);
    join(world.b(), user);
    world.a().drop(user.id, CloseReason.DUPLICATE_IDENTITY);
    long millis = world.until(3_000, () -> talkOn(user) && user.connected());
    assertThat(user.states()).doesNotContain(ConnectionState.CLOSED);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(millis).isLessThan(1_500);
    talk(user, 10);
    world.passMillis(100);
    assertThat(room()).contains(upTo(user.sent).toArray(Integer[]::new));
    assertLaw(user);
  }

  @Test
  void aDeadProcessWhoseTakeoverComesLateIsOutlivedAndNothingIsLost() {
    World.User user = openAtA(false);
    talk(user, 10);
    join(world.a(), user);
    world.until(3_000, () -> talkOn(user) && user.connected());
    talk(user, 10);
    world.passMillis(200);
    assertThat(user.states()).doesNotContain(ConnectionState.CLOSED);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(room()).isEqualTo(upTo(user.sent));
    assertLaw(user);
  }

  @Test
  void aConnectionThatDiedUnnoticedDoesNotKeepTheAnswerAway() {
    World.User user = openAtA(false);
    talk(user, 10);
    join(world.a(), user);
    world.network.connections.stream()
        .filter(connection -> connection.target.equals(A))
        .forEach(connection -> connection.stuck = true);
    world.until(6_000, () -> talkOn(user) && user.connected());
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertLaw(user);
  }

  @Test
  void aProcessThatLivesIsMadeWay() {
    World.User user = openAtA(false);
    join(world.b(), user);
    world.b().session(user.id).attachedByHolder = true;
    world.a().drop(user.id, CloseReason.DUPLICATE_IDENTITY);
    world.until(3_000, () -> user.session.state() == ConnectionState.CLOSED);
    assertThat(user.events(SessionEvent.Closed.class))
        .singleElement()
        .satisfies(over -> assertThat(over.reason()).isEqualTo(CloseReason.DUPLICATE_IDENTITY));
    assertThat(world.b().sessions).containsKey(user.id);
    assertThat(world.a().sessions).doesNotContainKey(user.id);
  }

  @Test
  void whoIsThrownOutLongAfterItWasOpenedStopsAtOnce() {
    World.User user = openAtA(false);
    world.pass(Duration.ofSeconds(61));
    world.a().drop(user.id, CloseReason.DUPLICATE_IDENTITY);
    world.passMillis(10);
    assertThat(user.session.state()).isEqualTo(ConnectionState.CLOSED);
  }

  @Test
  void closeWhileTheBridgesAreAskedLeavesNothing() {
    World.User user = openAtA(false);
    join(world.b(), user);
    world.a().drop(user.id, CloseReason.DUPLICATE_IDENTITY);
    world.passMillis(1_201);
    ((DefaultSession) user.session).beginClose(Duration.ZERO);
    world.pass(Duration.ofSeconds(2));
    assertThat(user.session.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(world.a().sessions).isEmpty();
  }

  @Test
  void whatAnEarlierProcessLeftAtAnotherBridgeThanTheFirstChoiceIsFound() {
    World.User before = openAtA(false);
    ((DefaultSession) before.session).beginClose(Duration.ZERO);
    world.passMillis(50);
    join(world.b(), before);
    world.b().session(before.id).say(++said);
    World.User user = world.open(before.id, r -> r).connect();
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).containsExactly(said);
    assertThat(user.events(SessionEvent.TakenOver.class)).hasSize(1);
    assertThat(world.a().sessions).isEmpty();
  }

  @Test
  void ofBothPlacesOfAnEarlierProcessTheOneItHeardTheRoomAtIsFound() {
    World.User before = openAtA(false);
    ((DefaultSession) before.session).beginClose(Duration.ZERO);
    world.passMillis(50);
    join(world.a(), before);
    join(world.b(), before);
    // Its standby had acknowledged nothing of the last seconds.
    for (int i = 0; i < 100; i++) {
      world.a().session(before.id).say(++said);
    }
    world.b().session(before.id).say(said);
    World.User user = world.open(before.id, r -> r).connect();
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).containsExactly(said);
  }

  @Test
  void aBridgeThatDoesNotAnswerHoldsTheFirstJoinUpForAMomentOnly() {
    World.User before = openAtA(false);
    ((DefaultSession) before.session).beginClose(Duration.ZERO);
    world.passMillis(50);
    world.network.blackHole(B, true);
    World.User user = world.open(before.id, r -> r);
    assertThat(world.until(1_000, user::connected)).isBetween(300L, 320L);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
  }

  /** A process that is none of this client asks to join, and says no more. */
  private void join(ModelBridge bridge, World.User user) {
    bridge.join(
        JoinRoomRequest.newBuilder()
            .setUserId(user.id)
            .setResumeKey("secret-key")
            .setInstance("dead")
            .setAttempt(1)
            .build(),
        answer -> {});
    world.passMillis(5);
  }
}
