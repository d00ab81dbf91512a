package dev.livekitbridge.server.room.livekit.ice;

import dev.livekitbridge.server.room.livekit.ice.Pair.State;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The pairs and the order in which to check them (RFC 8445 §6.1.2 and §6.1.4.2). */
final class CheckList {
  /** RFC 8445 §6.1.2.5. */
  static final int MAX_PAIRS = 100;

  private final List<Pair> pairs = new ArrayList<>();
  private final ArrayDeque<Pair> triggered = new ArrayDeque<>();

  /** Whether packets could go from one to the other at all (RFC 8445 §6.1.2.2). */
  static boolean canReach(Candidate local, Candidate remote) {
    return local.transport() == remote.transport()
        && isV6(local) == isV6(remote)
        && (!isV6(local)
            || local.address().getAddress().isLinkLocalAddress()
                == remote.address().getAddress().isLinkLocalAddress());
  }

  private static boolean isV6(Candidate candidate) {
    return candidate.address().getAddress() instanceof Inet6Address;
  }

  /**
   * Adds a pair.
   *
   * @return it; null if the two do not fit, are there already, or there are too many
   */
  @Nullable Pair add(Candidate local, Candidate remote) {
    if (!canReach(local, remote) || find(local, remote.address()) != null) {
      return null;
    }
    if (pairs.size() >= MAX_PAIRS && !pairs.removeIf(pair -> pair.state() == State.FAILED)) {
      return null;
    }
    Pair pair = new Pair(local, remote);
    pair.become(isHeldUp(pair) ? State.FROZEN : State.WAITING);
    pairs.add(pair);
    return pair;
  }

  @Nullable Pair find(Candidate local, InetSocketAddress remote) {
    for (Pair pair : pairs) {
      if (pair.connects(local, remote)) {
        return pair;
      }
    }
    return null;
  }

  List<Pair> pairs() {
    return pairs;
  }

  /** Has the pair checked before all others (RFC 8445 §7.3.1.4). */
  void trigger(Pair pair) {
    pair.become(State.WAITING);
    if (!triggered.contains(pair)) {
      triggered.add(pair);
    }
  }

  /** Whether {@link #next} would give one. */
  boolean hasNext() {
    for (Pair pair : pairs) {
      if (pair.state() == State.WAITING || (pair.state() == State.FROZEN && !isHeldUp(pair))) {
        return true;
      }
    }
    return false;
  }

  /** The pair to check now: triggered ones first, then the best that waits, then thawed ones. */
  @Nullable Pair next(boolean controlling) {
    for (Pair pair = triggered.poll(); pair != null; pair = triggered.poll()) {
      if (pair.state() == State.WAITING) {
        return pair;
      }
    }
    Pair waiting = best(controlling, pair -> pair.state() == State.WAITING);
    return waiting != null
        ? waiting
        : best(controlling, pair -> pair.state() == State.FROZEN && !isHeldUp(pair));
  }

  /** The pair works, so its like are likely to (RFC 8445 §7.2.5.3.3). */
  void succeeded(Pair pair) {
    pair.become(State.SUCCEEDED);
    for (Pair other : pairs) {
      if (other.state() == State.FROZEN && other.hasFoundationOf(pair)) {
        other.become(State.WAITING);
      }
    }
  }

  /** Another pair of the same foundation is being tried first. */
  private boolean isHeldUp(Pair pair) {
    for (Pair other : pairs) {
      if (other != pair
          && (other.state() == State.WAITING || other.state() == State.IN_PROGRESS)
          && other.hasFoundationOf(pair)) {
        return true;
      }
    }
    return false;
  }

  @Nullable Pair best(boolean controlling, Predicate<Pair> which) {
    return pairs.stream()
        .filter(which)
        .max(Comparator.comparingLong(pair -> pair.priority(controlling) ^ Long.MIN_VALUE))
        .orElse(null);
  }

  /** A pair works: what was not tried yet is not tried any more (RFC 8445 §8.1.2). */
  void conclude() {
    triggered.clear();
    pairs.removeIf(pair -> pair.state() == State.FROZEN || pair.state() == State.WAITING);
  }

  int active() {
    int active = 0;
    for (Pair pair : pairs) {
      if (pair.state() == State.WAITING || pair.state() == State.IN_PROGRESS) {
        active++;
      }
    }
    return active;
  }

  /** Whether there is nothing left to hope for. */
  boolean allFailed() {
    return !pairs.isEmpty() && pairs.stream().allMatch(pair -> pair.state() == State.FAILED);
  }
}
