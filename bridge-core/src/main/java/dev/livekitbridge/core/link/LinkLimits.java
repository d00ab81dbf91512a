package dev.livekitbridge.core.link;

/**
 * How much a sending half may hold, over all tracks of a session, and how far it may run ahead.
 *
 * @param maxFrames frames held
 * @param maxBytes bytes of PCM held
 * @param maxAgeNanos age of the oldest frame held, since it was accepted
 * @param maxInFlightNanos audio sent and not yet acknowledged, for each track; unlimited where the
 *     peer does not acknowledge
 * @param overflow what goes when it is full
 */
public record LinkLimits(
    int maxFrames, long maxBytes, long maxAgeNanos, long maxInFlightNanos, Overflow overflow) {

  /** What goes when there is no room for a new frame. */
  public enum Overflow {
    /** The oldest held frame, so that what is heard is recent. */
    DROP_OLDEST,
    /** The new frame, so that what is heard has no hole before it. */
    DROP_NEWEST
  }

  /** Checks the values. */
  public LinkLimits {
    if (maxFrames < 1 || maxBytes < 1 || maxAgeNanos < 1 || maxInFlightNanos < 1) {
      throw new IllegalArgumentException("limits must be positive: " + maxFrames + " " + maxBytes);
    }
  }
}
