package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random faults on virtual time, each history from a seed that a failure prints. After every step
 * the books balance; once the faults stop, everyone comes back and nothing is left over.
 */
class FaultSimulationTest {
  // More with -Dclient.histories=N; the seeds are 1 to N.
  private static final int HISTORIES = Integer.getInteger("client.histories", 150);
  private static final CloseReason[] RETRIED = {
    CloseReason.ROOM_UNREACHABLE,
    CloseReason.JOIN_TIMEOUT,
    CloseReason.ROOM_LOST,
    CloseReason.SEND_TIMEOUT,
    CloseReason.INACTIVE,
    CloseReason.NO_SESSION,
    CloseReason.DRAINING,
    CloseReason.OVERLOADED
  };

  @Test
  void everyHistoryEndsWell() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void theSameSeedIsTheSameHistory() {
    assertThat(new History(11).run()).isEqualTo(new History(11).run()).hasSizeGreaterThan(4);
  }

  private static final class History {
    private final Random random;
    private final World world;
    private final boolean ours;
    private final List<String> targets;
    private final List<World.User> users = new ArrayList<>();
    private final Map<String, Integer> said = new HashMap<>();

    History(long seed) {
      random = new Random(seed);
      ours = random.nextInt(4) != 0;
      boolean two = random.nextBoolean();
      targets = two ? List.of(A, B) : List.of(A);
      world = two ? new World(seed, B) : new World(seed);
      targets.forEach(t -> world.network.bridge(t).ours = ours);
    }

    List<SessionEvent> run() {
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        users.add(world.open("u" + i, r -> r.resumeKey("")));
      }
      for (int step = 0; step < 40; step++) {
        fault();
        int frames = random.nextInt(40);
        for (int i = 0; i < frames; i++) {
          users.forEach(World.User::send);
          talk();
          world.passMillis(20);
        }
        users.forEach(this::checkBooks);
      }
      settle();
      checkEnd();
      List<SessionEvent> story = users.stream().flatMap(u -> u.events.stream()).toList();
      world.close();
      for (String target : targets) {
        assertThat(world.network.bridge(target).sessions).isEmpty();
      }
      users.forEach(this::checkBooks);
      return story;
    }

    private void talk() {
      for (String target : targets) {
        for (ModelBridge.Session session : world.network.bridge(target).sessions.values()) {
          session.say(said.merge(session.join.getUserId(), 1, Integer::sum));
        }
      }
    }

    private void fault() {
      String target = targets.get(random.nextInt(targets.size()));
      ModelBridge bridge = world.network.bridge(target);
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          List<FakeNetwork.FakeConnection> all = world.network.connections;
          all.get(random.nextInt(all.size())).breakDown("cut");
        }
        case 2 -> world.network.kill(target);
        case 3, 4 -> world.network.revive(target);
        case 5 -> world.network.blackHole(target, true);
        case 6, 7 -> world.network.blackHole(target, false);
        case 8 -> {
          CloseReason reason = RETRIED[random.nextInt(RETRIED.length)];
          bridge.refusal = join -> random.nextBoolean() ? reason : null;
        }
        case 9 -> bridge.refusal = join -> null;
        case 10 -> {
          List<String> there = List.copyOf(bridge.sessions.keySet());
          if (!there.isEmpty()) {
            bridge.drop(there.get(0), RETRIED[random.nextInt(RETRIED.length)]);
          }
        }
        default -> users.get(random.nextInt(users.size())).session.reconnectNow();
      }
    }

    /** The faults stop; the growing pace may take its 30 s. */
    private void settle() {
      for (String target : targets) {
        world.network.revive(target);
        world.network.blackHole(target, false);
        world.network.bridge(target).refusal = join -> null;
      }
      world.until(40_000, () -> users.stream().allMatch(World.User::connected));
      // Sessions that were left behind have their window.
      world.pass(Duration.ofSeconds(25));
      assertThat(users).allMatch(World.User::connected);
    }

    private void checkBooks(World.User user) {
      SessionStats stats = user.session.stats();
      assertThat(stats.sent().balanced()).as("%s sent %s", user.id, stats.sent()).isTrue();
      assertThat(stats.received().balanced()).as("received %s", stats.received()).isTrue();
      assertThat(stats.sent().accepted()).isEqualTo(user.sent);
      assertThat(stats.sent().buffered()).isLessThanOrEqualTo(1_500);
      assertThat(user.heard).isSorted().doesNotHaveDuplicates();
    }

    private void checkEnd() {
      Set<String> ids = users.stream().map(u -> u.id).collect(Collectors.toSet());
      List<String> living = new ArrayList<>();
      for (String target : targets) {
        ModelBridge bridge = world.network.bridge(target);
        living.addAll(bridge.sessions.keySet());
        for (ModelBridge.Session session : bridge.past) {
          assertThat(session.heard).isSorted().doesNotHaveDuplicates();
        }
      }
      assertThat(living).as("no zombie").containsExactlyInAnyOrderElementsOf(ids);
      for (World.User user : users) {
        SessionStats stats = user.session.stats();
        assertThat(stats.sent().buffered()).isZero();
        Set<Integer> arrived = new TreeSet<>();
        for (String target : targets) {
          for (ModelBridge.Session session : world.network.bridge(target).past) {
            if (session.join.getUserId().equals(user.id)) {
              arrived.addAll(session.heard);
            }
          }
        }
        if (ours) {
          assertThat(arrived.size())
              .as("frames of %s that arrived; books: %s", user.id, stats.sent())
              .isGreaterThanOrEqualTo((int) stats.sent().delivered())
              .isGreaterThanOrEqualTo(user.sent - (int) stats.sent().droppedTotal());
        }
      }
    }
  }
}
