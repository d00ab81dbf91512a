package dev.livekitbridge.server.room.livekit.ice;

/** Where an agent stands. */
public enum IceState {
  /** Waits for candidates or for the peer's credentials. */
  NEW,
  /** Looks for a pair that works. */
  CHECKING,
  /** A pair is selected and the peer consents. */
  CONNECTED,
  /** The peer has not been heard for a while; may recover by itself. */
  DISCONNECTED,
  /** No pair works, or the peer's consent is gone (RFC 7675 §5.1): nothing may be sent any more. */
  FAILED,
  /** Closed by its owner. */
  CLOSED
}
