package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.JoinRoomRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Make before break: a session goes on at another bridge without a break. */
class HandOverTest extends TwoBridges {
  @Test
  void aDrainingBridgeIsLeftWithoutABreakAndEachFrameIsPassedOnOnce() {
    World.User user = openAtA(false);
    talk(user, 30);
    world.a().session(user.id).drain(5_000);
    talk(user, 60);
    world.passMillis(200);
    SessionStats stats = user.session.stats();
    assertThat(stats.bridge()).isEqualTo(B);
    assertThat(stats.handOvers()).isEqualTo(1);
    assertThat(stats.reconnects()).isZero();
    assertThat(user.states()).endsWith(ConnectionState.CONNECTED).hasSize(2);
    assertThat(room()).isEqualTo(upTo(user.sent));
    assertThat(world.b().room).contains(0);
    assertThat(world.b().session(user.id).in.counts().missing()).as("numbered afresh").isZero();
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(user.events(SessionEvent.FramesLost.class)).isEmpty();
    assertThat(user.events(SessionEvent.HandedOver.class))
        .containsExactly(
            new SessionEvent.HandedOver(
                A, B, java.util.Optional.empty(), SessionEvent.Join.MATCHED));
    assertThat(world.a().sessions).isEmpty();
    assertThat(user.tokens.get(user.tokens.size() - 1).identity()).isEqualTo(user.id + "~2");
    assertThat(user.tokens.get(user.tokens.size() - 1).bridge()).isEqualTo(B);
    assertThat(world.b().joins.get(world.b().joins.size() - 1).getIgnoreIdentitiesList())
        .containsExactly(user.id, user.id + "~2");
    assertLaw(user);
  }

  @Test
  void itComesBackUnderTheFirstIdentityWhenTheSecondBridgeDrainsToo() {
    World.User user = openAtA(false);
    talk(user, 10);
    world.a().serving = false;
    world.a().session(user.id).drain(2_000);
    talk(user, 60);
    world.network.kill(A);
    world.passMillis(500);
    world.a().serving = true;
    world.network.revive(A);
    talk(user, 150);
    world.b().session(user.id).drain(2_000);
    talk(user, 60);
    world.passMillis(200);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.session.stats().handOvers()).isEqualTo(2);
    assertThat(user.tokens.get(user.tokens.size() - 1).identity()).isEqualTo(user.id);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertThat(room()).containsExactlyInAnyOrderElementsOf(upTo(user.sent));
    assertThat(world.b().sessions).isEmpty();
    assertLaw(user);
  }

  @Test
  void theOldBridgePlaysOutWhatItWasSentBeforeTheNewOneSpeaks() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.a().acknowledges = false;
    world.a().session(user.id).drain(5_000);
    talk(user, 20);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(world.a().room).as("it is sent nothing more").hasSizeLessThan(user.sent - 10);
    world.a().session(user.id).acknowledgeAll();
    world.a().acknowledges = true;
    talk(user, 20);
    world.passMillis(200);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(room()).isEqualTo(upTo(user.sent));
    assertLaw(user);
  }

  @Test
  void aBridgeThatIsHeardByNobodyIsAsGoodAsHeardAfter2Seconds() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.b().acknowledges = false;
    world.a().session(user.id).drain(10_000);
    talk(user, 50);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    talk(user, 100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    world.b().acknowledges = true;
    world.b().session(user.id).acknowledgeAll();
    world.passMillis(100);
    assertThat(room()).isEqualTo(upTo(user.sent));
    assertLaw(user);
  }

  @Test
  void whereTheSecondPlaceCannotBeHadTheOldOneIsKeptToItsEnd() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.b().refusal = join -> CloseReason.ROOM_UNREACHABLE;
    world.a().session(user.id).drain(1_000);
    talk(user, 40);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.heard).isEqualTo(upTo(said));
    world.b().refusal = join -> null;
    world.a().drop(user.id, CloseReason.DRAINING);
    world.until(2_000, () -> user.session.stats().bridge().equals(B));
    talk(user, 5);
    world.passMillis(200);
    assertThat(room()).isEqualTo(upTo(user.sent));
  }

  @Test
  void whereTheBridgeDiesInTheMidstOfItTheSessionGoesOnAtTheNewOne() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.b().acknowledges = false;
    world.a().session(user.id).drain(10_000);
    talk(user, 10);
    world.network.kill(A);
    talk(user, 10);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    world.b().acknowledges = true;
    world.b().session(user.id).acknowledgeAll();
    talk(user, 10);
    world.passMillis(200);
    assertThat(room()).contains(upTo(user.sent).toArray(Integer[]::new));
    assertThat(user.events(SessionEvent.HandedOver.class).get(0).fault()).isPresent();
  }

  @Test
  void closeDuringAHandOverLeavesNothingAnywhere() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.b().acknowledges = false;
    world.a().session(user.id).drain(10_000);
    talk(user, 3);
    ((DefaultSession) user.session).beginClose(Duration.ZERO);
    world.passMillis(100);
    assertThat(world.a().sessions).isEmpty();
    assertThat(world.b().sessions).isEmpty();
  }

  @Test
  void aHandOverThatGoesOnThroughABreakOfTheFirstPlaceKnowsWhatWasHeardBefore() {
    World.User user = openAtA(false);
    talk(user, 5);
    world.b().joinTakesNanos = Duration.ofMillis(20).toNanos();
    world.a().session(user.id).drain(5_000);
    world.passMillis(30);
    talk(user, 1);
    user.session.reconnectNow();
    talk(user, 40);
    world.passMillis(100);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    assertThat(user.heard).isEqualTo(upTo(said));
    assertLaw(user);
  }

  @Test
  void whoHeardTheRoomSinceDoesNotTakeAnOldSessionOverAndIsGivenNoFrameOfBefore() {
    World.User user = openAtA(false);
    // What a process that died has left at B, where it was last.
    world
        .b()
        .join(
            JoinRoomRequest.newBuilder()
                .setUserId(user.id)
                .setResumeKey("secret-key")
                .setInstance("dead")
                .setAttempt(1)
                .build(),
            answer -> {});
    world.passMillis(5);
    talk(user, 20);
    world.network.kill(A);
    world.until(5_000, () -> user.session.stats().bridge().equals(B) && user.connected());
    talk(user, 20);
    world.passMillis(100);
    assertThat(user.heard).isSorted().doesNotHaveDuplicates().endsWith(said);
    assertThat(user.events(SessionEvent.FramesLost.class)).hasSize(1);
    assertThat(world.b().leaves).filteredOn(leave -> leave.getUserId().equals(user.id)).hasSize(1);
    assertThat(world.b().sessions).hasSize(1);
    assertThat(room()).contains(upTo(user.sent).toArray(Integer[]::new));
    assertLaw(user);
  }
}
