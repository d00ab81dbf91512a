package dev.livekitbridge.server.room.livekit.sctp;

/**
 * The retransmission timeout (RFC 9260 section 6.3.1), and how often in a row the peer kept silent
 * (section 8.1).
 *
 * <p>The variation counts as at least 220 ms: a peer may hold its SACK back for 200 ms (section
 * 6.2), so that a smaller timeout would take a lone packet for lost.
 */
final class RetransmissionTimeout {
  private static final long LEAST_VARIATION_NANOS = 220_000_000L;

  private final long min;
  private final long max;
  private final int mostErrors;
  private long rto;
  private long srtt;
  private long rttvar;
  private boolean measured;
  private int errors;

  RetransmissionTimeout(SctpOptions options) {
    this.min = options.rtoMinNanos;
    this.max = options.rtoMaxNanos;
    this.rto = options.rtoInitialNanos;
    this.mostErrors = options.maxRetransmits;
  }

  long nanos() {
    return rto;
  }

  /** Smoothed round trip; the timeout as long as none was measured. */
  long roundTripNanos() {
    return measured ? srtt : rto;
  }

  void measured(long rtt) {
    long sample = Math.max(0, Math.min(rtt, max));
    if (measured) {
      rttvar += (Math.abs(srtt - sample) - rttvar) / 4;
      srtt += (sample - srtt) / 8;
    } else {
      measured = true;
      srtt = sample;
      rttvar = sample / 2;
    }
    rto = clamp(srtt + Math.max(4 * rttvar, LEAST_VARIATION_NANOS));
  }

  /** A timer ran out: back off (section 6.3.3 rule E2). */
  void backOff() {
    rto = clamp(2 * rto);
  }

  /** Returns false when the peer has to be given up. */
  boolean countError() {
    errors++;
    return errors <= mostErrors;
  }

  void peerIsAlive() {
    errors = 0;
  }

  private long clamp(long nanos) {
    return Math.max(min, Math.min(max, nanos));
  }
}
