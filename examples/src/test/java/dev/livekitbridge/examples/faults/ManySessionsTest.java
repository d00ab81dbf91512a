package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thousand sessions on one client when the bridge is killed and comes back. */
class ManySessionsTest {
  private static final int SESSIONS = 1_000;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final AtomicInteger joining = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  @Test
  void allComeBackAndTheirJoinsAreSpread() {
    try (Rig rig = Rig.open(ManySessionsTest.class)) {
      rig.rooms.rooms().everyJoin(join -> countedJoin(rig));
      BridgeProcess first = rig.startBridge("bridge-1", 0);
      try (BridgeClient client = BridgeClient.builder(first.target()).build()) {
        List<BridgeSession> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
          sessions.add(
              client.open(
                  SessionRequest.builder("user-" + i)
                      .room("room-" + i % 50)
                      .liveKitUrl(rig.rooms.url("room-" + i % 50))
                      .build()));
        }
        awaitConnected(sessions);
        rig.assertNoZombies(first.port(), SESSIONS);

        first.process().kill();
        await().atMost(LONG).untilAsserted(() -> assertThat(connected(sessions)).isZero());
        await().atMost(LONG).untilAsserted(() -> assertThat(rig.bridgeParticipants()).isZero());
        mostAtOnce.set(0);
        BridgeProcess second = rig.startBridge("bridge-2", first.port());
        awaitConnected(sessions);
        assertThat(mostAtOnce.get()).as("joins at a time").isBetween(2, 32);
        rig.assertNoZombies(second.port(), SESSIONS);
        assertThat(sessions)
            .allSatisfy(session -> assertThat(session.stats().sent().balanced()).isTrue())
            .allSatisfy(session -> assertThat(session.stats().received().balanced()).isTrue());
        client.sessions().forEach(session -> session.close(Duration.ZERO));
        rig.assertNoZombies(second.port(), 0);
      }
    }
  }

  /** Every join takes a moment, in which others can be seen beside it. */
  private CompletableFuture<?> countedJoin(Rig rig) {
    mostAtOnce.accumulateAndGet(joining.incrementAndGet(), Math::max);
    CompletableFuture<Void> pass = new CompletableFuture<>();
    rig.timer.schedule(() -> pass.complete(null), 20, TimeUnit.MILLISECONDS);
    return pass.whenComplete((done, error) -> joining.decrementAndGet());
  }

  private static void awaitConnected(List<BridgeSession> sessions) {
    await().atMost(LONG).untilAsserted(() -> assertThat(connected(sessions)).isEqualTo(SESSIONS));
  }

  private static long connected(List<BridgeSession> sessions) {
    return sessions.stream().filter(s -> s.state() == ConnectionState.CONNECTED).count();
  }
}
