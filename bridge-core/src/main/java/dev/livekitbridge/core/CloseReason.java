package dev.livekitbridge.core;

import java.util.Locale;
import java.util.Optional;

/**
 * Why a session, a stream or a join ended. Travels as text in {@code
 * JoinRoomResponse.metadata["reason"]} and in the trailer {@code bridge-reason}; nobody decides on
 * the text of an error.
 */
public enum CloseReason {
  /** The caller broke the protocol; it has to be mended there. */
  BAD_REQUEST(Remedy.STOP),
  /** The bridge knows no such session: it was restarted, or the session ran out. */
  NO_SESSION(Remedy.JOIN),
  /** LiveKit refused the token. */
  TOKEN_REJECTED(Remedy.FRESH_TOKEN),
  /** The bridge does not know the caller: its credentials are missing, wrong, or ran out. */
  UNAUTHENTICATED(Remedy.FRESH_CREDENTIALS),
  /** The caller may not do this. */
  NOT_PERMITTED(Remedy.STOP),
  /** The LiveKit server could not be reached. */
  ROOM_UNREACHABLE(Remedy.RETRY),
  /** The room was not joined within the time for it. */
  JOIN_TIMEOUT(Remedy.RETRY),
  /** The room went away under a session and could not be joined again. */
  ROOM_LOST(Remedy.RETRY),
  /** The other side took no audio for the send timeout. */
  SEND_TIMEOUT(Remedy.RETRY),
  /** Neither audio nor a heartbeat for the inactivity time. */
  INACTIVE(Remedy.RETRY),
  /** The stream broke and the session was not resumable, or its window ran out. */
  STREAM_BROKEN(Remedy.RETRY),
  /** Another join of the same user replaced the session. */
  REPLACED(Remedy.STOP),
  /** Another process, or a later attempt, took the session over. */
  SUPERSEDED(Remedy.STOP),
  /** The participant was removed through the room's administration. */
  REMOVED(Remedy.STOP),
  /** The room was deleted. */
  ROOM_DELETED(Remedy.STOP),
  /** Someone joined the room with the same identity. */
  DUPLICATE_IDENTITY(Remedy.STOP),
  /** The bridge is shutting down. */
  DRAINING(Remedy.ELSEWHERE),
  /** The bridge has as many sessions as it may have. */
  OVERLOADED(Remedy.LATER),
  /** The session was left or closed on purpose. */
  LEFT(Remedy.STOP);

  /** What a client does about it. */
  public enum Remedy {
    /** Give up and tell the user. */
    STOP,
    /** Try again at the growing pace. */
    RETRY,
    /** Join again at once. */
    JOIN,
    /** Once with a fresh token, then {@link #STOP}. */
    FRESH_TOKEN,
    /**
     * Again with fresh credentials towards the bridge; if those are refused too, {@link #LATER}.
     */
    FRESH_CREDENTIALS,
    /** Another bridge at once, or this one at the growing pace. */
    ELSEWHERE,
    /** Try again, but not soon. */
    LATER
  }

  private final Remedy remedy;

  CloseReason(Remedy remedy) {
    this.remedy = remedy;
  }

  /**
   * What a client does when it hears this.
   *
   * @return the remedy
   */
  public Remedy remedy() {
    return remedy;
  }

  /**
   * The reason of a name on the wire.
   *
   * @param name as in {@code bridge-reason}; any case
   * @return the reason, or empty for a name that this version does not know
   */
  public static Optional<CloseReason> parse(String name) {
    try {
      return Optional.of(valueOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
