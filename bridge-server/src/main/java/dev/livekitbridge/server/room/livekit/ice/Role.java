package dev.livekitbridge.server.room.livekit.ice;

/** Who nominates: the controlling agent (RFC 8445 §6.1.1). */
final class Role {
  private final long tieBreaker;
  private boolean controlling;

  Role(boolean controlling, long tieBreaker) {
    this.controlling = controlling;
    this.tieBreaker = tieBreaker;
  }

  boolean isControlling() {
    return controlling;
  }

  long tieBreaker() {
    return tieBreaker;
  }

  void become(boolean nowControlling) {
    controlling = nowControlling;
  }

  /**
   * Compares the role that a request claims with ours and yields where we must (RFC 8445 §7.3.1.1).
   *
   * @return true if the peer must yield: answer 487
   */
  boolean peerMustYield(StunMessage request) {
    Long theirs = controlling ? request.controlling() : request.controlled();
    if (theirs == null) {
      return false;
    }
    boolean oursIsLarger = Long.compareUnsigned(tieBreaker, theirs) >= 0;
    if (oursIsLarger == controlling) {
      return true;
    }
    controlling = !controlling;
    return false;
  }
}
