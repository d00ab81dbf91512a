package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random faults, drains and kills of two bridges that hear the same room, with and without a
 * standby, on virtual time; a failure prints the seed. Whatever happens, no frame of the room is
 * passed on twice or out of order, the law of frames holds, and nothing is left over at the end.
 */
class MovesSimulationTest {
  // More with -Dclient.moves=N; the seeds are 1 to N.
  private static final int HISTORIES = Integer.getInteger("client.moves", 60);
  private static final List<String> TARGETS = List.of(A, B);

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

  private static final class History {
    private final Random random;
    private final World world;
    private final World.User user;
    private final boolean standby;
    private int said;

    History(long seed) {
      random = new Random(seed);
      world = new World(seed, B);
      standby = random.nextBoolean();
      String key = random.nextBoolean() ? "key" : "";
      user = world.open("u", r -> r.standby(standby).resumeKey(key));
    }

    void run() {
      for (int step = 0; step < 30; step++) {
        fault();
        int frames = random.nextInt(60);
        for (int i = 0; i < frames; i++) {
          user.send();
          say();
          world.passMillis(20);
        }
        checkBooks();
      }
      for (String target : TARGETS) {
        world.network.revive(target);
        world.network.blackHole(target, false);
        world.network.bridge(target).serving = true;
        world.network.bridge(target).refusal = join -> null;
      }
      world.until(40_000, user::connected);
      world.pass(Duration.ofSeconds(40));
      checkEnd();
      world.close();
      TARGETS.forEach(t -> assertThat(world.network.bridge(t).sessions).isEmpty());
      checkBooks();
    }

    private void say() {
      said++;
      for (String target : TARGETS) {
        for (ModelBridge.Session session : world.network.bridge(target).sessions.values()) {
          session.say(said);
        }
      }
    }

    private void fault() {
      String target = TARGETS.get(random.nextInt(2));
      ModelBridge bridge = world.network.bridge(target);
      switch (random.nextInt(10)) {
        case 0 -> {
          List<FakeNetwork.FakeConnection> all = world.network.connections;
          all.get(random.nextInt(all.size())).breakDown("cut");
        }
        case 1 -> world.network.kill(target);
        case 2, 3 -> world.network.revive(target);
        case 4 -> world.network.blackHole(target, true);
        case 5 -> world.network.blackHole(target, false);
        case 6 -> {
          bridge.serving = false;
          bridge.sessions.values().stream()
              .filter(session -> session.peer != null)
              .forEach(session -> session.drain(3_000));
        }
        case 7 -> bridge.serving = true;
        case 8 -> bridge.refusal = random.nextBoolean() ? j -> null : j -> CloseReason.JOIN_TIMEOUT;
        default -> user.session.reconnectNow();
      }
    }

    private void checkBooks() {
      SessionStats stats = user.session.stats();
      for (FrameCounts counts : List.of(stats.sent(), stats.received())) {
        assertThat(counts.unaccounted()).as("%s", counts).isZero();
      }
      assertThat(stats.sent().accepted()).isEqualTo(user.sent);
      assertThat(stats.received().delivered()).isEqualTo(user.heard.size());
      assertThat(user.heard).isSorted().doesNotHaveDuplicates();
    }

    private void checkEnd() {
      assertThat(user.connected()).isTrue();
      assertThat(user.session.stats().sent().buffered()).isZero();
      int places = 0;
      Set<Integer> arrived = new TreeSet<>();
      for (String target : TARGETS) {
        places += world.network.bridge(target).sessions.size();
        for (ModelBridge.Session session : world.network.bridge(target).past) {
          arrived.addAll(session.heard);
        }
      }
      assertThat(places).as("no zombie").isEqualTo(standby ? 2 : 1);
      assertThat(user.session.stats().standby().isEmpty()).isEqualTo(!standby);
      arrived.remove(0);
      assertThat(arrived.size())
          .as("frames that arrived; books: %s", user.session.stats().sent())
          .isGreaterThanOrEqualTo(user.sent - (int) user.session.stats().sent().droppedTotal());
    }
  }
}
