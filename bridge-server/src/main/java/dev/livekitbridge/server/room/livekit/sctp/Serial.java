package dev.livekitbridge.server.room.livekit.sctp;

/** Serial number arithmetic (RFC 9260 section 1.6) for TSNs of 32 and SSNs of 16 bits. */
final class Serial {
  private Serial() {}

  static boolean before(int a, int b) {
    return a - b < 0;
  }

  static boolean before16(int a, int b) {
    return (short) (a - b) < 0;
  }
}
