package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a playback goes. {@link Started} at most once, {@link Progress} any number of times, {@link
 * Ended} exactly once and last. A connection that breaks on the way is not an event here: the sound
 * goes on at the bridge, and the progress once the session is back.
 */
public sealed interface PlaybackEvent {
  /**
   * The first frame went to the room.
   *
   * @param duration how long the whole is, where the bridge knows
   */
  record Started(Optional<Duration> duration) implements PlaybackEvent {}

  /**
   * It plays. Told by our bridges every 500 ms, by others never.
   *
   * @param position how much was played
   * @param duration how long the whole is, where the bridge knows
   */
  record Progress(Duration position, Optional<Duration> duration) implements PlaybackEvent {}

  /**
   * It is over. The last event.
   *
   * @param result how it went
   */
  record Ended(PlaybackResult result) implements PlaybackEvent {}
}
