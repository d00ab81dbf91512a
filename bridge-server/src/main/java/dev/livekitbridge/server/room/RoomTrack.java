package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A track that we publish in a room. */
public interface RoomTrack {
  /**
   * The format that it takes; the session converts to it.
   *
   * @return rate and channels
   */
  AudioFormat format();

  /**
   * Whether it takes sound of a format as it is. Then the session need not convert it, but may.
   *
   * @param other rate and channels; not always the same
   * @return by default only for {@link #format()}
   */
  default boolean takes(AudioFormat other) {
    return other.equals(format());
  }

  /**
   * When someone listens: what is written before is lost to the room. After {@link
   * RoomListener#onRestored} it may be another one, of the track that is being published again.
   *
   * @return completes when the track is published and has a subscriber
   */
  CompletableFuture<Void> ready();

  /**
   * Says a frame in the room. Called in order and at the pace of real time, but for what a short
   * stall held up, which comes at once; never blocks.
   *
   * <p>What it does not take is lost, and the caller counts it under the cause that it is given.
   * What becomes of what it takes, the one hears who {@linkplain #reportTo asked}.
   *
   * @param frame in a format that it {@linkplain #takes takes}
   * @return null if the room took it, else why not
   */
  @Nullable DropCause write(AudioFrame frame);

  /**
   * Asks to hear what becomes of what it takes. Before the first {@link #write}, once.
   *
   * @param fate hears it
   * @return false if nothing will be told, since all that it takes is in the room at once
   */
  default boolean reportTo(TrackFate fate) {
    return false;
  }
}
