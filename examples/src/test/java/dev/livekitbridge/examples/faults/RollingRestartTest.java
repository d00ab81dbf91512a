package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.RoomHostTokens;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two bridges are restarted one after the other (SIGTERM) while audio flows both ways. */
class RollingRestartTest {
  @Test
  void noFrameIsLostOrComesTwiceInEitherDirection() {
    try (Rig rig = Rig.open(RollingRestartTest.class)) {
      BridgeProcess one = rig.startBridge("bridge-1", 0);
      BridgeProcess two = rig.startBridge("bridge-2", 0);
      RoomSide room = rig.roomSide("standup");
      try (BridgeClient client =
          BridgeClient.builder(one.target(), two.target()).heartbeat(Rig.PATIENT).build()) {
        ServiceSide service =
            new ServiceSide(
                rig,
                client,
                room.url(),
                r -> r.tokens(join -> RoomHostTokens.token(join.identity())));
        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        room.talk();
        service.talk();
        service.awaitAudio(Rig.SOON);

        BridgeProcess active = at(service, one, two);
        BridgeProcess other = active.equals(one) ? two : one;
        BridgeProcess again = restart(rig, service, active, other);
        // The client asks a bridge that closes once a second whether it is new.
        long before = service.heard(FrameTally::frames);
        await().atMost(Rig.SOON).until(() -> service.heard(FrameTally::frames) > before + 4 * 50);
        BridgeProcess last = restart(rig, service, other, again);

        service.awaitAudio(Rig.SOON);
        room.fallSilent();
        service.fallSilent();
        service.assertNothingLost(room);
        service.assertAccounts();
        assertThat(service.session().stats().reconnects()).as("%s", service.events()).isZero();
        assertThat(service.session().stats().handOvers()).isEqualTo(2);
        assertThat(
                service.events().stream()
                    .filter(SessionEvent.HandedOver.class::isInstance)
                    .map(event -> ((SessionEvent.HandedOver) event).join()))
            .containsExactly(SessionEvent.Join.MATCHED, SessionEvent.Join.MATCHED);
        rig.assertNoZombies(again.port(), 1);
        service.session().close();
        rig.assertNoZombies(again.port(), 0);
        rig.assertNoZombies(last.port(), 0);
      }
    }
  }

  private static BridgeProcess at(ServiceSide service, BridgeProcess one, BridgeProcess two) {
    return service.session().stats().bridge().equals(one.target()) ? one : two;
  }

  /** Ends the bridge of the session and starts it again on its port. */
  private static BridgeProcess restart(
      Rig rig, ServiceSide service, BridgeProcess active, BridgeProcess other) {
    assertThat(service.session().stats().bridge()).isEqualTo(active.target());
    active.process().terminate();
    assertThat(active.process().awaitExit(Duration.ofSeconds(10))).isIn(List.of(0, 143));
    service.awaitAudio(Rig.SOON);
    assertThat(service.session().stats().bridge()).isEqualTo(other.target());
    return rig.startBridge("bridge-again-" + active.port(), active.port());
  }
}
