package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;

/**
 * Hears what happens in a joined room. A room calls it from threads of its own, one call at a time;
 * implementations return at once. After {@link #onDisconnected} or a completed {@link Room#leave}
 * no call follows.
 */
public interface RoomListener {
  /**
   * Audio of a participant that is to be forwarded.
   *
   * @param frame 16 kHz mono, {@link AudioFrame#source()} says whose it is
   */
  void onFrame(AudioFrame frame);

  /**
   * Audio that came on a track, where the room can tell which. Whoever does not care hears it by
   * {@link #onFrame}.
   *
   * @param trackName as its publisher named it
   * @param frame 16 kHz mono, {@link AudioFrame#source()} says whose it is
   */
  default void onTrackFrame(String trackName, AudioFrame frame) {
    onFrame(frame);
  }

  /**
   * Audio that was to be forwarded came as far as the bridge and was lost there.
   *
   * @param cause why
   * @param frames how many, as the room counts them; more than 0
   */
  default void onLost(DropCause cause, long frames) {}

  /**
   * Sound of ours left for the room, and the room was lost before it said that it had come: whether
   * it was heard cannot be told. Before {@link #onInterrupted} or {@link #onDisconnected}.
   *
   * @param millis of sound, more than 0
   */
  default void onUnconfirmed(long millis) {}

  /**
   * Someone came or went.
   *
   * @param count participants in the room, ourselves included
   */
  void onParticipants(int count);

  /**
   * The room is lost for now; the room tries by itself to come back. What is written meanwhile is
   * lost to it.
   *
   * @param reason why
   * @param detail for people, without secrets
   */
  default void onInterrupted(CloseReason reason, String detail) {}

  /** We are back in the room after {@link #onInterrupted}. */
  default void onRestored() {}

  /**
   * The room is gone for good; nothing stays behind in it.
   *
   * @param reason why
   * @param detail for people, without secrets
   */
  void onDisconnected(CloseReason reason, String detail);
}
