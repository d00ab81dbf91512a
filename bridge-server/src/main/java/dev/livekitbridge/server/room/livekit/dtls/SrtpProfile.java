package dev.livekitbridge.server.room.livekit.dtls;

import java.util.Optional;
import org.bouncycastle.tls.SRTPProtectionProfile;

/** How media is protected (RFC 5764 §4.1.2, RFC 7714 §14.2), best first. */
enum SrtpProfile {
  /** AES-GCM with 128 bits: what the JVM has instructions for. */
  AEAD_AES_128_GCM(SRTPProtectionProfile.SRTP_AEAD_AES_128_GCM, 16, 12),
  /** AES-GCM with 256 bits. */
  AEAD_AES_256_GCM(SRTPProtectionProfile.SRTP_AEAD_AES_256_GCM, 32, 12),
  /** AES in counter mode with HMAC-SHA1: what everyone must have. */
  AES128_CM_HMAC_SHA1_80(SRTPProtectionProfile.SRTP_AES128_CM_HMAC_SHA1_80, 16, 14);

  private final int id;
  private final int keyBytes;
  private final int saltBytes;

  SrtpProfile(int id, int keyBytes, int saltBytes) {
    this.id = id;
    this.keyBytes = keyBytes;
    this.saltBytes = saltBytes;
  }

  int id() {
    return id;
  }

  int exportedBytes() {
    return 2 * (keyBytes + saltBytes);
  }

  static int[] ids() {
    SrtpProfile[] all = values();
    int[] ids = new int[all.length];
    for (int i = 0; i < all.length; i++) {
      ids[i] = all[i].id;
    }
    return ids;
  }

  static Optional<SrtpProfile> of(int id) {
    for (SrtpProfile profile : values()) {
      if (profile.id == id) {
        return Optional.of(profile);
      }
    }
    return Optional.empty();
  }
}
