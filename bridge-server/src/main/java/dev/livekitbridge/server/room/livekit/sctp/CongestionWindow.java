package dev.livekitbridge.server.room.livekit.sctp;

/** How many bytes may be in flight (RFC 9260 section 7.2), in bytes of DATA payload. */
final class CongestionWindow {
  /** Packets that one SACK may set free at most (section 6.1 rule D). */
  private static final int MAX_BURST = 4;

  private final int packet;
  private int cwnd;
  private int ssthresh;
  private int partialBytesAcked;
  private int burstLimit;
  private boolean recovering;
  private int recoveryExit;
  private boolean idle;

  /**
   * @param packet the payload that a full packet carries (the RFC's PMDCS)
   * @param peerWindow the first threshold for slow start (section 7.2.1)
   */
  CongestionWindow(int packet, int peerWindow) {
    this.packet = packet;
    this.cwnd = Math.min(4 * packet, Math.max(2 * packet, 4404));
    this.ssthresh = Math.max(peerWindow, 4 * packet);
    this.burstLimit = MAX_BURST * packet;
  }

  int bytes() {
    return cwnd;
  }

  /** Room for new data: less than the window is in flight, and this is no burst. */
  boolean hasRoom(int inFlight) {
    return inFlight < cwnd && inFlight < burstLimit;
  }

  boolean recovering() {
    return recovering;
  }

  /** After each SACK and timeout: what is in flight then bounds the next burst. */
  void allowBurst(int inFlight) {
    burstLimit = inFlight + MAX_BURST * packet;
  }

  /**
   * A SACK acknowledged new data.
   *
   * @param cumulative whether the cumulative TSN went up; nothing grows without (section 7.2.1)
   * @param inFlightBefore bytes in flight before this SACK
   */
  void acked(int bytes, boolean cumulative, int inFlightBefore, int inFlight) {
    if (recovering || !cumulative) {
      return;
    }
    boolean used = inFlightBefore >= cwnd;
    if (cwnd <= ssthresh) {
      if (used) {
        cwnd += Math.min(bytes, packet);
      }
    } else {
      partialBytesAcked += bytes;
      if (partialBytesAcked >= cwnd) {
        // Without use of the whole window the count stays where it is (section 7.2.2).
        partialBytesAcked = used ? partialBytesAcked - cwnd : cwnd;
        cwnd += used ? packet : 0;
      }
    }
    if (inFlight == 0) {
      partialBytesAcked = 0;
    }
  }

  /** Chunks up to {@code highest} are outstanding, and one of them is lost (section 7.2.4). */
  void lost(int highest) {
    if (recovering) {
      return;
    }
    recovering = true;
    recoveryExit = highest;
    ssthresh = Math.max(cwnd / 2, 4 * packet);
    cwnd = ssthresh;
    partialBytesAcked = 0;
  }

  void cumulative(int tsn) {
    if (recovering && !Serial.before(tsn, recoveryExit)) {
      recovering = false;
    }
  }

  /** T3 ran out (section 7.2.3). */
  void timedOut() {
    ssthresh = Math.max(cwnd / 2, 4 * packet);
    cwnd = packet;
    partialBytesAcked = 0;
    recovering = false;
  }

  /** Nothing was sent for so many timeouts: the window shrinks, once for each (section 7.2.1). */
  void idleFor(long timeouts) {
    for (long i = 0; i < timeouts && cwnd > 4 * packet; i++) {
      if (!idle) {
        ssthresh = cwnd;
        idle = true;
      }
      cwnd = Math.max(cwnd / 2, 4 * packet);
    }
  }

  void sent() {
    idle = false;
  }
}
