package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Holds the books of every living end against each other and against what really happened. */
final class Audit {
  // As the options have it by default.
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final long RETENTION_NANOS = 8_000_000_000L;
  private static final int MOST_HELD = 1_500;
  private static final int MOST_WAITING = 1_501 + 64;

  private final World world;

  Audit(World world) {
    this.world = world;
  }

  /** The law, and all that holds at every moment. */
  void step() {
    for (ServiceMachine service : world.services) {
      if (service.isRunning() && !service.isFrozen()) {
        service.lives().forEach(this::life);
      }
    }
    for (BridgeMachine bridge : world.bridges) {
      for (SessionSnapshot session : bridge.sessions()) {
        session(bridge, session);
      }
    }
  }

  /** A bridge gave up its seat: only for a reason that was there. */
  void left(Seat seat) {
    CloseReason reason = seat.left;
    long silentNanos = world.time.nanoTime() - seat.lastTrafficNanos;
    if (reason == CloseReason.STREAM_BROKEN && silentNanos < WINDOW_NANOS) {
      world.verdict.broken(
          seat.user.id
              + "'s session ended within its window, "
              + silentNanos / 1_000_000
              + " ms after the client's last word");
    }
    if (reason == CloseReason.REPLACED || reason == CloseReason.SUPERSEDED) {
      world.verdict.broken(
          seat.user.id
              + "'s living session was thrown away ("
              + reason
              + ") by one with the same key");
    }
  }

  /**
   * What holds once the faults have stopped, all are connected, and time for the old has passed.
   */
  void quiet() {
    step();
    List<String> there = new ArrayList<>();
    int participants = 0;
    for (BridgeMachine bridge : world.bridges) {
      for (SessionSnapshot session : bridge.sessions()) {
        there.add(session.userId() + "@" + bridge.address() + ":" + session.state());
      }
      participants += bridge.participants();
    }
    int users = world.users().size() * (world.plan.standby() ? 2 : 1);
    int seated = participants;
    check(
        there.size() == users, () -> "zombies: " + users + " sessions expected, sessions " + there);
    check(
        seated == users,
        () ->
            "zombies: "
                + users
                + " sessions expected, "
                + seated
                + " participants of bridges in rooms");
    for (User user : world.users()) {
      Life life = user.owner();
      check(user.owners() == 1, () -> user.owners() + " processes hold a session of " + user.id);
      check(life.isConnected(), () -> user.id + " is not connected but " + life.session().state());
      check(
          world.plan.bridges() == 1
              || user.wasConsumed(user.said)
              || life.lostUnknown
              || life.dropped > 0,
          () -> user.id + " heard up to " + life.lastConsumed + " of " + user.said);
      complete(user);
    }
  }

  /** What holds when everybody has left. */
  void empty() {
    for (BridgeMachine bridge : world.bridges) {
      check(bridge.sessions().isEmpty(), () -> "sessions after the end: " + bridge.sessions());
      check(
          bridge.participants() == 0, () -> "participants after the end: " + bridge.participants());
    }
    for (User user : world.users()) {
      complete(user);
    }
  }

  private void life(Life life) {
    life.settle();
    SessionStats stats = life.stats();
    law("sent", life.user.id, stats.sent());
    law("received", life.user.id, stats.received());
    life.droppedByBooks = stats.received().droppedTotal();
    check(
        stats.sent().accepted() == life.sends,
        () -> life.user.id + " sent " + life.sends + " frames, the books say " + stats.sent());
    check(
        stats.received().delivered() == life.consumed,
        () ->
            life.user.id
                + " consumed "
                + life.consumed
                + " frames, the books say "
                + stats.received());
    check(
        life.dropped <= stats.received().droppedTotal(),
        () ->
            life.user.id
                + " did not consume "
                + life.dropped
                + " frames that came and were passed over, the books say "
                + stats.received());
    check(
        stats.sent().buffered() <= MOST_HELD,
        () -> life.user.id + " holds too much: " + stats.sent());
    check(
        stats.received().buffered() <= MOST_WAITING,
        () -> life.user.id + " holds too much: " + stats.received());
    long lost = stats.sent().droppedTotal() - life.refused;
    // What was given up in doubt during an outage is counted when the next bridge has spoken.
    long idleNow = world.time.nanoTime() - life.lastAckNanos;
    long idle = Math.max(idleNow, life.idleBeforeNanos);
    life.idleBeforeNanos = idleNow;
    if (lost > life.allowedToLose && !life.isOver()) {
      check(
          idle >= RETENTION_NANOS,
          () ->
              life.user.id
                  + " lost frames within the retention: "
                  + stats.sent()
                  + ", last acknowledged "
                  + idle / 1_000_000
                  + " ms ago");
      life.allowedToLose = lost;
    }
    check(
        world.isEnding() || life.closing || !life.isOver() || life.user.owners() > 0,
        () -> life.user.id + " is closed for ever: " + life.closed);
  }

  private void session(BridgeMachine bridge, SessionSnapshot session) {
    law("to client", session.userId(), session.toClient());
    law("to room", session.userId(), session.toRoom());
    User user = world.user(session.userId());
    Object process = bridge.process();
    Seat seat = process == null ? null : user.seat(process);
    if (seat == null) {
      return;
    }
    seat.toClientCounts = session.toClient();
    seat.toRoomCounts = session.toRoom();
    check(
        session.toClient().accepted() == seat.fromRoom,
        () ->
            user.id
                + ": the room gave "
                + seat.fromRoom
                + " frames, the bridge's books say "
                + session.toClient());
    check(
        session.toRoom().delivered() == seat.toRoom,
        () ->
            user.id
                + ": the room got "
                + seat.toRoom
                + " frames, the bridge's books say "
                + session.toRoom());
    check(
        seat.skipped <= session.toRoom().droppedTotal(),
        () ->
            user.id
                + ": the bridge passed over "
                + seat.skipped
                + " frames, its books say "
                + session.toRoom());
    check(
        session.toClient().buffered() <= MOST_HELD, () -> "the bridge holds " + session.toClient());
  }

  /** Nothing is lost but what has a count or was reported. */
  private void complete(User user) {
    for (Life life : user.lives) {
      if (life.process.isAlive()) {
        heard(user, life);
      }
    }
    long consumerDrops = 0;
    for (Life each : user.lives) {
      consumerDrops += each.process.isAlive() ? each.stats().received().droppedTotal() : 0;
      boolean reported =
          each.lostUnknown || each.holes - each.untold() <= each.lostFrames + each.dropped;
      check(
          reported,
          () ->
              user.id
                  + " #"
                  + each.number
                  + " missed "
                  + each.holes
                  + " frames of the room and was "
                  + "told of "
                  + each.lostFrames);
    }
    for (Seat seat : user.seats) {
      lost(user, seat, consumerDrops);
    }
  }

  private void heard(User user, Life life) {
    SessionStats stats = life.stats();
    long dropped = stats.sent().droppedTotal() - life.refused;
    for (Seat seat : user.seats) {
      dropped += Math.max(seat.toRoomCounts.droppedTotal(), seat.passedOverAtItsEnd());
    }
    long counted = dropped;
    check(
        life.late <= stats.sent().replayed() + stats.sent().droppedTotal(),
        () ->
            life.late
                + " frames of "
                + user.id
                + " were said late, and fewer were sent again: "
                + stats.sent());
    int unheard = life.unheard();
    check(
        unheard <= counted + stats.sent().buffered(),
        () ->
            unheard
                + " frames of "
                + user.id
                + " never came to the room, and "
                + counted
                + " were counted as dropped: "
                + stats.sent());
  }

  private void lost(User user, Seat seat, long consumerDrops) {
    long lost = 0;
    long from = seat.isTaken() ? 0 : seat.ackedByClient;
    for (int i = 1; i <= seat.fromRoom; i++) {
      int number = seat.number(i);
      boolean mayBe = (!seat.isTaken() && i > from) || !owed(user, seat, i, number);
      lost += mayBe || user.wasConsumed(number) ? 0 : 1;
    }
    long missing = lost;
    long held = seat.isTaken() ? seat.toClientCounts.buffered() : 0;
    long deadConsumers = user.deadDrops();
    long allowed = seat.toClientCounts.droppedTotal() + consumerDrops + deadConsumers + held;
    check(
        missing <= allowed,
        () ->
            missing
                + " frames of the room never came to "
                + user.id
                + ", and "
                + allowed
                + " were counted as dropped");
  }

  /** Whether a frame that was acknowledged must have been consumed, and is no hole of a life. */
  private boolean owed(User user, Seat seat, int sequence, int number) {
    if (world.plan.bridges() == 1) {
      return true;
    }
    // A second place acknowledges what it takes to have come by way of the first; a process that
    // takes over knows of no second place.
    for (Life life : user.lives) {
      if (life.firstSeat == seat && sequence > life.ackedAtFirst && number < life.firstConsumed) {
        return true;
      }
    }
    return false;
  }

  private static void law(String what, String whose, FrameCounts counts) {
    check(
        counts.balanced(),
        () -> "the law of frames does not hold, " + whose + " " + what + ": " + counts);
  }

  private static void check(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new Broken(otherwise.get());
    }
  }
}
