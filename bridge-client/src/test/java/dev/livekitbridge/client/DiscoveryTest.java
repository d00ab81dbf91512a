package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.EquivalentAddressGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bridges that are found by a name, and how users are spread over them. */
class DiscoveryTest {
  private static final int USERS = 400;
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final FleetNames names = new FleetNames();
  private final World world = world(7);
  private final List<World.User> users = new ArrayList<>();

  @AfterEach
  void end() {
    world.close();
    names.close();
  }

  @Test
  void aSessionWaitsUntilItsNameIsKnown() {
    World.User user = world.open("alice");
    world.passMillis(1_000);
    assertThat(user.connected()).isFalse();

    names.set(List.of("a:1"));
    world.until(1_500, user::connected);

    assertThat(user.session.stats().bridge()).isEqualTo("a:1");
  }

  @Test
  void usersAreSpreadEvenlyAndNobodyMovesWithoutNeed() {
    names.set(List.of("a:1", "b:1", "c:1", "d:1"));
    open();
    assertEven(4);

    // Killed: its own users go elsewhere, and nobody else.
    Map<String, String> before = places();
    world.network.kill("b:1");
    world.until(5_000, () -> !places().containsValue("b:1") && allConnected());
    assertEven(3);
    assertOnlyLeft(before, "b:1");

    // One more: some go there, without a break, and nobody goes anywhere else.
    before = places();
    names.set(List.of("a:1", "c:1", "d:1", "e:1"));
    world.pass(Duration.ofSeconds(60));
    assertEven(4);
    assertOnlyCameTo(before, "e:1");
    assertThat(users).allMatch(u -> u.session.stats().reconnects() <= 1);

    // Drained: its own go elsewhere without a break.
    before = places();
    long breaks = reconnects();
    world.network.bridge("c:1").serving = false;
    world.network.bridge("c:1").sessions.values().forEach(s -> s.drain(20_000));
    world.pass(Duration.ofSeconds(10));
    assertEven(3);
    assertOnlyLeft(before, "c:1");
    assertThat(reconnects()).isEqualTo(breaks);
    assertThat(users).allSatisfy(u -> TwoBridges.assertLaw(u));
  }

  /**
   * The first to be moved leave their own bridges short of a few: nobody is moved there for that.
   */
  @Test
  void aNewBridgeAloneIsFilled() {
    for (int fleet = 0; fleet < 20; fleet++) {
      int number = fleet;
      List<String> bridges =
          new ArrayList<>(
              IntStream.range(0, 7).mapToObj(b -> "b" + number + "-" + b + ":1").toList());
      String added = bridges.remove(6);
      names.set(bridges);
      try (World world = world(fleet)) {
        List<World.User> users = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
          users.add(world.open("user-" + fleet + "-" + i));
        }
        world.until(20_000, () -> users.stream().allMatch(World.User::connected));
        Map<String, String> before = places(users);
        bridges.add(added);
        names.set(bridges);
        world.pass(Duration.ofSeconds(60));
        Map<String, String> after = places(users);
        after.entrySet().removeAll(before.entrySet());
        assertThat(after.values()).as("fleet %s", fleet).contains(added);
        assertThat(after.values())
            .as("fleet %s", fleet)
            .allSatisfy(
                to ->
                    assertThat(before.values().stream().filter(to::equals))
                        .as("users that were at %s already", to)
                        .hasSizeLessThan(120 / 7));
      }
    }
  }

  @Test
  void whoMovesForTheSpreadLosesNothing() {
    names.set(List.of("a:1", "b:1"));
    open();
    names.set(List.of("a:1", "b:1", "c:1"));
    for (int i = 0; i < 60 * 10; i++) {
      users.forEach(World.User::send);
      world.passMillis(100);
    }
    assertEven(3);
    int sent = users.get(0).sent;
    List<Integer> heard = new ArrayList<>();
    for (String bridge : List.of("a:1", "b:1", "c:1")) {
      heard.addAll(world.network.bridge(bridge).room);
    }
    heard.removeIf(number -> number == 0);
    assertThat(heard).hasSize(sent * USERS);
    assertThat(reconnects()).isZero();
  }

  @Test
  void aNameThatLeavesABridgeOutMovesNobodyFromIt() {
    names.set(List.of("a:1", "b:1"));
    open();
    Map<String, String> before = places();
    names.set(List.of("b:1"));
    world.pass(Duration.ofSeconds(60));
    assertThat(places()).isEqualTo(before);

    World.User late = world.open("late").connect();
    assertThat(late.session.stats().bridge()).isEqualTo("b:1");

    world.network.kill("a:1");
    world.until(5_000, () -> !places().containsValue("a:1") && allConnected());
    world.pass(Duration.ofSeconds(3));
    assertThat(world.client.core().bridges().all()).as("forgotten").hasSize(1);
  }

  @Test
  void aNewBridgeThatDoesNotAnswerGetsNobody() {
    names.set(List.of("a:1", "b:1"));
    open();
    world.network.kill("c:1");
    names.set(List.of("a:1", "b:1", "c:1"));
    world.pass(Duration.ofSeconds(60));
    assertThat(places()).doesNotContainValue("c:1");
    assertThat(reconnects()).isZero();
  }

  @Test
  void aProcessThatStartsAgainFindsItsUsersWhereTheyWere() {
    names.set(List.of("a:1", "b:1", "c:1", "d:1"));
    open();
    Map<String, String> before = places();
    try (World again = new World(8, ignored -> BridgeClient.builder(FleetNames.NAME))) {
      List<World.User> same = new ArrayList<>();
      // In another order, as they come back.
      for (int i = USERS - 1; i >= 0; i--) {
        same.add(again.open("user-" + i));
      }
      again.until(20_000, () -> same.stream().allMatch(World.User::connected));
      long elsewhere =
          same.stream().filter(u -> !u.session.stats().bridge().equals(before.get(u.id))).count();
      assertThat(elsewhere).as("users that found no room both times").isLessThan(USERS / 10);
    }
  }

  @Test
  void theNameIsLookedUpAtOnceWhenABridgeGoesAway() {
    names.set(List.of("a:1", "b:1"));
    World.User user = world.open("alice").connect();
    world.passMillis(10);
    int before = names.lookUps.get();
    world.network.kill(user.session.stats().bridge());
    world.passMillis(100);
    assertThat(names.lookUps.get()).isGreaterThan(before);
  }

  @Test
  void aHostOfBothFamiliesIsOneBridge() throws UnknownHostException {
    InetSocketAddress four = new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 9090);
    InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("fd00::1"), 9090);

    assertThat(
            BridgeAddress.of(
                List.of(new EquivalentAddressGroup(six), new EquivalentAddressGroup(four)), "n"))
        .containsExactly(new BridgeAddress("10.0.0.1:9090", "n"));
    assertThat(BridgeAddress.of(List.of(new EquivalentAddressGroup(six)), "n"))
        .containsExactly(new BridgeAddress("[fd00:0:0:0:0:0:0:1]:9090", "n"));
  }

  @Test
  void whatIsNeitherAddressNorNameIsRefused() {
    assertThatThrownBy(() -> BridgeClient.builder("nowhere:///bridges"))
        .hasMessageContaining("nowhere:///bridges")
        .hasMessageContaining("dns:///host:port");
  }

  private static World world(int seed) {
    return new World(
        seed,
        ignored ->
            BridgeClient.builder(FleetNames.NAME)
                .discovery(
                    DiscoveryOptions.builder()
                        .refresh(Duration.ofSeconds(1))
                        .settle(SETTLE)
                        .build()));
  }

  private void open() {
    for (int i = 0; i < USERS; i++) {
      users.add(world.open("user-" + i));
    }
    world.until(20_000, this::allConnected);
  }

  private boolean allConnected() {
    return users.stream().allMatch(World.User::connected);
  }

  private long reconnects() {
    return users.stream().mapToLong(u -> u.session.stats().reconnects()).sum();
  }

  private Map<String, String> places() {
    return places(users);
  }

  private static Map<String, String> places(List<World.User> users) {
    Map<String, String> places = new TreeMap<>();
    users.forEach(u -> places.put(u.id, u.session.stats().bridge()));
    return places;
  }

  private void assertEven(int bridges) {
    Map<String, Integer> spread = new TreeMap<>();
    places().values().forEach(bridge -> spread.merge(bridge, 1, Integer::sum));
    int share = USERS / bridges;
    assertThat(spread).hasSize(bridges);
    assertThat(spread.values())
        .as("%s", spread)
        .allSatisfy(n -> assertThat(n).isBetween(share * 8 / 10, share * 12 / 10));
  }

  /** Who is elsewhere than before was there, and there is nobody any more. */
  private void assertOnlyLeft(Map<String, String> before, String gone) {
    assertThat(places()).doesNotContainValue(gone);
    moved(before).forEach((user, at) -> assertThat(before.get(user)).as(user).isEqualTo(gone));
  }

  private void assertOnlyCameTo(Map<String, String> before, String added) {
    moved(before).forEach((user, at) -> assertThat(at).as(user).isEqualTo(added));
  }

  private Map<String, String> moved(Map<String, String> before) {
    Map<String, String> moved = new TreeMap<>(places());
    moved.entrySet().removeAll(before.entrySet());
    return moved;
  }
}
