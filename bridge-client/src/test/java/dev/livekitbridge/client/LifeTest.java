package dev.livekitbridge.client;

import static dev.livekitbridge.client.ConnectionState.CLOSED;
import static dev.livekitbridge.client.ConnectionState.CONNECTED;
import static dev.livekitbridge.client.ConnectionState.CONNECTING;
import static dev.livekitbridge.client.ConnectionState.DEGRADED;
import static dev.livekitbridge.client.ConnectionState.RECONNECTING;
import static dev.livekitbridge.client.World.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.livekitbridge.core.CloseReason;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a session on virtual time, against a model of a bridge. The names are the rules. */
class LifeTest {
  private final World world = new World(1);

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
    assertThat(world.network.openConnections()).isZero();
  }

  @Test
  void openJoinsAndStreams() {
    World.User user = world.open("u").connect();
    assertThat(user.states()).containsExactly(CONNECTING, CONNECTED);
    assertThat(world.a().joins).hasSize(1);
    assertThat(world.a().joins.get(0).getToken()).isEqualTo("eyJ-token-1");
    assertThat(world.a().joins.get(0).getInstance()).hasSizeGreaterThan(8);
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    assertThat(user.session.stats().resumable()).isTrue();
  }

  @Test
  void aBriefOutageIsAnAttachAndLosesNothing() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 50; i++) {
      user.send();
      world.a().session("u").say();
      world.passMillis(20);
      if (i == 25) {
        world.network.connections.get(0).breakDown("cut");
      }
    }
    world.passMillis(300);
    assertThat(user.heard).containsExactlyElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    assertThat(world.a().room)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    assertThat(world.a().joins).hasSize(1);
    assertThat(user.states()).containsExactly(CONNECTING, CONNECTED, RECONNECTING, CONNECTED);
    SessionEvent.Reconnected back = user.events(SessionEvent.Reconnected.class).get(0);
    assertThat(back.fault().cause()).isEqualTo(FaultCause.STREAM_BROKEN);
    assertThat(back.faultToAudio().orElseThrow()).isLessThan(Duration.ofMillis(130));
    assertThat(back.tries()).isEqualTo(1);
    SessionStats stats = user.session.stats();
    assertThat(stats.sent().delivered()).isEqualTo(50);
    assertThat(stats.received().delivered()).isEqualTo(50);
    assertThat(stats.reconnects()).isEqualTo(1);
  }

  @Test
  void aBridgeThatDiesAgainAndAgainIsEveryTimeJoinedAsSoonAsItIsBack() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 40; i++) {
      world.network.kill(A);
      world.passMillis(2_000);
      world.network.revive(A);
      // At most 500 ms to the next probe, which takes what a connect takes; then the jitter.
      assertThat(world.until(1_000, user::connected)).as("death " + i).isLessThan(750);
      world.passMillis(300);
    }
  }

  @Test
  void aRestartedBridgeIsJoinedWithAFreshTokenAndToldWhatItHadNotAcknowledged() {
    World.User user = world.open("u").connect();
    user.send();
    world.passMillis(50);
    world.network.kill(A);
    world.passMillis(2);
    IntStream.range(0, 10).forEach(i -> assertThat(user.send()).isEqualTo(SendResult.BUFFERED));
    world.passMillis(500);
    assertThat(user.session.state()).isEqualTo(RECONNECTING);
    world.network.revive(A);
    long took = world.until(300, user::connected);
    assertThat(took).isLessThan(250);
    world.passMillis(50);
    assertThat(user.tokens).extracting(TokenRequest::attempt).hasSize(2).isSorted();
    assertThat(world.a().joins.get(1).getAttempt())
        .isGreaterThan(world.a().joins.get(0).getAttempt());
    assertThat(world.a().joins.get(1).getInstance())
        .isEqualTo(world.a().joins.get(0).getInstance());
    assertThat(world.a().room)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 11).boxed().toList());
    assertThat(user.session.stats().sent().balanced()).isTrue();
  }

  @Test
  void afterThreeSecondsItIsDegradedAndGoesOnTrying() {
    World.User user = world.open("u").connect();
    world.network.kill(A);
    world.until(10, () -> user.session.state() == RECONNECTING);
    long took = world.until(4_000, () -> user.session.state() == DEGRADED);
    assertThat(took).isCloseTo(3_000, within(2L));
    assertThat(user.events(SessionEvent.Degraded.class)).hasSize(1);
    world.passMillis(5_000);
    world.network.revive(A);
    assertThat(world.until(700, user::connected)).isLessThan(600);
    assertThat(user.states())
        .containsExactly(CONNECTING, CONNECTED, RECONNECTING, DEGRADED, CONNECTED);
  }

  @Test
  void aBridgeThatNeverWasThereDegradesTheSessionAndIsFoundWhenItComes() {
    world.a().alive = false;
    World.User user = world.open("u");
    assertThat(user.send()).isEqualTo(SendResult.BUFFERED);
    world.passMillis(3_100);
    assertThat(user.states()).containsExactly(CONNECTING, DEGRADED);
    world.network.revive(A);
    world.until(700, user::connected);
    world.passMillis(10);
    assertThat(world.a().room).containsExactly(1);
  }

  @Test
  void whileABridgeIsAwayOneProbeAsksForAllSessions() {
    IntStream.range(0, 200).forEach(i -> world.open("u" + i));
    world.passMillis(500);
    assertThat(world.a().streams()).isEqualTo(200);
    int connections = world.network.connections.size();
    int joins = world.a().joins.size();
    world.network.kill(A);
    world.passMillis(3_000);
    int probes = world.network.connections.size() - connections;
    assertThat(probes).isBetween(20, 100);
    assertThat(world.client.core().bridges().all().get(0).breakerOpen()).isTrue();
    assertThat(world.a().joins).hasSize(joins);
    world.a().joinTakesNanos = Duration.ofMillis(20).toNanos();
    world.a().mostJoinsUnderWay = 0;
    world.network.revive(A);
    world.until(1_500, () -> world.a().streams() == 200);
    assertThat(world.a().joins).hasSize(joins + 200);
    assertThat(world.a().mostJoinsUnderWay).isBetween(2, 32);
    assertThat(world.client.core().bridges().all().get(0).breakerOpen()).isFalse();
  }

  @Test
  void aBlackHoleIsNoticedWithin1500MsWhileAudioFlows() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 50; i++) {
      user.send();
      world.passMillis(20);
    }
    world.network.blackHole(A, true);
    long took = 0;
    while (user.session.state() == CONNECTED && took < 3_000) {
      user.send();
      world.passMillis(20);
      took += 20;
    }
    assertThat(took).isBetween(1_300L, 1_500L);
    assertThat(world.client.core().bridges().all().get(0).breakerOpen()).isTrue();
    world.passMillis(2_000);
    world.network.blackHole(A, false);
    assertThat(world.until(1_000, user::connected)).isLessThan(800);
    world.passMillis(100);
    assertThat(user.events(SessionEvent.Reconnected.class).get(0).fault().cause())
        .isEqualTo(FaultCause.SILENCE);
    assertThat(world.a().room).doesNotHaveDuplicates().isSorted().hasSize(user.sent);
  }

  @Test
  void aDeadConnectionToALivingBridgeIsLeftForASecondOne() {
    World.User user = world.open("u").connect();
    user.send();
    world.passMillis(20);
    // Only this connection swallows everything: as a middlebox that forgot it.
    FakeNetwork.FakeConnection first = world.network.connections.get(0);
    first.stuck = true;
    long took = 0;
    while (user.session.stats().reconnects() == 0 && took < 3_000) {
      user.send();
      world.passMillis(20);
      took += 20;
    }
    assertThat(took).isLessThan(1_000);
    world.passMillis(100);
    assertThat(world.a().joins).hasSize(1);
    assertThat(world.a().room).doesNotHaveDuplicates().isSorted().hasSize(user.sent);
    assertThat(first.over).isTrue();
  }

  @Test
  void aQuietSessionIsKeptAliveByHeartbeatsWithPings() {
    World.User user = world.open("u").connect();
    world.pass(Duration.ofSeconds(31));
    assertThat(world.a().pingsAnswered).isEqualTo(6);
    assertThat(user.session.stats().roundTrip().orElseThrow()).isEqualTo(Duration.ofMillis(2));
    assertThat(user.states()).containsExactly(CONNECTING, CONNECTED);
  }

  @Test
  void aQuietRoomAfterSpeechIsNoFault() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 50; i++) {
      world.a().session("u").say();
      world.passMillis(20);
    }
    world.pass(Duration.ofSeconds(60));
    assertThat(user.states()).containsExactly(CONNECTING, CONNECTED);
    assertThat(user.heard).hasSize(50);
    assertThat(world.network.connections).hasSize(1);
  }

  @Test
  void closeLeavesNothingOnTheBridge() {
    World.User user = world.open("u").connect();
    user.send();
    user.session.beginClose(Duration.ofSeconds(5));
    world.passMillis(20);
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(world.a().sessions).isEmpty();
    assertThat(world.a().room).containsExactly(1);
    assertThat(user.events.get(user.events.size() - 1))
        .isEqualTo(new SessionEvent.Closed(CloseReason.LEFT, "closed by the caller"));
    assertThat(user.session.stats().sent().delivered()).isEqualTo(1);
  }

  @Test
  void closeDuringAnOutageLeavesTheRoomOnceItCan() {
    World.User user = world.open("u").connect();
    world.network.connections.get(0).breakDown("cut");
    world.passMillis(1);
    user.session.beginClose(Duration.ofSeconds(5));
    world.pass(Duration.ofSeconds(12));
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(world.a().sessions).isEmpty();
  }
}
