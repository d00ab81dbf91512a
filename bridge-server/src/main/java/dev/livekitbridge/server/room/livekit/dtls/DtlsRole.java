package dev.livekitbridge.server.room.livekit.dtls;

/** Who begins the handshake. */
public enum DtlsRole {
  /** Sends the first flight. */
  CLIENT,
  /** Waits for it. */
  SERVER
}
