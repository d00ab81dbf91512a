package dev.livekitbridge.server.room.livekit;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try to come back: full jitter over a wait that doubles from 300
 * ms to 7 s, as LiveKit's own SDKs have it. A stay of ten seconds starts it afresh.
 */
final class RejoinPace {
  private static final long FIRST_MILLIS = 300;
  private static final long LONGEST_MILLIS = 7_000;
  private static final int DOUBLINGS = 5;
  static final long SETTLED_NANOS = 10_000_000_000L;

  private RejoinPace() {}

  /**
   * A wait.
   *
   * @param failures tries that failed since the room was lost; 0 for the first try
   * @param random for the jitter
   * @return milliseconds
   */
  static long delayMillis(int failures, RandomGenerator random) {
    long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, DOUBLINGS));
    return random.nextLong(longest + 1);
  }
}
