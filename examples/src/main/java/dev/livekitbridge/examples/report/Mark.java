package dev.livekitbridge.examples.report;

/**
 * Something that happened at a moment of a scenario.
 *
 * @param seconds since the scenario began
 * @param kind what kind of thing
 * @param text a few words
 */
public record Mark(double seconds, Kind kind, String text) {
  /** What kind of thing happened. */
  public enum Kind {
    /** We broke something. */
    FAULT,
    /** We mended it. */
    REPAIR,
    /** Audio flows again. */
    AUDIO,
    /** Anything else. */
    NOTE
  }
}
