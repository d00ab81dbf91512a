package dev.livekitbridge.server.room.livekit.signal;

/** Which of the two peer connections is meant. */
public enum Target {
  /** The one that carries what we publish; we make its offers. */
  PUBLISHER,
  /** The one that carries what we receive; the server makes its offers. */
  SUBSCRIBER
}
