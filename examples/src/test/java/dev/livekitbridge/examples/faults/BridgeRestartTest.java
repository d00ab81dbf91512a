package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.roomhost.FrameTally;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bridge is SIGKILLed and comes back on the same port. */
class BridgeRestartTest {
  @ParameterizedTest
  @ValueSource(longs = {500, 5_000})
  void sessionIsBackByItself(long awayMillis) throws Exception {
    try (Rig rig = Rig.open(BridgeRestartTest.class)) {
      BridgeProcess first = rig.startBridge("bridge-1-" + awayMillis, 0);
      RoomSide room = rig.roomSide("standup");
      try (BridgeClient client = BridgeClient.builder(first.target()).build()) {
        ServiceSide service = new ServiceSide(rig, client, room.url());
        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        room.talk();
        service.talk();
        service.awaitAudio(Rig.SOON);

        first.process().kill();
        TimeUnit.MILLISECONDS.sleep(awayMillis);
        assertThat(states(service).contains(ConnectionState.DEGRADED))
            .as("DEGRADED after 3 s")
            .isEqualTo(awayMillis > 3_000);
        BridgeProcess second = rig.startBridge("bridge-2-" + awayMillis, first.port());
        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        service.awaitAudio(Rig.SOON);

        room.fallSilent();
        service.fallSilent();
        await()
            .atMost(Rig.SOON)
            .untilAsserted(
                () -> assertThat(room.heard(FrameTally::highest)).isEqualTo(service.said() - 1));
        room.heard(
            tally -> {
              assertThat(tally.missing(0, service.said() - 1))
                  .as("all that was kept goes again: %s", tally)
                  .isZero();
              // Handed over by the dead bridge and not yet acknowledged: 10 frames or 100 ms.
              assertThat(tally.duplicates()).isLessThanOrEqualTo(15);
              return tally;
            });
        service.heard(
            tally -> {
              assertThat(tally.duplicates()).isZero();
              assertThat(tally.disordered()).isZero();
              return tally;
            });
        assertThat(service.events()).anyMatch(SessionEvent.Reconnected.class::isInstance);
        assertThat(service.session().stats().sent().droppedTotal()).isZero();
        service.assertAccounts();
        rig.assertNoZombies(second.port(), 1);
        service.session().close();
        rig.assertNoZombies(second.port(), 0);
      }
    }
  }

  private static List<ConnectionState> states(ServiceSide service) {
    return service.events().stream()
        .filter(SessionEvent.StateChanged.class::isInstance)
        .map(event -> ((SessionEvent.StateChanged) event).to())
        .toList();
  }
}
