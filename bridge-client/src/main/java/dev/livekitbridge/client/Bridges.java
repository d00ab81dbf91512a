package dev.livekitbridge.client;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of a client, and which of them a user's session goes to: the first of the user's own
 * order of preference that has room. So a process that starts again finds its sessions where they
 * were, a bridge that is lost moves only its own, and none gets far more than its share.
 */
final class Bridges {
  private static final HashFunction HASH = Hashing.murmur3_128();

  /** By so much a bridge may get more than its share, or be left with less. */
  private static final double SLACK = 1.05;

  /** Nobody is moved for the sake of less than this. */
  private static final double UNEVEN = 0.15;

  /** Below this nobody is sent to another bridge for the sake of the spread. */
  private static final int FEW = 16;

  private final Function<BridgeAddress, Bridge> maker;
  private final boolean byName;
  private volatile List<Bridge> known = List.of();

  /** Whoever is listed now. */
  Bridges(List<BridgeAddress> listed, boolean byName, Function<BridgeAddress, Bridge> maker) {
    this.maker = maker;
    this.byName = byName;
    list(listed);
  }

  /** All that a session may be at, also those that no name stands for any more. */
  List<Bridge> all() {
    return known;
  }

  /** Whether a session may ever have two to choose from. */
  boolean mayBeSeveral() {
    return byName || known.size() > 1;
  }

  /**
   * These are the bridges from now on. New ones are asked whether they are there before anyone is
   * sent to them, unless they are the first.
   *
   * @return whether anything changed
   */
  synchronized boolean list(List<BridgeAddress> listed) {
    Set<BridgeAddress> wanted = new HashSet<>(listed);
    List<Bridge> next = new ArrayList<>(known);
    boolean changed = false;
    for (Bridge bridge : next) {
      boolean now = wanted.remove(bridge.address());
      changed |= now != bridge.listed();
      bridge.listed(now);
    }
    boolean first = next.isEmpty();
    for (BridgeAddress address : listed) {
      if (wanted.remove(address)) {
        Bridge bridge = maker.apply(address);
        if (!first) {
          bridge.askFirst();
        }
        next.add(bridge);
        changed = true;
      }
    }
    known = List.copyOf(next);
    return changed;
  }

  /** Parts with those that no name stands for and no session is at. */
  synchronized void forgetUnused() {
    List<Bridge> unused = known.stream().filter(b -> !b.listed() && b.places() == 0).toList();
    if (!unused.isEmpty()) {
      List<Bridge> next = new ArrayList<>(known);
      next.removeAll(unused);
      known = List.copyOf(next);
      unused.forEach(Bridge::close);
    }
  }

  boolean anyUsable() {
    return known.stream().anyMatch(b -> b.usable() && b.listed());
  }

  /**
   * Whether a session may try now.
   *
   * @param before where it was, if anywhere: while that bridge is being asked whether it is there,
   *     its answer comes first
   */
  boolean usableAfter(@Nullable Bridge before) {
    boolean undecided = before != null && !before.usable() && !before.breakerOpen();
    return !undecided && anyUsable();
  }

  /** How often any of them was away and answered again. */
  int returns() {
    return known.stream().mapToInt(Bridge::returns).sum();
  }

  /** Whether a bridge other than this one would take a session. */
  boolean otherThan(@Nullable Bridge bridge) {
    return known.stream().anyMatch(b -> b != bridge && b.open());
  }

  /**
   * The bridge for a try: the one of before if it answers, else the user's first choice of those
   * that do and have room.
   *
   * @param before where the session was, if anywhere
   * @param elsewhere whether another one is wanted
   * @return null if no bridge is known yet
   */
  @Nullable Bridge choose(String user, @Nullable Bridge before, boolean elsewhere) {
    if (before != null && !elsewhere && before.usable()) {
      return before;
    }
    Bridge best = withRoom(user, b -> b.open() && !(elsewhere && b == before));
    if (best == null) {
      best = withRoom(user, b -> b.usable() && b.listed());
    }
    if (best == null) {
      best = before != null ? before : first(user, b -> true);
    }
    return best;
  }

  /** The user's next choice beside the bridge of now; null if no other one would take a session. */
  @Nullable Bridge second(String user, @Nullable Bridge now) {
    return withRoom(user, b -> b != now && b.open());
  }

  /** Whether some bridge has so many, or so few, that it is worth moving for. */
  boolean uneven() {
    List<Bridge> open = known.stream().filter(Bridge::open).toList();
    long places = open.stream().mapToLong(Bridge::places).sum();
    double share = (double) places / Math.max(1, open.size());
    return places >= FEW
        && open.stream().anyMatch(b -> Math.abs(b.places() - share) > UNEVEN * share);
  }

  /** Those that have too few. */
  Set<Bridge> wanting() {
    List<Bridge> open = known.stream().filter(Bridge::open).toList();
    long places = open.stream().mapToLong(Bridge::places).sum();
    long least = least(places, Math.max(1, open.size()));
    return open.stream().filter(b -> b.places() < least).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Where a session should be instead: at a bridge that has too few, if that is the user's own or
   * the session's has too many, and not so that the session's has too few then.
   *
   * @return null if it is well where it is
   */
  @Nullable Bridge better(String user, Bridge now) {
    if (!now.open()) {
      return null;
    }
    long places = 0;
    int count = 0;
    for (Bridge bridge : known) {
      if (bridge.open()) {
        places += bridge.places();
        count++;
      }
    }
    Bridge next = second(user, now);
    long least = least(places, count);
    if (next == null || places < FEW || next.places() >= least || now.staying() <= least) {
      return null;
    }
    boolean home = next == first(user, Bridge::open);
    return home || now.places() > most(places, count) ? next : null;
  }

  private @Nullable Bridge withRoom(String user, Predicate<Bridge> wanted) {
    long places = 1;
    int count = 0;
    for (Bridge bridge : known) {
      if (wanted.test(bridge)) {
        places += bridge.places();
        count++;
      }
    }
    long most = Math.max(FEW, most(places, Math.max(1, count)));
    return first(user, b -> wanted.test(b) && b.places() < most);
  }

  private static long most(long places, int bridges) {
    return (long) Math.ceil(SLACK * places / bridges) + 1;
  }

  /** A bridge with fewer lacks some. */
  private static long least(long places, int bridges) {
    return (long) (places / SLACK / bridges) - 1;
  }

  /**
   * Rendezvous hash: each user has an order of preference, and a lost bridge moves only its own.
   */
  private @Nullable Bridge first(String user, Predicate<Bridge> wanted) {
    Bridge best = null;
    long bestWeight = 0;
    for (Bridge bridge : known) {
      if (wanted.test(bridge)) {
        long weight =
            HASH.newHasher()
                .putString(bridge.target(), StandardCharsets.UTF_8)
                .putByte((byte) 0)
                .putString(user, StandardCharsets.UTF_8)
                .hash()
                .asLong();
        if (best == null || weight > bestWeight) {
          best = bridge;
          bestWeight = weight;
        }
      }
    }
    return best;
  }

  void kick() {
    known.forEach(Bridge::kick);
  }

  void close() {
    known.forEach(Bridge::close);
  }
}
