package dev.livekitbridge.server.room.livekit.ice;

/** What carries the packets of a candidate. */
public enum TransportKind {
  /** Datagrams. */
  UDP("UDP"),
  /**
   * A TCP connection that we open, or that the peer takes (RFC 6544): ours are active, the peer's
   * passive. Packets are framed as RFC 4571 says by whoever owns the connection.
   */
  TCP("TCP");

  private final String token;

  TransportKind(String token) {
    this.token = token;
  }

  String token() {
    return token;
  }
}
