package dev.livekitbridge.server.room.livekit.dtls;

/**
 * Looks at records before BouncyCastle does: it ends a connection for a record that is too short to
 * be decrypted, which anyone could send, where RFC 6347 §4.1.2.7 wants it dropped.
 */
final class Records {
  static final int HEADER = 13;

  /** Explicit nonce and tag of AES-GCM (RFC 5288 §3): all our suites. */
  private static final int SHORTEST_ENCRYPTED = 8 + 16;

  private Records() {}

  /** Whether every record in a datagram is whole, of a known kind and long enough. */
  static boolean plausible(byte[] datagram) {
    int at = 0;
    while (at < datagram.length) {
      if (datagram.length - at < HEADER) {
        return false;
      }
      int type = datagram[at] & 0xff;
      int version = uint16(datagram, at + 1);
      int epoch = epoch(datagram, at);
      int length = uint16(datagram, at + 11);
      boolean known = type >= 20 && type <= 23 && (version == 0xfefd || version == 0xfeff);
      if (!known
          || length > datagram.length - at - HEADER
          || (epoch > 0 && length < SHORTEST_ENCRYPTED)) {
        return false;
      }
      at = next(datagram, at);
    }
    return at > 0;
  }

  /** The epoch of the record that begins at an index. */
  static int epoch(byte[] datagram, int at) {
    return uint16(datagram, at + 3);
  }

  /** Where the next record begins. */
  static int next(byte[] datagram, int at) {
    return at + HEADER + uint16(datagram, at + 11);
  }

  private static int uint16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
