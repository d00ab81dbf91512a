package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.harness.FaultProxy;
import dev.livekitbridge.examples.harness.FaultProxy.Direction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network between service and bridge parts for 5 s and heals, without a word to either. */
class PartitionTest {
  enum Cut {
    BOTH,
    TO_BRIDGE,
    FROM_BRIDGE;

    void make(FaultProxy proxy) {
      if (this != FROM_BRIDGE) {
        proxy.blackHole(Direction.TO_TARGET);
      }
      if (this != TO_BRIDGE) {
        proxy.blackHole(Direction.FROM_TARGET);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void noticedWhileAudioFlowsAndNothingIsLostWithinTheWindow(Cut cut) throws Exception {
    try (Rig rig = Rig.open(PartitionTest.class)) {
      BridgeProcess bridge = rig.startBridge("bridge-" + cut, 0);
      RoomSide room = rig.roomSide("standup");
      try (FaultProxy proxy = FaultProxy.to("127.0.0.1", bridge.port());
          BridgeClient client = BridgeClient.builder(proxy.address()).build()) {
        ServiceSide service = new ServiceSide(rig, client, room.url());
        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        room.talk();
        service.talk();
        service.awaitAudio(Rig.SOON);

        cut.make(proxy);
        await()
            .atMost(Duration.ofSeconds(5))
            .pollInterval(Duration.ofMillis(10))
            .untilAsserted(
                () ->
                    assertThat(service.session().state()).isNotEqualTo(ConnectionState.CONNECTED));
        TimeUnit.SECONDS.sleep(4);
        proxy.heal();

        service.awaitState(ConnectionState.CONNECTED, Rig.SOON);
        service.awaitAudio(Rig.SOON);
        room.fallSilent();
        service.fallSilent();
        service.assertNothingLost(room);
        service.assertAccounts();
        rig.assertNoZombies(bridge.port(), 1);
        service.session().close();
        rig.assertNoZombies(bridge.port(), 0);
      }
    }
  }
}
