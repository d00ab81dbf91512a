package dev.livekitbridge.server.room.livekit.rtp;

/**
 * How much later than the fastest ones packets come: what the playout must wait so that few are too
 * late. A histogram that forgets within seconds; a burst after a stall counts once, so that one
 * stall does not make everything late for long.
 */
final class ArrivalDelay {
  private static final long MS = 1_000_000L;
  private static final long BUCKET_NANOS = 10 * MS;
  private static final int BUCKETS = 40;
  private static final double FORGET = 0.995;
  private static final double LATE_SHARE = 0.03;

  /** The fastest way is looked for in the last two of these: clocks drift, routes change. */
  private static final long WINDOW_NANOS = 2_000 * MS;

  private static final long BURST_NANOS = 5 * MS;

  private final double[] share = new double[BUCKETS];
  private long windowFrom;
  private long fastest = Long.MAX_VALUE;
  private long fastestBefore = Long.MAX_VALUE;
  private long lastAt;
  private long lastDelay;

  ArrivalDelay() {
    share[0] = 1;
  }

  void onPacket(long timestamp, long now) {
    long transit = now - timestamp * MS / 48;
    if (now - windowFrom >= WINDOW_NANOS || fastest == Long.MAX_VALUE) {
      windowFrom = now;
      fastestBefore = fastest;
      fastest = transit;
    }
    fastest = Math.min(fastest, transit);
    long delay = transit - Math.min(fastest, fastestBefore);
    boolean drainsBurst = now - lastAt < BURST_NANOS && delay < lastDelay;
    lastAt = now;
    lastDelay = delay;
    if (drainsBurst) {
      return;
    }
    int bucket = (int) Math.max(0, Math.min(BUCKETS - 1, delay / BUCKET_NANOS));
    for (int i = 0; i < BUCKETS; i++) {
      share[i] *= FORGET;
    }
    share[bucket] += 1 - FORGET;
  }

  /** The timestamps have jumped: old and new packets cannot be compared. */
  void restart() {
    fastest = Long.MAX_VALUE;
    fastestBefore = Long.MAX_VALUE;
  }

  /** A wait that all but three of a hundred packets keep. */
  long nanos() {
    double late = 0;
    for (int bucket = BUCKETS - 1; bucket > 0; bucket--) {
      late += share[bucket];
      if (late > LATE_SHARE) {
        return (bucket + 1) * BUCKET_NANOS;
      }
    }
    return BUCKET_NANOS;
  }
}
