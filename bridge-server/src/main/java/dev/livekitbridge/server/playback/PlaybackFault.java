package dev.livekitbridge.server.playback;

/**
 * Why a playback failed.
 *
 * @param kind for programs
 * @param message for people: what happened and what to do; without secrets
 */
public record PlaybackFault(Kind kind, String message) {
  /** What programs decide on: the value of {@code metadata["reason"]} in the last event. */
  public enum Kind {
    /** The URL is none, or of a scheme that is not played. */
    BAD_URL,
    /** Its address may not be fetched from here. */
    ADDRESS_REFUSED,
    /** The server of the file could not be reached or broke the connection. */
    UNREACHABLE,
    /** The server of the file answered with an error. */
    HTTP_STATUS,
    /** It took too long, at the start or in between. */
    TIMEOUT,
    /** More bytes than a file may have. */
    TOO_LARGE,
    /** It sounds longer than a file may. */
    TOO_LONG,
    /** What it is cannot be played. */
    UNSUPPORTED,
    /** It ends before its own end. */
    TRUNCATED,
    /** It cannot be decoded. */
    BROKEN,
    /** Too many playbacks at once. */
    OVERLOADED,
    /** The room takes no track or no audio. */
    ROOM
  }
}
