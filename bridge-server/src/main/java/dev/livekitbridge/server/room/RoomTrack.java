package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import java.util.concurrent.CompletableFuture;

/** A track that we publish in a room. */
public interface RoomTrack {
  /**
   * The format that it takes; the session converts to it.
   *
   * @return rate and channels
   */
  AudioFormat format();

  /**
   * When someone listens: what is written before is lost to the room.
   *
   * @return completes when the track is published and has a subscriber
   */
  CompletableFuture<Void> ready();

  /**
   * Says a frame in the room. Called in order and at the pace of real time, but for what a short
   * stall held up, which comes at once; never blocks.
   *
   * @param frame in {@link #format()}
   */
  void write(AudioFrame frame);
}
