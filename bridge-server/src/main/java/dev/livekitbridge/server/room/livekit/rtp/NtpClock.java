package dev.livekitbridge.server.room.livekit.rtp;

/**
 * Time of day for reports, from a monotonic time.
 *
 * @param epochMillis a moment by the clock of the day
 * @param nanoTime the same moment by the monotonic clock
 */
public record NtpClock(long epochMillis, long nanoTime) {
  private static final long SECONDS_FROM_1900_TO_1970 = 2_208_988_800L;

  /** NTP format: seconds since 1900 and 32 bits of fraction (RFC 3550 §4). */
  long ntp(long now) {
    long nanos = now - nanoTime + epochMillis % 1_000 * 1_000_000L;
    long seconds =
        epochMillis / 1_000 + SECONDS_FROM_1900_TO_1970 + Math.floorDiv(nanos, 1_000_000_000L);
    return (seconds << 32) | ((Math.floorMod(nanos, 1_000_000_000L) << 32) / 1_000_000_000L);
  }
}
