package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.examples.faults.ExistingClient.RawStream;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SIGTERM: clients are told, rooms are left, the process ends in time. */
class DrainTest {
  @Test
  void sessionsGoElsewhereAndTheProcessEnds() {
    try (Rig rig = Rig.open(DrainTest.class)) {
      BridgeProcess one = rig.startBridge("bridge-1", 0);
      BridgeProcess two = rig.startBridge("bridge-2", 0);
      RoomSide room = rig.roomSide("standup");
      try (BridgeClient client = BridgeClient.builder(one.target(), two.target()).build();
          ExistingClient existing = new ExistingClient(one.port())) {
        ServiceSide service = new ServiceSide(rig, client, room.url());
        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        room.talk();
        service.talk();
        service.awaitAudio(Rig.SOON);
        String at = service.session().stats().bridge();
        boolean first = at.equals(one.target());
        BridgeProcess draining = first ? one : two;
        BridgeProcess other = first ? two : one;
        existing.join("existing", room.url());
        RawStream stream = existing.stream("existing");

        draining.process().terminate();
        assertThat(draining.process().awaitExit(Duration.ofSeconds(10))).isIn(0, 143);

        service.awaitAudio(Rig.SOON);
        assertThat(service.events()).anyMatch(SessionEvent.Draining.class::isInstance);
        assertThat(service.session().stats().bridge()).isEqualTo(other.target());
        room.fallSilent();
        service.fallSilent();
        service.assertAccounts();
        if (first) {
          assertThat(stream.awaitEnd(5).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        } else {
          existing.channel.shutdownNow();
        }
        rig.assertNoZombies(other.port(), 1);
        service.session().close();
        await().untilAsserted(() -> assertThat(rig.bridgeParticipants()).isZero());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
