package dev.livekitbridge.core;

/**
 * Which track of the room a frame belongs to. Audio that a service sends is published as a LiveKit
 * audio track of that {@linkplain #trackName() name}.
 *
 * @param value 0 is {@code speaker}, 1 {@code app_audio}, 2 {@code tts}, any other n {@code
 *     track_n}; never negative
 */
public record TrackId(int value) {
  /** Track 0, the default. */
  public static final TrackId SPEAKER = new TrackId(0);

  /** Track 1. */
  public static final TrackId APP_AUDIO = new TrackId(1);

  /** Track 2, for synthesised speech. */
  public static final TrackId TTS = new TrackId(2);

  /**
   * Checks the value.
   *
   * @param value 0 is {@code speaker}, 1 {@code app_audio}, 2 {@code tts}, any other n {@code
   *     track_n}; never negative
   * @throws IllegalArgumentException if it is negative
   */
  public TrackId {
    if (value < 0) {
      throw new IllegalArgumentException("track_id: " + value + " (expected: 0 or more)");
    }
  }

  /**
   * The track of a number, without allocation for the named ones.
   *
   * @param value 0 or more
   * @return the track
   * @throws IllegalArgumentException if it is negative
   */
  public static TrackId of(int value) {
    return switch (value) {
      case 0 -> SPEAKER;
      case 1 -> APP_AUDIO;
      case 2 -> TTS;
      default -> new TrackId(value);
    };
  }

  /**
   * The name under which the room sees the track.
   *
   * @return {@code speaker}, {@code app_audio}, {@code tts} or {@code track_n}
   */
  public String trackName() {
    return switch (value) {
      case 0 -> "speaker";
      case 1 -> "app_audio";
      case 2 -> "tts";
      default -> "track_" + value;
    };
  }
}
