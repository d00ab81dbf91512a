package dev.livekitbridge.server.room.livekit.dtls;

/**
 * Keeps a ChangeCipherSpec from a server that has not seen the client's CertificateVerify: with it
 * BouncyCastle would go over to the new keys and from then on drop the CertificateVerify, which is
 * sent again under the old ones (RFC 6347 §4.2.4), until the handshake times out. The client sends
 * the whole flight again, so nothing is lost but that time.
 */
final class EarlyCipherChange {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int CERTIFICATE_VERIFY = 15;

  private boolean verified;

  /**
   * Whether a datagram comes too early.
   *
   * @param datagram of plausible records
   */
  boolean in(byte[] datagram) {
    for (int at = 0; at < datagram.length && !verified; at = Records.next(datagram, at)) {
      int type = datagram[at];
      if (type == CHANGE_CIPHER_SPEC) {
        return true;
      }
      int message = at + Records.HEADER;
      verified =
          type == HANDSHAKE
              && message < datagram.length
              && datagram[message] == CERTIFICATE_VERIFY
              && Records.epoch(datagram, at) == 0;
    }
    return false;
  }
}
