package dev.livekitbridge.server.room.livekit.sctp;

/** One message on its way out. */
final class OutMessage {
  final SendStream stream;
  final byte[] data;
  final int ppid;
  final boolean unordered;

  /** How often a chunk may be sent again; -1: for ever. */
  final int maxRetransmits;

  /** When it is given up, on the clock of the association; read only if {@link #mortal}. */
  final long deadline;

  final boolean mortal;

  /** Given to it with its first chunk; an unordered message has none. */
  int ssn;

  /** Bytes that were cut into chunks so far. */
  int cut;

  OutMessage(
      SendStream stream,
      byte[] data,
      int ppid,
      boolean unordered,
      int maxRetransmits,
      long lifetimeNanos,
      long now) {
    this.stream = stream;
    this.data = data;
    this.ppid = ppid;
    this.unordered = unordered;
    this.maxRetransmits = maxRetransmits;
    this.mortal = lifetimeNanos >= 0;
    this.deadline = mortal ? now + lifetimeNanos : 0;
  }

  /** Whether it may be given up at all. */
  boolean expendable() {
    return mortal || maxRetransmits >= 0;
  }

  boolean expired(long now) {
    return mortal && deadline - now <= 0;
  }
}
