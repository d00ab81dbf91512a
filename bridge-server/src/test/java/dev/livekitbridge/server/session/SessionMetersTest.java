package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What an operator sees of the life of sessions. */
class SessionMetersTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SessionKit kit = new SessionKit(meters);

  @Test
  void sessionsAreCountedByState() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    assertThat(value("sessions", "state", "ready")).isEqualTo(1);
    FakeStream stream = kit.attach("u", joined);
    assertThat(value("sessions", "state", "ready")).isZero();
    assertThat(value("sessions", "state", "streaming")).isEqualTo(1);
    stream.edge().onBroken("cut");
    assertThat(value("sessions", "state", "detached")).isEqualTo(1);
    kit.advance(Duration.ofSeconds(10));
    for (String state : new String[] {"joining", "ready", "streaming", "detached"}) {
      assertThat(value("sessions", "state", state)).as(state).isZero();
    }
    kit.assertNothingLeftBehind();
  }

  @Test
  void aBreakIsCountedWithItsTimeUntilTheNextStream() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined).edge().onBroken("cut");
    kit.advance(Duration.ofMillis(700));
    kit.attach("u", joined);
    assertThat(value("streams.broken", "reason", "stream_broken")).isEqualTo(1);
    assertThat(value("streams.attached", "kind", "first")).isEqualTo(1);
    assertThat(value("streams.attached", "kind", "resumed")).isEqualTo(1);
    assertThat(meters.get("livekit.bridge.detached.time").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(700);
    assertThat(kit.metrics.faults().latest())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.reason()).isEqualTo(CloseReason.STREAM_BROKEN);
              assertThat(fault.session()).isEqualTo("s1");
            });
  }

  @Test
  void aBreakThatIsTakenOverLastsUntilTheStreamNotTheTakeover() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined).edge().onBroken("cut");
    kit.advance(Duration.ofMillis(400));
    JoinRoomResponse again = kit.join(SessionKit.resumable("u").setInstance("other"));
    kit.advance(Duration.ofMillis(100));
    kit.attach("u", again);
    assertThat(value("joins", "result", "resumed")).isEqualTo(1);
    assertThat(meters.get("livekit.bridge.detached.time").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(500);
  }

  @Test
  void aRoomThatIsAwayAndBackIsCountedWithItsTime() {
    kit.join(SessionKit.request("u"));
    kit.rooms.last().listener.onInterrupted(CloseReason.ROOM_LOST, "gone");
    assertThat(value("rooms.away")).isEqualTo(1);
    kit.advance(Duration.ofSeconds(2));
    kit.rooms.last().listener.onRestored();
    assertThat(value("rooms.away")).isZero();
    assertThat(value("rooms.lost", "reason", "room_lost")).isEqualTo(1);
    assertThat(meters.get("livekit.bridge.room.away.time").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(2);
    kit.rooms.last().listener.onInterrupted(CloseReason.ROOM_LOST, "gone again");
    kit.rooms.last().listener.onDisconnected(CloseReason.ROOM_LOST, "for good");
    assertThat(value("rooms.away")).as("of a session that is over").isZero();
  }

  @Test
  void roomsAndTheirPeopleAreCountedOnce() {
    kit.join(SessionKit.request("u"));
    kit.join(SessionKit.request("v"));
    kit.join(SessionKit.request("w").setRoomName("another"));
    kit.rooms.seats.forEach(seat -> seat.listener.onParticipants(3));
    assertThat(value("rooms")).isEqualTo(2);
    assertThat(value("participants", "who", "bridge")).isEqualTo(3);
    assertThat(value("participants", "who", "other"))
        .as("1 in the first, 2 in the other")
        .isEqualTo(3);
  }

  @Test
  void aParticipantThatDoesNotLeaveIsAZombie() {
    kit.rooms.leavesAtOnce = false;
    kit.join(SessionKit.request("u"));
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("u"));
    kit.advance(Duration.ofSeconds(14));
    assertThat(value("zombies", "kind", "participant")).isZero();
    assertThat(value("participants", "who", "bridge")).isEqualTo(1);
    kit.advance(Duration.ofSeconds(2));
    assertThat(value("zombies", "kind", "participant")).isEqualTo(1);
    kit.rooms.last().gone.completeExceptionally(new IllegalStateException("no answer"));
    kit.advance(Duration.ofSeconds(1));
    assertThat(value("zombies", "kind", "participant")).isZero();
    assertThat(value("leaves.failed")).isEqualTo(1);
  }

  @Test
  void aSessionBeyondItsTimeIsAZombieInWhateverStateItHangs() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    assertThat(overdueAfter(Duration.ofSeconds(29))).isFalse();
    assertThat(overdueAfter(Duration.ofSeconds(31))).as("inactive").isTrue();
    stream.edge().onBroken("cut");
    assertThat(overdueAfter(Duration.ofSeconds(9))).isFalse();
    assertThat(overdueAfter(Duration.ofSeconds(11))).as("its window over").isTrue();
    assertThat(value("zombies", "kind", "session")).isZero();
  }

  @Test
  void whatIsHeldIsToldUntilItIsDealtWith() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    kit.speak(1, 3);
    kit.advance(Duration.ofSeconds(1));
    assertThat(value("frames.buffered", "direction", "to_client")).isEqualTo(3);
    stream.say(SessionKit.heartbeat().addAcknowledged(TrackSequences.of(0, 3)));
    kit.advance(Duration.ofSeconds(1));
    assertThat(value("frames.buffered", "direction", "to_client")).isZero();
    assertThat(value("frames.delivered", "direction", "to_client")).isEqualTo(3);
    assertThat(value("frames.unaccounted", "direction", "to_client")).isZero();
  }

  @Test
  void aBridgeThatComesLaterTakesTheNamesOver() {
    kit.join(SessionKit.request("u"));
    SessionKit next = new SessionKit(meters);
    assertThat(value("sessions", "state", "ready")).isZero();
    next.join(SessionKit.request("v"));
    assertThat(value("sessions", "state", "ready")).isEqualTo(1);
  }

  @Test
  void manyOfOneFaultAreOneEntry() {
    for (int i = 0; i < 100; i++) {
      kit.join(SessionKit.request("u" + i));
      kit.plain("u" + i).edge().onBroken("cut");
    }
    assertThat(kit.metrics.faults().latest())
        .singleElement()
        .satisfies(fault -> assertThat(fault.count()).isEqualTo(100));
  }

  private boolean overdueAfter(Duration more) {
    BridgeSession session = kit.registry.all().get(0);
    return session.overdue(kit.clock.nanoTime() + more.toNanos());
  }

  private double value(String name, String... tags) {
    Meter meter = meters.get("livekit.bridge." + name).tags(tags).meter();
    return StreamSupport.stream(meter.measure().spliterator(), false)
        .filter(m -> m.getStatistic() == Statistic.VALUE || m.getStatistic() == Statistic.COUNT)
        .findFirst()
        .orElseThrow()
        .getValue();
  }
}
