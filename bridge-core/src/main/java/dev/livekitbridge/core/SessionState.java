package dev.livekitbridge.core;

/** Where a session on the bridge is in its life. */
public enum SessionState {
  /** The room is being joined. */
  JOINING,
  /** The room is joined and no stream is attached yet. */
  READY,
  /** A stream is attached; audio flows. */
  STREAMING,
  /** The stream broke; the session waits for it inside its resume window, the room stays joined. */
  DETACHED,
  /** Over, for good. */
  CLOSED
}
