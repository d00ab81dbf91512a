package dev.livekitbridge.server.room.livekit.ice;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The numbers and sums of STUN (RFC 8489) and of its use by ICE (RFC 8445 §16). */
final class Stun {
  static final int HEADER = 20;
  static final int MAGIC_COOKIE = 0x2112A442;
  static final int BINDING = 0x001;

  static final int USERNAME = 0x0006;
  static final int MESSAGE_INTEGRITY = 0x0008;
  static final int ERROR_CODE = 0x0009;
  static final int UNKNOWN_ATTRIBUTES = 0x000A;
  static final int XOR_MAPPED_ADDRESS = 0x0020;
  static final int PRIORITY = 0x0024;
  static final int USE_CANDIDATE = 0x0025;
  static final int FINGERPRINT = 0x8028;
  static final int ICE_CONTROLLED = 0x8029;
  static final int ICE_CONTROLLING = 0x802A;

  static final int INTEGRITY_BYTES = 20;

  private static final int FINGERPRINT_XOR = 0x5354554E;
  private static final String HMAC = "HmacSHA1";

  private Stun() {}

  /** FINGERPRINT's value (RFC 8489 §14.7) over the first so many bytes. */
  static int fingerprint(byte[] message, int length) {
    CRC32 crc = new CRC32();
    crc.update(message, 0, length);
    return (int) crc.getValue() ^ FINGERPRINT_XOR;
  }

  /** MESSAGE-INTEGRITY's value (RFC 8489 §14.5) over what comes before the attribute. */
  static byte[] integrity(byte[] message, int attributeAt, byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      mac.update(message, 0, 2);
      // The length counts up to the end of the attribute, whatever follows it.
      int length = attributeAt + 4 + INTEGRITY_BYTES - HEADER;
      mac.update((byte) (length >> 8));
      mac.update((byte) length);
      mac.update(message, 4, attributeAt - 4);
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA1", e);
    }
  }

  /** Attributes below 0x8000 must be understood or the message refused (RFC 8489 §14). */
  static boolean mustBeUnderstood(int type) {
    return type < 0x8000;
  }
}
