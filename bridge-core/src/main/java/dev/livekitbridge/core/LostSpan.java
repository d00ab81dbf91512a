package dev.livekitbridge.core;

import java.time.Duration;

/**
 * Frames that will not come: the sender gave them up, or died with them.
 *
 * @param track the track they belonged to
 * @param fromSequence first missing sequence, or 0 where the frames had no numbers yet
 * @param toSequence last missing sequence; 0 if {@code fromSequence} is; just before {@code
 *     fromSequence} where the frames begin there and nobody knows how many they are
 * @param duration time between what was last received and what came next; zero if not known
 */
public record LostSpan(TrackId track, long fromSequence, long toSequence, Duration duration) {
  /**
   * How many frames are missing.
   *
   * @return their number, or 0 where it is not known
   */
  public long frames() {
    return fromSequence == 0 ? 0 : toSequence - fromSequence + 1;
  }
}
