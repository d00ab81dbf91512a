package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import java.util.concurrent.CompletableFuture;

/** A joined room. Safe for use by many threads at once; nothing here blocks. */
public interface Room {
  /**
   * Our identity in it.
   *
   * @return the local participant's identity
   */
  String participantId();

  /**
   * Who is in it.
   *
   * @return participants, ourselves included
   */
  int participantCount();

  /**
   * The format that its tracks will take, so that sound can be prepared before one is published.
   *
   * @return {@link RoomTrack#format} of each mono one; stereo has the same rate
   */
  default AudioFormat trackFormat() {
    return AudioFormat.VOICE;
  }

  /**
   * Publishes a track. Called once for each track, at its first audio: an idle published track is
   * heard as noise.
   *
   * @param track which
   * @param channels of that audio: 1, or 2 for a track that should be heard in stereo
   * @return the track, which takes audio from now on
   */
  RoomTrack publish(TrackId track, int channels);

  /**
   * Publishes a mono track.
   *
   * @param track which
   * @return the track, which takes audio from now on
   */
  default RoomTrack publish(TrackId track) {
    return publish(track, 1);
  }

  /**
   * Leaves the room. May be called more than once.
   *
   * @param reason why, for the log
   * @return completes when no participant of ours is left in it
   */
  CompletableFuture<Void> leave(CloseReason reason);
}
