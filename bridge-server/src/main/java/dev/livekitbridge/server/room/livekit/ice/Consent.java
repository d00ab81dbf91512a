package dev.livekitbridge.server.room.livekit.ice;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Whether the peer still wants our packets (RFC 7675 §5.1), and whether it is heard at all. Its
 * checks keep the way open too (RFC 8445 §11).
 */
final class Consent {
  private static final int MAX_OUTSTANDING = 16;

  private final IceTimes times;
  private final Random random;
  private final Pair pair;
  // Of the time when the pair was selected: a restart changes the agent's, not this one.
  private final Search search;
  private final ArrayDeque<TransactionId> outstanding = new ArrayDeque<>();
  private long nextAt;
  private long expiresAt;
  private long heardAt;

  Consent(IceTimes times, Random random, Pair pair, Search search, long now) {
    this.times = times;
    this.random = random;
    this.pair = pair;
    this.search = search;
    nextAt = now + interval();
    expiresAt = now + times.consentExpiry().toNanos();
    heardAt = now;
  }

  Pair pair() {
    return pair;
  }

  private long interval() {
    return (long) (times.consentInterval().toNanos() * (0.8 + 0.4 * random.nextDouble()));
  }

  /** A new check to send, if it is time for one; each has an id of its own and is not repeated. */
  @Nullable ByteBuffer check(long now) {
    if (now < nextAt) {
      return null;
    }
    nextAt = now + interval();
    TransactionId id = TransactionId.random(random);
    outstanding.add(id);
    if (outstanding.size() > MAX_OUTSTANDING) {
      outstanding.poll();
    }
    return search.request(id, pair.local(), false);
  }

  /** Whether it is an answer to one of its checks, signed by the peer. */
  boolean expects(StunMessage response) {
    return outstanding.contains(response.id()) && search.isSigned(response);
  }

  void confirmed(long now) {
    outstanding.clear();
    expiresAt = now + times.consentExpiry().toNanos();
    heardAt = now;
  }

  void heard(long now) {
    heardAt = now;
  }

  boolean isExpired(long now) {
    return now >= expiresAt;
  }

  boolean isSilent(long now) {
    return now - heardAt >= times.disconnectedAfter().toNanos();
  }

  long deadline(boolean connected) {
    long deadline = Math.min(nextAt, expiresAt);
    return connected ? Math.min(deadline, heardAt + times.disconnectedAfter().toNanos()) : deadline;
  }
}
