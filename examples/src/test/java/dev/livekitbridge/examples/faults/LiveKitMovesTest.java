package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionStats;
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
 * In a room of a real LiveKit server: rolling restarts of two bridges, and a kill of one with a
 * standby, under data packets from the room and audio to it.
 */
class LiveKitMovesTest {
  private static final String ROOM = "standup";
  private static final Duration LONG = Duration.ofSeconds(60);

  // A join of a real room may take a cold bridge on a busy machine long: the old one waits for it.
  private static final String[] DRAIN = {"--drain", "30000"};

  private long said;

  @Test
  void aRollingRestartAndAKillWithAStandbyLoseNoDataPacket() throws Exception {
    Path program = RealLiveKit.program();
    try (Rig rig = Rig.open(LiveKitMovesTest.class);
        LiveKitServerProcess server = LiveKitServerProcess.start(rig.processes, program);
        LiveKitRooms people = LiveKitRooms.create()) {
      LiveKitParticipant alice = enter(people, server.access(), "alice");
      BridgeProcess one = rig.startBridge("bridge-1", 0, DRAIN);
      BridgeProcess two = rig.startBridge("bridge-2", 0, DRAIN);
      try (BridgeClient client =
          BridgeClient.builder(one.target(), two.target()).heartbeat(Rig.PATIENT).build()) {
        ServiceSide service = open(rig, client, server.access(), true);
        var talking = rig.timer.scheduleAtFixedRate(() -> say(alice), 0, 20, TimeUnit.MILLISECONDS);
        service.talk();
        awaitStandby(service);
        service.awaitAudio(LONG);

        BridgeProcess active = isAt(service, one) ? one : two;
        BridgeProcess other = active.equals(one) ? two : one;
        BridgeProcess again = restart(rig, service, active, other);
        awaitStandby(service);
        service.awaitAudio(LONG);

        other.process().kill();
        service.awaitAudio(LONG);
        assertThat(isAt(service, again)).isTrue();

        talking.cancel(false);
        service.fallSilent();
        assertNothingLost(service);
        service.session().close();
        // The killed bridge's own participant stays until LiveKit gives it up.
        rig.assertNoZombies(again.port(), 0);
      }
      alice.leave(CloseReason.LEFT).get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRollingRestartWithoutAStandbyLosesNothingAndSaysNothingTwice() throws Exception {
    Path program = RealLiveKit.program();
    try (Rig rig = Rig.open(LiveKitMovesTest.class);
        LiveKitServerProcess server = LiveKitServerProcess.start(rig.processes, program);
        LiveKitRooms people = LiveKitRooms.create()) {
      LiveKitParticipant alice = enter(people, server.access(), "alice");
      BridgeProcess one = rig.startBridge("rolling-1", 0, DRAIN);
      BridgeProcess two = rig.startBridge("rolling-2", 0, DRAIN);
      try (BridgeClient client =
          BridgeClient.builder(one.target(), two.target()).heartbeat(Rig.PATIENT).build()) {
        ServiceSide service = open(rig, client, server.access(), false);
        var talking = rig.timer.scheduleAtFixedRate(() -> say(alice), 0, 20, TimeUnit.MILLISECONDS);
        service.talk();
        service.awaitAudio(LONG);

        BridgeProcess active = isAt(service, one) ? one : two;
        BridgeProcess other = active.equals(one) ? two : one;
        BridgeProcess again = restart(rig, service, active, other);
        // The client asks a bridge that closes once a second whether it is new.
        long before = service.heard(FrameTally::frames);
        await().atMost(LONG).until(() -> service.heard(FrameTally::frames) > before + 4 * 50);
        BridgeProcess last = restart(rig, service, other, again);

        service.awaitAudio(LONG);
        talking.cancel(false);
        service.fallSilent();
        assertNothingLost(service);
        SessionStats stats = service.session().stats();
        assertThat(stats.handOvers()).isEqualTo(2);
        assertThat(stats.sent().delivered()).isEqualTo(service.said());
        assertThat(stats.sent().replayed()).as("nothing is said twice").isZero();
        assertThat(Rig.health(again.port()).getActiveSessions()).isOne();
        service.session().close();
        rig.assertNoZombies(again.port(), 0);
        rig.assertNoZombies(last.port(), 0);
      }
      alice.leave(CloseReason.LEFT).get(5, TimeUnit.SECONDS);
    }
  }

  private static ServiceSide open(
      Rig rig, BridgeClient client, LiveKitAccess access, boolean standby) {
    ServiceSide service =
        new ServiceSide(
            rig,
            client,
            access.url(),
            r -> r.standby(standby).tokens(join -> access.joinToken(ROOM, join.identity())));
    service.awaitState(ConnectionState.CONNECTED, LONG);
    return service;
  }

  private static boolean isAt(ServiceSide service, BridgeProcess bridge) {
    return service.session().stats().bridge().equals(bridge.target());
  }

  /** Ends the bridge of the session, which goes on at the other one, and starts it again. */
  private static BridgeProcess restart(
      Rig rig, ServiceSide service, BridgeProcess active, BridgeProcess other) {
    active.process().terminate();
    assertThat(active.process().awaitExit(LONG)).isIn(0, 143);
    service.awaitAudio(LONG);
    assertThat(isAt(service, other)).as("%s", service.events()).isTrue();
    return rig.startBridge("again-" + active.process().name(), active.port(), DRAIN);
  }

  /** All that alice said came, once and in order; all that the service said was dealt with. */
  private void assertNothingLost(ServiceSide service) {
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
    assertThat(service.session().stats().reconnects()).as("%s", service.events()).isZero();
    service.assertAccounts();
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
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(service.session().stats().standby())
                    .as("%s", service.events())
                    .isNotEmpty());
  }
}
