package dev.livekitbridge.client;

/** Where a session stands, seen from the client. */
public enum ConnectionState {
  /** Made, not yet trying. */
  IDLE,
  /** On the way for the first time. */
  CONNECTING,
  /** A stream is up; audio flows both ways. */
  CONNECTED,
  /** A fault was noticed and the client is on the way back; audio is kept. */
  RECONNECTING,
  /**
   * No success for some time (3 s). The client goes on trying, at a growing pace; audio goes to the
   * buffer or the fallback, and the service should go on without the bridge.
   */
  DEGRADED,
  /** Over, for good. */
  CLOSED
}
