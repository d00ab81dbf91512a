package dev.livekitbridge.client;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the stream of an {@link Attachment} carries: the session's audio ({@link AudioLane}), or
 * just enough to be kept ready ({@link WarmLane}). Confined to the session's executor.
 */
interface Lane {
  /**
   * The bridge joined; its stream comes next.
   *
   * @param ours whether the bridge numbers and acknowledges
   */
  void joined(JoinRoomResponse response, boolean ours, long now);

  /**
   * Whether a session that lived at the bridge before may be taken over with what it kept: not by
   * who has heard, or hears, later frames at another one. It is ended then, and a new one joined.
   */
  boolean mayTakeOver();

  /** For the first chunk of a stream: what came and is dealt with. */
  Map<Integer, Long> acknowledgement(long now);

  /** For the first chunk of a stream: what can still be sent. */
  Map<Integer, Long> oldestKept();

  /** The bridge's first chunk says what it can still send. */
  void onOldestKept(Map<Integer, Long> oldestKept, long now);

  /** The stream is up; the bridge has dealt with so much. */
  void up(StreamAttempt stream, Map<Integer, Long> acknowledged, long now);

  /** A chunk came on a stream that is up. Returns what is wrong with it, or null. */
  @Nullable String onChunk(StreamAttempt stream, AudioChunk chunk, long now);

  /** The transport takes more. */
  void onReady();

  /** Asks for a sign of life. */
  void ping(StreamAttempt stream);

  /** There is no stream any more. */
  void down();
}
