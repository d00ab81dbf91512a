package dev.livekitbridge.server.room;

import dev.livekitbridge.core.DropCause;

/**
 * Hears what became of the sound that a {@link RoomTrack} took. Sound is told by its end: the sum
 * of the sizes of all frames that the track took so far, this one included. Each call settles all
 * sound up to there that was not settled before, so that the ends only grow. Called from threads of
 * the room; implementations return at once.
 */
public interface TrackFate {
  /**
   * Sound has left for the room.
   *
   * @param end bytes of PCM taken since the track was published
   */
  void left(long end);

  /**
   * Sound was taken and will not be heard.
   *
   * @param end bytes of PCM taken since the track was published
   * @param cause why
   */
  void lost(long end, DropCause cause);
}
