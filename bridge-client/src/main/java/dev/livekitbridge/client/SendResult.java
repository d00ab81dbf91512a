package dev.livekitbridge.client;

/**
 * What became of a frame at the moment it was given to {@link BridgeSession#send}. It is a hint for
 * the sender's pace, taken without a lock; the exact books are in {@link SessionStats#sent}.
 */
public enum SendResult {
  /** Taken, and on its way at once. */
  ACCEPTED,
  /**
   * Taken and kept: there is no stream now, or the bridge has as much unacknowledged audio as it
   * may have. It goes as soon as it can. If the buffer is full, the oldest frame in it made room. A
   * sender that is faster than real time should wait for {@code onReady}.
   */
  BUFFERED,
  /**
   * Given to the session's fallback, because the session is {@link ConnectionState#DEGRADED}. It
   * will not be sent to the bridge later.
   */
  FALLBACK,
  /** Not taken: the session is closed, or its buffer is full and keeps what is older. */
  DROPPED
}
