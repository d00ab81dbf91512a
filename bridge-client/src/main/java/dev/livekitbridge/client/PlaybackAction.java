package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;

/** What a {@link PlaybackMachine} wants done, in the order of its list. */
sealed interface PlaybackAction {
  /** Ask the bridge of now for the sound, or for news of it. */
  record Call() implements PlaybackAction {}

  /** Give up the call of now; nothing of it is to be reported any more. */
  record Abandon() implements PlaybackAction {}

  /** Ask the bridge of now to end the sound. */
  record SendStop() implements PlaybackAction {}

  /** The first frame went to the room. */
  record Started(Optional<Duration> duration) implements PlaybackAction {}

  /** It goes on. */
  record Progress(Duration position, Optional<Duration> duration) implements PlaybackAction {}

  /**
   * It is over; the last one.
   *
   * @param mayStillSound whether the bridge is still to be told to stop
   */
  record Finished(PlaybackResult result, boolean mayStillSound) implements PlaybackAction {}
}
