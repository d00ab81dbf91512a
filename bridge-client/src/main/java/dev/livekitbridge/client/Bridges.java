package dev.livekitbridge.client;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The bridges of a client, and which of them a user's session goes to. */
final class Bridges {
  private static final HashFunction HASH = Hashing.murmur3_128();

  private final List<Bridge> all;

  Bridges(List<Bridge> all) {
    this.all = List.copyOf(all);
  }

  List<Bridge> all() {
    return all;
  }

  boolean anyUsable() {
    return all.stream().anyMatch(Bridge::usable);
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

  /** Whether a bridge other than this one would take a session. */
  boolean otherThan(@Nullable Bridge bridge) {
    return all.stream().anyMatch(b -> b != bridge && b.usable() && !b.draining());
  }

  /**
   * The bridge for a try: the one of before if it answers, else the user's first choice of those
   * that do.
   *
   * @param before where the session was, if anywhere
   * @param elsewhere whether another one is wanted
   */
  Bridge choose(String user, @Nullable Bridge before, boolean elsewhere) {
    if (before != null && !elsewhere && before.usable()) {
      return before;
    }
    Bridge best = first(user, b -> b.usable() && !b.draining() && !(elsewhere && b == before));
    if (best == null) {
      best = first(user, Bridge::usable);
    }
    if (best == null) {
      best = before != null ? before : first(user, b -> true);
    }
    return best == null ? all.get(0) : best;
  }

  /** The user's next choice beside the bridge of now; null if no other one would take a session. */
  @Nullable Bridge second(String user, @Nullable Bridge now) {
    return first(user, b -> b != now && b.usable() && !b.draining());
  }

  /**
   * Rendezvous hash: each user has an order of preference, and a lost bridge moves only its own.
   */
  private @Nullable Bridge first(String user, Predicate<Bridge> wanted) {
    Bridge best = null;
    long bestWeight = 0;
    for (Bridge bridge : all) {
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
    all.forEach(Bridge::kick);
  }

  void close() {
    all.forEach(Bridge::close);
  }
}
