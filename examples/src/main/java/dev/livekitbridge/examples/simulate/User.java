package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.server.room.memory.MemoryParticipant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A user with a room of their own: who speaks there, and all that anyone said or heard. */
final class User {
  final String id;
  final String room;
  final MemoryParticipant alice;
  final List<Life> lives = new ArrayList<>();
  final List<Seat> seats = new ArrayList<>();
  final Verdict verdict;
  private final long longestWaitNanos;
  private final BitSet consumed = new BitSet();
  int said;
  @Nullable Seat publishing;
  // Bridge processes at which a stranger took the user's place.
  private final Set<Object> visited = new HashSet<>();

  /** {@code longestWaitNanos}: how long a bridge may hold a frame back from the room. */
  User(String id, String room, MemoryParticipant alice, Verdict verdict, long longestWaitNanos) {
    this.longestWaitNanos = longestWaitNanos;
    this.verdict = verdict;
    this.id = id;
    this.room = room;
    this.alice = alice;
  }

  /** The life of the newest process. */
  Life life() {
    return lives.get(lives.size() - 1);
  }

  /**
   * The life that has the user now. Where an old process woke up that nobody had fenced off (it
   * never had the session, or the bridge that knew it is gone) that may be the older one.
   */
  Life owner() {
    Life owner = life();
    for (Life each : lives) {
      if (each.process.isAlive() && !each.isOver()) {
        owner = each;
      }
    }
    return owner;
  }

  /** Sessions that are not over, in processes that are not dead: one, in the end. */
  int owners() {
    int owners = 0;
    for (Life each : lives) {
      owners += each.process.isAlive() && !each.isOver() ? 1 : 0;
    }
    return owners;
  }

  /** The life of a number. */
  @Nullable Life life(int number) {
    return number < 1 || number > lives.size() ? null : lives.get(number - 1);
  }

  /** Where a bridge process sits for this user, if it does. */
  @Nullable Seat seat(Object process) {
    for (int i = seats.size() - 1; i >= 0; i--) {
      Seat seat = seats.get(i);
      if (seat.process == process && seat.left == null) {
        return seat;
      }
    }
    return null;
  }

  /** Frames that consumers of processes passed over that are dead, as far as is known. */
  long deadDrops() {
    long sum = 0;
    for (Life life : lives) {
      sum += life.process.isAlive() ? 0 : Math.max(life.dropped, life.droppedByBooks);
    }
    return sum;
  }

  /** A stranger's join came to a bridge process. */
  void visitedAt(Object bridge) {
    visited.add(bridge);
  }

  /** Whether a stranger may have taken the user's place at a bridge process. */
  boolean wasVisitedAt(Object bridge) {
    return visited.contains(bridge);
  }

  /** Whether a stranger may have taken the user's place anywhere. */
  boolean wasVisited() {
    return !visited.isEmpty();
  }

  void consumed(int number) {
    consumed.set(number);
  }

  boolean wasConsumed(int number) {
    return consumed.get(number);
  }

  /** The room hears a frame of a service: from one bridge at a time, and none that was before. */
  void hear(int track, int life, int number, long sequence, long now) {
    Seat from = publishing;
    if (from == null) {
      return;
    }
    if (life == 0) {
      // Silence, which makes a track heard before anyone speaks on it.
      from.saySilence(track, sequence);
      return;
    }
    Life of = life(life);
    if (of == null) {
      verdict.broken(id + " hears a frame that nobody said: life " + life);
      return;
    }
    from.say(track, sequence, of, number, now);
    if (from.waitedNanos > longestWaitNanos) {
      verdict.broken(
          id + " is late: frame " + number + " waited " + from.waitedNanos / 1_000_000 + " ms");
    }
    of.heard(from, track, number);
  }
}
