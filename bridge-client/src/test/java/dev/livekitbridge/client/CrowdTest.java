package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import io.micrometer.core.instrument.Meter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Many sessions, several bridges, and what the operators see of them. */
class CrowdTest {
  private static List<World.User> crowd(World world, int size) {
    List<World.User> users = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      users.add(world.open("u" + i));
    }
    world.until(10_000, () -> users.stream().allMatch(World.User::connected));
    return users;
  }

  @Test
  void aThousandSessionsComeBackFromARestartAndTheirJoinsAreSpread() {
    try (World world = new World(1)) {
      List<World.User> users = crowd(world, 1_000);
      world.network.kill(A);
      users.forEach(World.User::send);
      world.passMillis(500);
      world.a().joinTakesNanos = Duration.ofMillis(5).toNanos();
      world.a().mostJoinsUnderWay = 0;
      world.network.revive(A);
      assertThat(world.until(3_000, () -> users.stream().allMatch(World.User::connected)))
          .isBetween(150L, 1_000L);
      world.passMillis(50);
      assertThat(world.a().mostJoinsUnderWay).isLessThanOrEqualTo(32);
      assertThat(world.a().streams()).isEqualTo(1_000);
      assertThat(world.a().room).hasSize(1_000);
      assertThat(users).allMatch(u -> u.session.stats().sent().balanced());
    }
  }

  @Test
  void aFifthOfTheSessionsReconnectingIsOneAlert() {
    try (World world = new World(1)) {
      List<World.User> users = crowd(world, 20);
      assertThat(world.alerts).isEmpty();
      for (int i = 0; i < 8; i++) {
        users.get(i).session.reconnectNow();
        world.passMillis(100);
      }
      assertThat(world.alerts)
          .containsExactly(
              new ReconnectAlert(java.util.Optional.empty(), 4, 20, Duration.ofSeconds(60)));
      assertThat(
              world
                  .meters
                  .get("livekit.bridge.client.alerts")
                  .tag("scope", "client")
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void aSessionThatReconnectsSixTimesInAMinuteIsOneAlertOfItsOwn() {
    try (World world = new World(1)) {
      World.User user = world.open("u").connect();
      for (int i = 0; i < 9; i++) {
        user.session.reconnectNow();
        world.passMillis(1_000);
      }
      assertThat(user.events(SessionEvent.Alert.class)).hasSize(1);
      assertThat(world.alerts).hasSize(1);
      assertThat(world.alerts.get(0).userId()).contains("u");
      world.pass(Duration.ofSeconds(61));
      for (int i = 0; i < 6; i++) {
        user.session.reconnectNow();
        world.passMillis(1_000);
      }
      assertThat(user.events(SessionEvent.Alert.class)).hasSize(2);
    }
  }

  @Test
  void metricsTellWhatHappenedAndNameNoUser() {
    try (World world = new World(1)) {
      World.User gone = world.open("alice@example.com").connect();
      World.User stays = world.open("bob@example.com").connect();
      for (int i = 0; i < 10; i++) {
        gone.send();
        stays.send();
        world.a().session("bob@example.com").say();
        world.passMillis(20);
      }
      gone.session.beginClose(Duration.ofSeconds(1));
      world.network.connections.get(0).breakDown("cut");
      world.passMillis(5_100);
      stays.send();
      world.passMillis(1_500);
      assertThat(count(world, "frames.accepted", "direction", "sent")).isEqualTo(21);
      assertThat(count(world, "frames.delivered", "direction", "sent")).isEqualTo(21);
      assertThat(count(world, "frames.delivered", "direction", "received")).isEqualTo(10);
      assertThat(count(world, "reconnects", "cause", "stream_broken")).isEqualTo(1);
      assertThat(count(world, "tries", "kind", "join")).isEqualTo(2);
      assertThat(count(world, "tries", "kind", "attach")).isEqualTo(1);
      assertThat(world.meters.get("livekit.bridge.client.ping").timer().count()).isPositive();
      assertThat(
              world
                  .meters
                  .get("livekit.bridge.client.sessions")
                  .tag("state", "connected")
                  .gauge()
                  .value())
          .isEqualTo(1);
      assertThat(world.meters.getMeters())
          .map(Meter::getId)
          .allSatisfy(id -> assertThat(id.toString()).doesNotContain("example.com"));
    }
  }

  private static double count(World world, String name, String tag, String value) {
    return world
        .meters
        .get("livekit.bridge.client." + name)
        .tag(tag, value)
        .meter()
        .measure()
        .iterator()
        .next()
        .getValue();
  }

  @Test
  void usersAreSpreadOverTheBridgesAndALostBridgeMovesOnlyItsOwn() {
    try (World world = new World(1, B)) {
      List<World.User> users = crowd(world, 100);
      List<World.User> ofB =
          users.stream().filter(u -> u.session.stats().bridge().equals(B)).toList();
      assertThat(ofB).hasSizeBetween(25, 75);
      world.network.kill(A);
      world.until(
          2_000,
          () ->
              users.stream().allMatch(u -> u.connected() && u.session.stats().bridge().equals(B)));
      assertThat(ofB).allMatch(u -> u.session.stats().reconnects() == 0);
    }
  }

  @Test
  void aBridgeThatDrainedAndIsNewAgainTakesNewSessions() {
    try (World world = new World(1, B)) {
      List<World.User> users = crowd(world, 10);
      World.User ofA =
          users.stream()
              .filter(u -> u.session.stats().bridge().equals(A))
              .findFirst()
              .orElseThrow();
      world.a().serving = false;
      world.a().session(ofA.id).drain(1_000);
      world.passMillis(200);
      assertThat(ofA.session.stats().bridge()).isEqualTo(B);
      World.User meanwhile = world.open(ofA.id + "0");
      world.until(500, meanwhile::connected);
      world.network.kill(A);
      world.passMillis(1_500);
      world.a().serving = true;
      world.network.revive(A);
      world.passMillis(2_000);
      Bridge bridge = world.client.core().bridges().all().get(0);
      assertThat(bridge.draining()).isFalse();
      assertThat(bridge.usable()).isTrue();
      List<World.User> next = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        next.add(world.open("n" + i));
      }
      world.until(1_000, () -> next.stream().allMatch(World.User::connected));
      assertThat(next).anyMatch(u -> u.session.stats().bridge().equals(A));
    }
  }

  @Test
  void aJoinThatHangsIsGivenUpAndHoldsUpNobodyElse() {
    try (World world = new World(1)) {
      world.a().hangsFor = "slow";
      World.User slow = world.open("slow");
      List<World.User> others = crowd(world, 40);
      world.pass(Duration.ofSeconds(16));
      assertThat(slow.session.state()).isEqualTo(ConnectionState.DEGRADED);
      assertThat(slow.session.stats().lastFault().orElseThrow().detail())
          .contains("DEADLINE_EXCEEDED");
      assertThat(others).allMatch(World.User::connected);
      world.a().hangsFor = "";
      world.until(31_000, slow::connected);
    }
  }

  @Test
  void oneSessionsEndDoesNotTouchItsNeighbours() {
    try (World world = new World(1)) {
      List<World.User> users = crowd(world, 3);
      Objects.requireNonNull(world.a().session("u1").peer).endToClient(CloseReason.REMOVED);
      world.passMillis(100);
      assertThat(users.get(1).session.state()).isEqualTo(ConnectionState.CLOSED);
      assertThat(users.get(0).connected()).isTrue();
      assertThat(users.get(2).connected()).isTrue();
      assertThat(users.get(0).session.stats().reconnects()).isZero();
      assertThat(world.client.sessions()).hasSize(2);
    }
  }
}
