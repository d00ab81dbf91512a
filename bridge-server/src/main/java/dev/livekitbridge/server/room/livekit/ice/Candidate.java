package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;

/**
 * Somewhere packets can be sent from or to (RFC 8445 §5.1). There is one component only: RTP, RTCP
 * and data share a path (rtcp-mux, BUNDLE).
 *
 * @param kind how it was found
 * @param transport what carries its packets
 * @param address numeric; never resolved from a name
 * @param foundation the same for candidates that are likely to work or fail together
 * @param priority higher is tried first
 */
public record Candidate(
    CandidateKind kind,
    TransportKind transport,
    InetSocketAddress address,
    String foundation,
    long priority) {
  private static final int COMPONENT = 1;

  /**
   * Port of active TCP candidates: they have none, and RFC 6544 §4.5 says to write the discard
   * port.
   */
  static final int DISCARD_PORT = 9;

  private static final int TCP_ACTIVE_DIRECTION = 6 << 13;

  /** The formula of RFC 8445 §5.1.2.1. */
  static long priority(CandidateKind kind, TransportKind transport, int order) {
    // RFC 6544 §4.2 puts the direction of TCP into the upper three bits of the local preference.
    int localPreference =
        transport == TransportKind.TCP ? TCP_ACTIVE_DIRECTION | (0x1FFF - order) : 0xFFFF - order;
    return ((long) kind.preference(transport) << 24) | (localPreference << 8) | (256 - COMPONENT);
  }

  /**
   * As SDP has it (RFC 8839 §5.1), without {@code a=}.
   *
   * @return such as {@code candidate:1 1 UDP 2130706431 192.0.2.1 50000 typ host}
   */
  public String toAttribute() {
    return "candidate:"
        + foundation
        + " "
        + COMPONENT
        + " "
        + transport.token()
        + " "
        + priority
        + " "
        + address.getAddress().getHostAddress().replaceFirst("%.*", "")
        + " "
        + address.getPort()
        + " typ "
        + kind.token()
        + (transport == TransportKind.TCP ? " tcptype active" : "");
  }
}
