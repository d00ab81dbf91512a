package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.livekit.LiveKitServerProcess;
import dev.livekitbridge.examples.livekit.RealLiveKit;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.LiveKitParticipant;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * In a room of a real LiveKit server: a rolling restart of two bridges, and a kill of one with a
 * standby, under data packets from the room and audio to it.
 */
class LiveKitMovesTest {
  private static final String ROOM = "standup";

  private long said;

  @Test
  void aRollingRestartAndAKillWithAStandbyLoseNoDataPacket() throws Exception {
    Path program = RealLiveKit.program();
    try (Rig rig = Rig.open(LiveKitMovesTest.class);
        LiveKitServerProcess server = LiveKitServerProcess.start(rig.processes, program);
        LiveKitRooms people = LiveKitRooms.create()) {
      LiveKitAccess access = server.access();
      LiveKitParticipant alice = enter(people, access, "alice");
      BridgeProcess one = rig.startBridge("bridge-1", 0);
      BridgeProcess two = rig.startBridge("bridge-2", 0);
      try (BridgeClient client =
          BridgeClient.builder(one.target(), two.target()).heartbeat(Rig.PATIENT).build()) {
        ServiceSide service =
            new ServiceSide(
                rig,
                client,
                access.url(),
                r -> r.standby(true).tokens(join -> access.joinToken(ROOM, join.identity())));
        service.awaitState(ConnectionState.CONNECTED, Duration.ofSeconds(60));
        var talking = rig.timer.scheduleAtFixedRate(() -> say(alice), 0, 20, TimeUnit.MILLISECONDS);
        service.talk();
        awaitStandby(service);
        service.awaitAudio(Duration.ofSeconds(60));

        boolean first = service.session().stats().bridge().equals(one.target());
        BridgeProcess active = first ? one : two;
        BridgeProcess other = first ? two : one;
        active.process().terminate();
        assertThat(active.process().awaitExit(Duration.ofSeconds(15))).isIn(0, 143);
        service.awaitAudio(Duration.ofSeconds(60));
        assertThat(service.session().stats().bridge()).isEqualTo(other.target());
        BridgeProcess again = rig.startBridge("bridge-again", active.port());
        awaitStandby(service);
        service.awaitAudio(Duration.ofSeconds(60));

        other.process().kill();
        service.awaitAudio(Duration.ofSeconds(60));
        assertThat(service.session().stats().bridge()).isEqualTo(again.target());
        assertThat(service.session().stats().reconnects()).as("%s", service.events()).isZero();

        talking.cancel(false);
        service.fallSilent();
        await()
            .atMost(Rig.SOON)
            .untilAsserted(
                () -> {
                  assertThat(service.heard(FrameTally::highest)).isEqualTo(said() - 1);
                  assertThat(service.session().stats().sent().buffered()).isZero();
                });
        service.heard(
            tally -> {
              assertThat(tally.missing()).as("lost: %s %s", tally, service.events()).isZero();
              assertThat(tally.duplicates()).isZero();
              assertThat(tally.disordered()).isZero();
              return tally;
            });
        assertThat(service.session().stats().sent().droppedTotal()).isZero();
        service.assertAccounts();
        service.session().close();
        // The killed bridge's own participant stays until LiveKit gives it up.
        rig.assertNoZombies(again.port(), 0);
      }
      alice.leave(CloseReason.LEFT).get(5, TimeUnit.SECONDS);
    }
  }

  private static LiveKitParticipant enter(LiveKitRooms rooms, LiveKitAccess access, String who)
      throws Exception {
    RoomJoin join =
        new RoomJoin(
            access.url(),
            ROOM,
            who,
            access.joinToken(ROOM, who),
            "",
            AudioInput.DATA_PACKETS,
            Set.of());
    RoomListener deaf =
        new RoomListener() {
          @Override
          public void onFrame(AudioFrame frame) {}

          @Override
          public void onParticipants(int count) {}

          @Override
          public void onDisconnected(CloseReason reason, String detail) {}
        };
    return rooms.participate(join, deaf).get(20, TimeUnit.SECONDS);
  }

  private synchronized void say(LiveKitParticipant alice) {
    if (alice.send(NumberedFrames.frame(RoomSide.STREAM, said, 320), true)) {
      said++;
    }
  }

  private synchronized long said() {
    return said;
  }

  private static void awaitStandby(ServiceSide service) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(service.session().stats().standby())
                    .as("%s", service.events())
                    .isNotEmpty());
  }
}
