package dev.livekitbridge.server.room.livekit.rtp;

import org.jspecify.annotations.Nullable;

/** How SRTP protects packets, as DTLS negotiates it (RFC 5764 §4.1.2, RFC 7714 §14.2). */
public enum SrtpProfile {
  /** AES in counter mode with an 80-bit HMAC-SHA1 tag (RFC 3711). */
  AES128_CM_HMAC_SHA1_80(0x0001, 16, 14),
  /** AES-128 in Galois/counter mode (RFC 7714). */
  AEAD_AES_128_GCM(0x0007, 16, 12),
  /** AES-256 in Galois/counter mode (RFC 7714). */
  AEAD_AES_256_GCM(0x0008, 32, 12);

  private final int id;
  private final int keyBytes;
  private final int saltBytes;

  SrtpProfile(int id, int keyBytes, int saltBytes) {
    this.id = id;
    this.keyBytes = keyBytes;
    this.saltBytes = saltBytes;
  }

  /**
   * The number in the {@code use_srtp} extension of DTLS.
   *
   * @return 16 bits
   */
  public int id() {
    return id;
  }

  /**
   * The profile of a number.
   *
   * @param id as negotiated
   * @return the profile, or null if it is none of ours
   */
  public static @Nullable SrtpProfile of(int id) {
    for (SrtpProfile profile : values()) {
      if (profile.id == id) {
        return profile;
      }
    }
    return null;
  }

  /**
   * How much keying material to export from DTLS (RFC 5764 §4.2).
   *
   * @return bytes for both directions
   */
  public int exportedBytes() {
    return 2 * (keyBytes + saltBytes);
  }

  int keyBytes() {
    return keyBytes;
  }

  int saltBytes() {
    return saltBytes;
  }

  boolean isAead() {
    return this != AES128_CM_HMAC_SHA1_80;
  }
}
