package dev.livekitbridge.server.room.livekit.rtp;

/**
 * Encrypts and authenticates packets of one direction and kind (RTP or RTCP), in place. Not
 * thread-safe.
 */
interface PacketCipher {
  /**
   * Protects a packet.
   *
   * @param packet has room for the tag behind the payload
   * @param at where the packet begins
   * @param clear bytes at its begin that are authenticated only
   * @param length of the packet
   * @param ssrc its source
   * @param index the packet index (48 bits for RTP, 31 for RTCP)
   * @param trailer what is authenticated after the packet: the roll-over counter of RTP, or the
   *     index word of RTCP
   * @return the new length, without the trailer
   */
  int protect(byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer);

  /**
   * Checks and decrypts a packet; the payload is not changed unless it is authentic.
   *
   * @return the length without the tag, or -1 if it is not authentic
   */
  int unprotect(byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer);

  /** Length of the tag in bytes. */
  int tagBytes();

  /** Makes the cipher for a profile. */
  static PacketCipher of(SrtpProfile profile, SrtpKeys keys, boolean rtcp) {
    byte[] key =
        keys.derive(rtcp ? SrtpKeys.RTCP_ENCRYPTION : SrtpKeys.RTP_ENCRYPTION, profile.keyBytes());
    byte[] salt = keys.derive(rtcp ? SrtpKeys.RTCP_SALT : SrtpKeys.RTP_SALT, profile.saltBytes());
    if (profile.isAead()) {
      return new GcmCipher(key, salt, rtcp);
    }
    byte[] authentication =
        keys.derive(rtcp ? SrtpKeys.RTCP_AUTHENTICATION : SrtpKeys.RTP_AUTHENTICATION, 20);
    return new CounterCipher(key, salt, authentication);
  }
}
