package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.examples.simulate.net.CallTag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Holds the books of every living end against each other and against what really happened. */
final class Audit {
  // As the options have it by default.
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final long RETENTION_NANOS = 15_000_000_000L;
  private static final int MOST_HELD = 1_500;
  private static final long ACK_NANOS = 100_000_000L;
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
    if (seat.strangers) {
      return;
    }
    long silentNanos = world.time.nanoTime() - seat.lastTrafficNanos;
    if (reason == CloseReason.STREAM_BROKEN && silentNanos < WINDOW_NANOS) {
      world.verdict.broken(
          seat.user.id
              + "'s session ended within its window, "
              + silentNanos / 1_000_000
              + " ms after the client's last word");
    }
    boolean replaced = reason == CloseReason.REPLACED || reason == CloseReason.SUPERSEDED;
    if (replaced && !seat.user.wasVisitedAt(seat.process)) {
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
    world.bridges.forEach(this::books);
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
          user.wasConsumed(user.said),
          () -> user.id + " heard up to " + life.lastConsumed + " of " + user.said);
      check(
          life != user.life() || life.wasHeard(life.lastSaid(Tracks.SPOKEN)),
          () -> "the room did not hear the last that was said of " + life.stats().sent());
      complete(user);
    }
  }

  /** What holds when everybody has left. */
  void empty() {
    for (BridgeMachine bridge : world.bridges) {
      check(bridge.sessions().isEmpty(), () -> "sessions after the end: " + bridge.sessions());
      check(
          bridge.participants() == 0, () -> "participants after the end: " + bridge.participants());
      books(bridge);
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
    if (!life.isOver()) {
      retained(life, stats.sent());
    }
    long owing = life.owingSinceNanos();
    check(
        owing < 0
            || world.plan.bridges() > 1
            || life.closing
            || !life.isConnected()
            || now() - Math.max(owing, life.process.thawedNanos()) <= ACK_NANOS,
        () -> life.user.id + " acknowledges late: " + (now() - owing) / 1_000_000 + " ms");
    check(
        world.isEnding()
            || life.closing
            || !life.isOver()
            || life.user.owners() > 0
            || life.user.wasVisited(),
        () -> life.user.id + " is closed for ever: " + life.closed);
  }

  /** The oldest frames go, and only when they are old, or there are too many. */
  private void retained(Life life, FrameCounts sent) {
    long lost = sent.droppedTotal() - life.refused;
    if (lost > life.lost) {
      // Counted off from what had been acknowledged; those that were then lost are younger.
      long last = life.ackedBefore + lost - life.lostAtAck;
      long age = life.ageNanos((int) Math.min(last, life.lastSaid(Tracks.SPOKEN)));
      long live = world.plan.liveMaxDelayNanos();
      long least = live > 0 ? Math.min(live, RETENTION_NANOS) : RETENTION_NANOS;
      boolean full = life.heldBefore + life.sends - life.sendsBefore >= world.plan.mostKept();
      check(
          full || age >= least,
          () ->
              life.user.id
                  + " lost frame "
                  + last
                  + " within the retention, "
                  + age / 1_000_000
                  + " ms after it was said: "
                  + sent);
      life.lost = lost;
    }
    life.heldBefore = sent.buffered();
    life.sendsBefore = life.sends;
    if (life.ackedBefore != life.acknowledged(Tracks.SPOKEN)) {
      life.ackedBefore = life.acknowledged(Tracks.SPOKEN);
      life.lostAtAck = lost;
    }
  }

  /** What a bridge says of all sessions that it ever had, those that are over too. */
  private void books(BridgeMachine bridge) {
    FrameCounts toClients = bridge.framesToClients();
    FrameCounts toRooms = bridge.framesToRooms();
    if (toClients == null || toRooms == null) {
      return;
    }
    law("to clients, in all", bridge.address(), toClients);
    law("to rooms, in all", bridge.address(), toRooms);
    long fromRoom = 0;
    long toRoom = 0;
    long skipped = 0;
    long gaveUp = 0;
    for (User user : world.users()) {
      for (Seat seat : user.seats) {
        boolean here = seat.process == bridge.process();
        fromRoom += here ? seat.fromRoom : 0;
        toRoom += here ? seat.toRoom : 0;
        skipped += here ? seat.skipped : 0;
        gaveUp += here ? seat.gaveUp : 0;
      }
    }
    String seen =
        "from the room "
            + fromRoom
            + " (gave up "
            + gaveUp
            + "), to the room "
            + toRoom
            + " (skipped "
            + skipped
            + ")";
    check(
        toClients.accepted() == fromRoom
            && toClients.droppedTotal() >= gaveUp
            && toRooms.delivered() == toRoom
            && toRooms.droppedTotal() >= skipped,
        () ->
            bridge.address()
                + " had frames "
                + seen
                + ", and its books say: "
                + toClients
                + ", "
                + toRooms);
  }

  private long now() {
    return world.time.nanoTime();
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
    CallTag stream = seat.stream;
    if (session.state() == SessionState.STREAMING && stream != null && stream.isServerReady()) {
      long since = seat.owingSinceNanos();
      long free = Math.max(seat.attachedNanos, seat.process.thawedNanos());
      check(
          since < 0 || now() - Math.max(since, free) <= ACK_NANOS,
          () ->
              bridge.address()
                  + " acknowledges what the room heard of "
                  + user.id
                  + " late: "
                  + (now() - since) / 1_000_000
                  + " ms");
    }
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
      if (!seat.strangers) {
        lost(user, seat, consumerDrops);
      }
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
    // What it said of frames since the last audit stands for books that are not seen any more.
    long given = Math.max(seat.toClientCounts.droppedTotal(), seat.gaveUp);
    long allowed = given + consumerDrops + deadConsumers + held;
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
