package dev.livekitbridge.client;

import static dev.livekitbridge.client.ConnectionState.CLOSED;
import static dev.livekitbridge.client.ConnectionState.CONNECTED;
import static dev.livekitbridge.client.ConnectionState.DEGRADED;
import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client does about each reason, as the table of the wire has it. */
class ReasonTest {
  private final World world = new World(7, B);

  {
    // One bridge, unless a test wants the other.
    world.b().alive = false;
  }

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
  }

  private World.User openAtA() {
    for (int i = 0; ; i++) {
      World.User user = world.open("u" + i);
      world.passMillis(100);
      if (user.session.stats().bridge().equals(A) && user.connected()) {
        return user;
      }
      user.session.beginClose(Duration.ZERO);
    }
  }

  private void endStream(World.User user, CloseReason reason) {
    Objects.requireNonNull(world.a().session(user.id).peer).endToClient(reason);
    world.passMillis(2);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "BAD_REQUEST",
        "NOT_PERMITTED",
        "REPLACED",
        "SUPERSEDED",
        "REMOVED",
        "ROOM_DELETED",
        "DUPLICATE_IDENTITY",
        "LEFT"
      })
  void theseStopTheSession(CloseReason reason) {
    World.User user = openAtA();
    int joins = world.a().joins.size();
    endStream(user, reason);
    world.pass(Duration.ofSeconds(5));
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(world.a().joins).hasSize(joins);
    SessionEvent last = user.events.get(user.events.size() - 1);
    assertThat(last).isInstanceOf(SessionEvent.Closed.class);
    assertThat(((SessionEvent.Closed) last).reason()).isEqualTo(reason);
    assertThat(user.send()).isEqualTo(SendResult.DROPPED);
    assertThat(user.session.stats().sent().balanced()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "ROOM_UNREACHABLE",
        "JOIN_TIMEOUT",
        "ROOM_LOST",
        "SEND_TIMEOUT",
        "INACTIVE",
        "NO_SESSION",
        "STREAM_BROKEN"
      })
  void theseAreTriedAgain(CloseReason reason) {
    World.User user = openAtA();
    world.a().drop(user.id, reason);
    world.passMillis(2);
    world.until(200, user::connected);
    assertThat(user.session.stats().reconnects()).isEqualTo(1);
  }

  @Test
  void aRejectedTokenIsMintedOnceMoreThenItStops() {
    World.User user = openAtA();
    int minted = user.tokens.size();
    world.a().refusal = join -> CloseReason.TOKEN_REJECTED;
    world.a().drop(user.id, CloseReason.NO_SESSION);
    world.pass(Duration.ofSeconds(2));
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(user.tokens).hasSize(minted + 2);
    assertThat(user.events.get(user.events.size() - 1).toString())
        .contains("TOKEN_REJECTED")
        .doesNotContain("eyJ");
  }

  @Test
  void anOverloadedBridgeIsLeftAloneForASecondAtLeast() {
    world.a().refusal = join -> CloseReason.OVERLOADED;
    World.User user = world.open("u");
    world.passMillis(900);
    assertThat(world.a().joins).hasSize(1);
    world.a().refusal = join -> null;
    world.until(1_000, user::connected);
  }

  @Test
  void aDrainingBridgeIsLeftAtOnceForAnother() {
    World.User user = openAtA();
    world.b().alive = true;
    world.until(35_000, () -> world.client.core().bridges().all().get(1).usable());
    user.send();
    world.passMillis(30);
    world.a().session(user.id).drain(5_000);
    assertThat(world.until(100, () -> user.session.stats().handOvers() == 1)).isLessThan(60);
    assertThat(user.session.stats().reconnects()).isZero();
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    user.send();
    world.passMillis(30);
    assertThat(world.a().sessions).isEmpty();
    // 20 ms of silence, then the audio.
    assertThat(world.b().room).containsExactly(0, 2);
    assertThat(user.events(SessionEvent.Draining.class))
        .containsExactly(new SessionEvent.Draining(Duration.ofSeconds(5)));
  }

  @Test
  void aDrainingBridgeWithoutAnotherIsKeptUntilItEndsAndThenAskedAtTheGrowingPace() {
    World.User user = openAtA();
    world.a().session(user.id).drain(5_000);
    world.passMillis(1_000);
    assertThat(user.session.state()).isEqualTo(CONNECTED);
    world.a().refusal = join -> CloseReason.DRAINING;
    int joins = world.a().joins.size();
    world.a().drop(user.id, CloseReason.DRAINING);
    world.pass(Duration.ofSeconds(4));
    assertThat(user.session.state()).isEqualTo(DEGRADED);
    assertThat(world.a().joins.size() - joins).isBetween(8, 80);
    world.a().refusal = join -> null;
    world.until(600, user::connected);
  }

  @Test
  void aDeadBridgeIsLeftForOneThatLives() {
    World.User user = openAtA();
    world.b().alive = true;
    world.until(35_000, () -> world.client.core().bridges().all().get(1).usable());
    world.network.kill(A);
    world.passMillis(2);
    world.until(200, user::connected);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
  }

  @Test
  void aRefusalWithoutAReasonIsTriedAgainAtTheGrowingPace() {
    World.User user = openAtA();
    world.a().refusal = join -> null;
    world.a().refusesWithoutReason = true;
    int joins = world.a().joins.size();
    world.a().drop(user.id, CloseReason.NO_SESSION);
    world.pass(Duration.ofSeconds(20));
    assertThat(user.session.state()).isEqualTo(DEGRADED);
    int tries = world.a().joins.size() - joins;
    assertThat(tries).isBetween(20, 150);
    world.pass(Duration.ofSeconds(60));
    assertThat(world.a().joins.size() - joins - tries).isLessThan(20);
  }

  @Test
  void supersededIsObeyedOnlyAboutTheAttemptOfNow() {
    World.User user = openAtA();
    ModelBridge.Peer old = Objects.requireNonNull(world.a().session(user.id).peer);
    user.session.reconnectNow();
    world.until(100, user::connected);
    old.endToClient(CloseReason.SUPERSEDED);
    world.passMillis(100);
    assertThat(user.session.state()).isEqualTo(CONNECTED);
  }
}
