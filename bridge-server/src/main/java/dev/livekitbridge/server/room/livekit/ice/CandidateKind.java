package dev.livekitbridge.server.room.livekit.ice;

/** The kinds of candidates (RFC 8445 §5.1.1) with their recommended preferences (§5.1.2.2). */
public enum CandidateKind {
  /** An address of the machine. */
  HOST("host", 126, 90),
  /** How a STUN server sees it. */
  SERVER_REFLEXIVE("srflx", 100, 70),
  /** How the peer sees it, found by a check. */
  PEER_REFLEXIVE("prflx", 110, 80),
  /** On a TURN server. */
  RELAY("relay", 0, 0);

  private final String token;
  private final int udpPreference;
  private final int tcpPreference;

  CandidateKind(String token, int udpPreference, int tcpPreference) {
    this.token = token;
    this.udpPreference = udpPreference;
    this.tcpPreference = tcpPreference;
  }

  String token() {
    return token;
  }

  /** UDP before TCP (RFC 6544 §4.2). */
  int preference(TransportKind transport) {
    return transport == TransportKind.UDP ? udpPreference : tcpPreference;
  }
}
