package dev.livekitbridge.server.room.livekit.ice;

import java.nio.ByteBuffer;

/** A connectivity check that waits for its answer: one STUN transaction (RFC 8489 §6.2). */
final class Check {
  /** The last wait, in units of the first (Rm). */
  private static final int LAST_WAIT = 16;

  /**
   * The longest wait between two, in units of the first. RFC 8489 doubles on, but a pair of 20 %
   * loss in each direction would then take longer to connect than anyone waits.
   */
  private static final int LONGEST_WAIT = 2;

  private final TransactionId id;
  private final Pair pair;
  private final boolean nominates;
  private final boolean controlling;
  private final ByteBuffer packet;
  private final long firstWait;
  private final int maxTransmissions;
  private int transmissions = 1;
  private long nextAt;
  private boolean superseded;

  Check(
      TransactionId id,
      Pair pair,
      boolean nominates,
      boolean controlling,
      ByteBuffer packet,
      long firstWait,
      int maxTransmissions,
      long now) {
    this.id = id;
    this.pair = pair;
    this.nominates = nominates;
    this.controlling = controlling;
    this.packet = packet;
    this.firstWait = firstWait;
    // TCP repeats by itself; the whole time is the same (RFC 8489 §6.2.2).
    boolean reliable = pair.local().transport() == TransportKind.TCP;
    this.maxTransmissions = reliable ? 1 : maxTransmissions;
    this.nextAt =
        now + (reliable ? firstWait * (LONGEST_WAIT * maxTransmissions + LAST_WAIT) : firstWait);
  }

  TransactionId id() {
    return id;
  }

  Pair pair() {
    return pair;
  }

  boolean nominates() {
    return nominates;
  }

  /** Our role when it was sent. */
  boolean wasControlling() {
    return controlling;
  }

  ByteBuffer packet() {
    return packet.duplicate();
  }

  long nextAt() {
    return nextAt;
  }

  /** Not to be repeated any more, but its answer still counts (RFC 8445 §7.3.1.4). */
  void supersede() {
    superseded = true;
  }

  boolean isSuperseded() {
    return superseded;
  }

  /**
   * Its time has come.
   *
   * @return true to send it again; false if it has failed
   */
  boolean repeat(long now) {
    if (superseded || transmissions >= maxTransmissions) {
      return false;
    }
    transmissions++;
    nextAt = now + firstWait * (transmissions == maxTransmissions ? LAST_WAIT : LONGEST_WAIT);
    return true;
  }
}
