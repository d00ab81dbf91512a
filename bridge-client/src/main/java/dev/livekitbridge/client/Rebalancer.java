package dev.livekitbridge.client;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets sessions move to where they should be, a few at a time, once the bridges have stayed the
 * same for a while and have been found uneven. Called by one thread.
 */
final class Rebalancer {
  /** One of so many sessions moves at a time. */
  private static final int SHARE = 20;

  private final Bridges bridges;
  private final long settleNanos;
  private List<Bridge> last = List.of();
  private long dueNanos;
  // Those that had too few when the round began; empty between rounds. A bridge that others have
  // left since may be a few short, too, and that is no reason to move.
  private Set<Bridge> wanting = Set.of();

  Rebalancer(Bridges bridges, long settleNanos) {
    this.bridges = bridges;
    this.settleNanos = settleNanos;
  }

  /** Every second. */
  void tick(Collection<DefaultSession> sessions, long now) {
    List<Bridge> open = bridges.all().stream().filter(Bridge::open).toList();
    if (!open.equals(last)) {
      last = open;
      wanting = Set.of();
      dueNanos = now + settleNanos;
    }
    if (now - dueNanos < 0 || open.size() < 2) {
      return;
    }
    long away = sessions.stream().filter(s -> s.state() != ConnectionState.CONNECTED).count();
    if (away * SHARE > sessions.size()) {
      // Who is still on the way evens it out without a move.
      dueNanos = now + settleNanos;
      return;
    }
    if (wanting.isEmpty() && bridges.uneven()) {
      wanting = bridges.wanting();
    }
    if (wanting.isEmpty()) {
      dueNanos = now + settleNanos;
      return;
    }
    int most = Math.max(1, sessions.size() / SHARE);
    AtomicInteger left = new AtomicInteger(most);
    for (DefaultSession session : sessions) {
      session.rebalance(wanting, left);
    }
    if (left.get() == most) {
      // All who may and should have moved: a look now and then will do.
      wanting = Set.of();
      dueNanos = now + settleNanos;
    }
  }
}
