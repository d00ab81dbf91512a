package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.AudioFrame;

/** Hears the audio tracks of a room. Called one frame at a time; must return at once. */
@FunctionalInterface
public interface TrackListener {
  /**
   * A frame was said.
   *
   * @param identity who says it
   * @param trackName on which track, such as {@code speaker}
   * @param frame 16 kHz mono
   */
  void onAudio(String identity, String trackName, AudioFrame frame);
}
