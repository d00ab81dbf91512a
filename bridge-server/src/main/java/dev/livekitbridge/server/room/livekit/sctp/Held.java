package dev.livekitbridge.server.room.livekit.sctp;

/** A received chunk that has to wait for an earlier one. */
final class Held {
  /** Stands where a chunk was passed on although an earlier one is missing. */
  static final Held DELIVERED = new Held(new byte[0], 0, 0, 0, 0);

  /** What we count for the object around the bytes, so that tiny chunks cannot fill the memory. */
  static final int OVERHEAD = 64;

  final byte[] data;
  final int flags;
  final int stream;
  final int ssn;
  final int ppid;

  Held(byte[] data, int flags, int stream, int ssn, int ppid) {
    this.data = data;
    this.flags = flags;
    this.stream = stream;
    this.ssn = ssn;
    this.ppid = ppid;
  }

  boolean begins() {
    return (flags & Wire.BEGIN) != 0;
  }

  boolean ends() {
    return (flags & Wire.END) != 0;
  }

  boolean unordered() {
    return (flags & Wire.UNORDERED) != 0;
  }

  /** Whether both can be chunks of one message. */
  boolean isOfSameMessage(Held other) {
    return stream == other.stream
        && unordered() == other.unordered()
        && (unordered() || ssn == other.ssn);
  }

  int cost() {
    return data.length + OVERHEAD;
  }
}
