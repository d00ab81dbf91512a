package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.LostSpan;
import dev.livekitbridge.proto.JoinRoomRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A second place that is kept ready: what it costs a session when either bridge is gone. */
class StandbyTest extends TwoBridges {
  @Test
  void aStandbyGoesOnWhereTheKilledBridgeEnded() {
    World.User user = openAtA(true);
    talk(user, 50);
    assertThat(world.b().room).as("a standby is silent").isEmpty();
    world.network.kill(A);
    talk(user, 50);
    world.passMillis(200);
    SessionStats stats = user.session.stats();
    assertThat(stats.bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(room()).contains(upTo(user.sent).toArray(Integer[]::new));
    assertThat(room().size() - user.sent).as("twice").isBetween(0, 5);
    SessionEvent.HandedOver moved = user.events(SessionEvent.HandedOver.class).get(0);
    assertThat(moved.join()).isEqualTo(SessionEvent.Join.MATCHED);
    assertThat(moved.fault()).isPresent();
    assertThat(user.events(SessionEvent.FramesLost.class)).isEmpty();
    assertThat(stats.standby()).isEmpty();
    assertLaw(user);
  }

  @Test
  void afterItWasNeededANewStandbyIsMadeAndIsAsGood() {
    World.User user = openAtA(true);
    talk(user, 20);
    world.network.kill(A);
    talk(user, 20);
    world.network.revive(A);
    world.until(3_000, () -> user.session.stats().standby().equals(A));
    talk(user, 50);
    world.network.kill(B);
    talk(user, 20);
    world.passMillis(200);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .extracting(SessionEvent.StandbyChanged::ready)
        .startsWith(true)
        .endsWith(true);
    assertLaw(user);
  }

  @Test
  void aKilledStandbyIsNoticedToldAndMadeAnewAndTheSessionFeelsNothing() {
    World.User user = openAtA(true);
    talk(user, 20);
    world.network.kill(B);
    talk(user, 20);
    assertThat(user.session.stats().standby()).isEmpty();
    assertThat(user.heard).isEqualTo(upTo(said));
    world.network.revive(B);
    world.until(3_000, () -> user.session.stats().standby().equals(B));
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .extracting(SessionEvent.StandbyChanged::ready)
        .containsExactly(true, false, true);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
  }

  @Test
  void aStandbyThatDiesAgainAndAgainIsEveryTimeMadeAnewAsSoonAsItsBridgeIsBack() {
    World.User user = openAtA(true);
    for (int i = 0; i < 40; i++) {
      world.network.kill(B);
      world.passMillis(2_000);
      world.network.revive(B);
      // As for the session itself: the next probe, what it takes, and the jitter.
      assertThat(world.until(60_000, () -> user.session.stats().standby().equals(B)))
          .as("death " + i)
          .isLessThan(750);
      world.passMillis(300);
    }
  }

  @Test
  void aBlackHoleIsBridgedByTheStandbyToo() {
    World.User user = openAtA(true);
    talk(user, 50);
    world.network.blackHole(A, true);
    talk(user, 100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    world.network.blackHole(A, false);
    world.pass(Duration.ofSeconds(15));
    assertThat(room()).contains(upTo(user.sent).toArray(Integer[]::new));
    assertThat(user.heard).isEqualTo(upTo(said));
    assertLaw(user);
  }

  @Test
  void whatAStandbyBringsOfLongAgoBecauseItsWayWasHeldUpIsKnown() {
    HeartbeatOptions slow = HeartbeatOptions.builder().interval(Duration.ofSeconds(10)).build();
    world.close();
    world = new World(5, builder -> builder.heartbeat(slow), B);
    World.User user = openAtA(true);
    FakeNetwork.FakeConnection way =
        world.network.connections.stream()
            .filter(c -> c.target.equals(B))
            .findFirst()
            .orElseThrow();
    way.stuck = true;
    talk(user, 450);
    world.network.kill(A);
    world.passMillis(5);
    way.stuck = false;
    way.flush();
    talk(user, 20);
    world.passMillis(200);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertLaw(user);
  }

  @Test
  void aReadyStandbyIsWhereADrainingBridgesSessionGoes() {
    World.User user = openAtA(true);
    talk(user, 20);
    int joins = world.b().joins.size();
    world.a().session(user.id).drain(5_000);
    talk(user, 20);
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(world.b().joins).hasSize(joins);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(room()).isEqualTo(upTo(user.sent));
    assertLaw(user);
  }

  @Test
  void aDrainingStandbyIsLeftAndTheSessionStays() {
    World.User user = openAtA(true);
    world.b().session(user.id).drain(5_000);
    talk(user, 20);
    assertThat(world.b().sessions).isEmpty();
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.session.stats().standby()).isEmpty();
  }

  @Test
  void aSessionThatIsRemovedFromItsRoomIsOverStandbyOrNot() {
    World.User user = openAtA(true);
    world.a().drop(user.id, CloseReason.REMOVED);
    world.passMillis(100);
    assertThat(user.session.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(world.b().sessions).isEmpty();
  }

  @Test
  void aSupplierThatIgnoresTheIdentityIsToldSoAndTheSessionLives() {
    World.User user = world.open("u0", r -> r.standby(true)).connect();
    String at = user.session.stats().bridge();
    String other = at.equals(A) ? B : A;
    // The room throws the older participant of an identity out.
    world.network.bridge(other).refusal =
        join -> {
          if (world.network.bridge(at).sessions.containsKey(user.id)) {
            world.network.bridge(at).drop(user.id, CloseReason.DUPLICATE_IDENTITY);
          }
          return null;
        };
    world.pass(Duration.ofSeconds(20));
    assertThat(user.connected()).isTrue();
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .anySatisfy(
            event ->
                assertThat(event.detail())
                    .contains("write TokenRequest.identity() into the token"));
    int joins = world.a().joins.size() + world.b().joins.size();
    world.pass(Duration.ofSeconds(60));
    assertThat(world.a().joins.size() + world.b().joins.size()).isEqualTo(joins);
  }

  @Test
  void aLateJoinOfOursThatThrowsTheFirstPlaceOutDoesNotForbidTheStandby() {
    World.User before = openAtA(false);
    ((DefaultSession) before.session).beginClose(Duration.ZERO);
    world.passMillis(50);
    // A does not answer the join and may come into the room with it any time.
    world.a().hangsFor = before.id;
    World.User user = world.open(before.id, r -> r.standby(true));
    world.passMillis(5);
    world.network.blackHole(A, true);
    world.until(10_000, () -> user.connected() && user.session.stats().bridge().equals(B));
    world.a().hangsFor = "";
    world.network.blackHole(A, false);
    world.until(10_000, () -> user.session.stats().standby().equals(A));
    world.b().drop(user.id, CloseReason.DUPLICATE_IDENTITY);
    world.until(5_000, () -> user.session.stats().standby().equals(B));
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .noneSatisfy(event -> assertThat(event.detail()).contains("TokenRequest.identity()"));
  }

  @Test
  void aTakeoverByAnotherProcessRightAfterTheStandbysJoinIsNotTakenForOurOwn() {
    world.a().participant = "at a";
    world.b().participant = "at b";
    World.User user = openAtA(true);
    world
        .a()
        .join(
            JoinRoomRequest.newBuilder()
                .setUserId(user.id)
                .setResumeKey("secret-key")
                .setInstance("dead")
                .setAttempt(1)
                .build(),
            answer -> {});
    world.until(
        3_000, () -> talkOn(user) && user.session.stats().state() != ConnectionState.CONNECTED);
    world.until(3_000, () -> talkOn(user) && user.connected());
    world.until(3_000, () -> user.session.stats().standby().equals(B));
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .noneSatisfy(event -> assertThat(event.detail()).contains("the same bridge"));
  }

  @Test
  void aClosingBridgeIsNotAskedAgainAndAgainForAStandby() {
    world.b().serving = false;
    world.b().refusal = join -> CloseReason.DRAINING;
    World.User user = world.open("u0", r -> r.standby(true)).connect();
    world.pass(Duration.ofSeconds(5));
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(world.b().joins).hasSizeLessThan(4);
    world.b().serving = true;
    world.b().refusal = join -> null;
    world.until(3_000, () -> user.session.stats().standby().equals(B));
  }

  @Test
  void aBridgeWhoseDrainIsLearntByAProbeOnlyIsAskedUntilItIsOver() {
    World.User user = openAtA(true);
    world.b().serving = false;
    world.network.connections.stream()
        .filter(connection -> connection.target.equals(B))
        .forEach(connection -> connection.stuck = true);
    world.until(3_000, () -> talkOn(user) && user.session.stats().standby().isEmpty());
    world.b().refusal = join -> CloseReason.DRAINING;
    talk(user, 100);
    assertThat(user.session.stats().standby()).isEmpty();
    world.b().refusal = join -> null;
    world.b().serving = true;
    world.until(5_000, () -> user.session.stats().standby().equals(B));
  }

  @Test
  void whatTheRoomSaidWhileNeitherBridgeWasHeardIsToldWhenTheSessionGoesOnAtTheSecondOne() {
    World.User user = openAtA(true);
    talk(user, 20);
    world.network.blackHole(A, true);
    world.passMillis(20);
    // The standby is lost as well and comes back anew, before A is known to be gone.
    world.network.kill(B);
    for (int i = 0; i < 10; i++) {
      said++;
      world.a().session(user.id).say(said);
      world.passMillis(20);
    }
    world.network.revive(B);
    world.until(2_000, () -> user.session.stats().bridge().equals(B));
    talk(user, 20);
    world.passMillis(100);
    assertThat(user.heard).hasSizeLessThan(said);
    assertThat(user.events(SessionEvent.HandedOver.class)).hasSize(1);
    assertThat(user.events(SessionEvent.FramesLost.class)).hasSize(1);
    assertThat(user.events(SessionEvent.FramesLost.class).get(0).span().duration())
        .isBetween(Duration.ofMillis(200), Duration.ofSeconds(2));
    world.network.blackHole(A, false);
  }

  @Test
  void whatTheStandbysBridgeGaveUpIsToldWithItsNumbersWhenItIsNeeded() {
    World.User user = openAtA(true);
    talk(user, 20);
    world.network.blackHole(A, true);
    talk(user, 5);
    // 26 was given up by B: the next one comes with a gap before it.
    said++;
    world.b().session(user.id).giveUp(said);
    talk(user, 60);
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).doesNotContain(26).contains(25, 27);
    assertThat(user.events(SessionEvent.FramesLost.class)).hasSize(1);
    assertThat(user.events(SessionEvent.FramesLost.class).get(0).span().frames()).isEqualTo(1);
    world.network.blackHole(A, false);
  }

  @Test
  void whatTheStandbysBridgeGaveUpWhileItsStreamWasAwayIsToldWhenItIsNeeded() {
    World.User user = openAtA(true);
    talk(user, 20);
    world.network.blackHole(A, true);
    talk(user, 5);
    ModelBridge.Session standby = world.b().session(user.id);
    standby.end(CloseReason.SEND_TIMEOUT);
    for (int i = 0; i < 3; i++) {
      said++;
      standby.giveUp(said);
    }
    world.until(1_000, () -> user.session.stats().standby().equals(B));
    talk(user, 60);
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).doesNotContain(26, 27, 28).contains(25, 29);
    assertThat(user.events(SessionEvent.FramesLost.class)).hasSize(1);
    LostSpan span = user.events(SessionEvent.FramesLost.class).get(0).span();
    assertThat(span.frames()).isEqualTo(3);
    assertThat(span.duration()).isBetween(Duration.ofMillis(20), Duration.ofMillis(200));
    world.network.blackHole(A, false);
  }

  @Test
  void whatAnEarlierProcessLeftAtTheStandbysBridgeIsEndedAndNothingOfItIsHeard() {
    World.User user = openAtA(false);
    String id = user.id;
    ((DefaultSession) user.session).beginClose(Duration.ZERO);
    world.passMillis(50);
    JoinRoomRequest left =
        JoinRoomRequest.newBuilder().setUserId(id).setResumeKey("secret-key").build();
    world.a().join(left, answer -> {});
    world.b().join(left, answer -> {});
    world.passMillis(5);
    // The room goes on while no process is there.
    for (int i = 0; i < 10; i++) {
      world.b().session(id).say(++said);
    }
    World.User next = world.open(id, r -> r.standby(true)).connect();
    world.until(1_000, () -> next.session.stats().standby().equals(B));
    assertThat(world.b().leaves).filteredOn(leave -> leave.getUserId().equals(id)).hasSize(1);
    said = 100;
    talk(next, 20);
    world.network.kill(A);
    talk(next, 20);
    world.passMillis(100);
    assertThat(next.session.stats().bridge()).isEqualTo(B);
    assertThat(next.heard).isEqualTo(IntStream.rangeClosed(101, said).boxed().toList());
    assertThat(next.events(SessionEvent.FramesLost.class)).isEmpty();
  }

  @Test
  void bothPlacesAreOneInstanceSoThatATakeoverAtEitherFencesOffTheOther() {
    World.User user = openAtA(true);
    List<JoinRoomRequest> joins = new ArrayList<>(world.a().joins);
    joins.addAll(world.b().joins);
    joins.removeIf(join -> !join.getUserId().equals(user.id));
    assertThat(joins).hasSize(2);
    assertThat(joins.get(0).getInstance()).isEqualTo(joins.get(1).getInstance());
    assertThat(joins.get(0).getAttempt()).isLessThan(joins.get(1).getAttempt());
  }

  @Test
  void oneBridgeAloneCannotHaveAStandbyAndSaysSo() {
    try (World alone = new World(5)) {
      World.User user = alone.open("u", r -> r.standby(true)).connect();
      assertThat(user.events(SessionEvent.StandbyChanged.class))
          .containsExactly(
              new SessionEvent.StandbyChanged(
                  false,
                  "",
                  "the client has one bridge (expected: two or more, on different hosts)"));
    }
  }

  @Test
  void withoutTokensThereAreNoTwoIdentitiesAndItSaysSo() {
    World.User user = world.open("u", r -> r.standby(true).tokens(null)).connect();
    assertThat(user.events(SessionEvent.StandbyChanged.class).get(0).detail())
        .contains("no token supplier");
  }

  @Test
  void bridgesOfTheFirstTableAreNoSecondPlaceAndSeeNothingOfOurs() {
    world.b().ours = false;
    world.a().ours = false;
    World.User user = world.open("u", r -> r.standby(true)).connect();
    talk(user, 20);
    world.pass(Duration.ofSeconds(3));
    assertThat(user.connected()).isTrue();
    assertThat(user.session.stats().standby()).isEmpty();
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(user.events(SessionEvent.StandbyChanged.class))
        .extracting(SessionEvent.StandbyChanged::ready)
        .containsOnly(false);
    assertThat(world.a().sessions.size() + world.b().sessions.size()).isEqualTo(1);
  }
}
