package dev.livekitbridge.client;

import java.time.Duration;

/**
 * How a playback ended.
 *
 * @param outcome in a word
 * @param played how much of it was played: all of it, exactly, when {@link Outcome#COMPLETED}; else
 *     what the bridge told last
 * @param detail for people: why it stopped or failed; empty when completed; holds no secret
 */
public record PlaybackResult(Outcome outcome, Duration played, String detail) {
  /** In a word. */
  public enum Outcome {
    /** All of it was played. A bridge of the first table says so before the last was heard. */
    COMPLETED,
    /** It was stopped: by its caller, by another playback, or by the end of its session. */
    STOPPED,
    /** It could not be played, or not to its end. */
    FAILED
  }

  /**
   * Whether all of it was played.
   *
   * @return whether {@link #outcome} is {@link Outcome#COMPLETED}
   */
  public boolean completed() {
    return outcome == Outcome.COMPLETED;
  }
}
