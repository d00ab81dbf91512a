package dev.livekitbridge.server.room.livekit.rtp;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** Which packets to ask for again, and when (RFC 4585 §6.2.1). */
final class MissingPackets {
  private static final long MS = 1_000_000L;
  private static final int MAX = 50;
  private static final int MAX_TRIES = 3;

  /** What comes only a little out of order is not asked for. */
  private static final long PATIENCE_NANOS = 10 * MS;

  private static final long MIN_INTERVAL_NANOS = 20 * MS;

  private final TreeMap<Long, Missing> missing = new TreeMap<>();
  private long roundTrip = 50 * MS;

  private static final class Missing {
    private long askAt;
    private long askedAt;
    private int tries;
  }

  /** These did not come, though a later one did. */
  void onGap(long from, long to, long now) {
    if (to - from > MAX) {
      missing.clear();
      return;
    }
    for (long sequence = from; sequence < to; sequence++) {
      Missing one = new Missing();
      one.askAt = now + PATIENCE_NANOS;
      missing.put(sequence, one);
    }
    while (missing.size() > MAX) {
      missing.pollFirstEntry();
    }
  }

  /**
   * A packet came.
   *
   * @return whether it had been asked for
   */
  boolean onPacket(long sequence, long now) {
    Missing one = missing.remove(sequence);
    if (one == null || one.tries == 0) {
      return false;
    }
    if (one.tries == 1) {
      roundTrip += (now - one.askedAt - roundTrip) / 4;
    }
    return true;
  }

  /** What comes before this one is of no use any more; but it is known when it comes late. */
  void giveUpBefore(long sequence) {
    for (Missing one : missing.headMap(sequence).values()) {
      one.askAt = Long.MAX_VALUE;
    }
  }

  /** How long it takes until a packet that was lost is there after all. */
  long recoveryNanos() {
    return PATIENCE_NANOS + roundTrip;
  }

  void clear() {
    missing.clear();
  }

  long deadline() {
    long deadline = Long.MAX_VALUE;
    for (Missing one : missing.values()) {
      deadline = Math.min(deadline, one.askAt);
    }
    return deadline;
  }

  /** The numbers to ask for now; possibly none. */
  int[] ask(long now) {
    int[] due = new int[missing.size()];
    int count = 0;
    Iterator<Map.Entry<Long, Missing>> entries = missing.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Long, Missing> entry = entries.next();
      Missing one = entry.getValue();
      if (now < one.askAt || one.askAt == Long.MAX_VALUE) {
        continue;
      }
      if (one.tries == MAX_TRIES) {
        entries.remove();
        continue;
      }
      one.tries++;
      one.askedAt = now;
      one.askAt = now + Math.max(MIN_INTERVAL_NANOS, roundTrip * 3 / 2);
      due[count++] = (int) (entry.getKey() & 0xFFFF);
    }
    return Arrays.copyOf(due, count);
  }
}
