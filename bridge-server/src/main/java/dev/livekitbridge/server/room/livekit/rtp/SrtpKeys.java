package dev.livekitbridge.server.room.livekit.rtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Master key and salt of one direction, and the session keys that come of them (RFC 3711 §4.3). */
final class SrtpKeys {
  static final int RTP_ENCRYPTION = 0;
  static final int RTP_AUTHENTICATION = 1;
  static final int RTP_SALT = 2;
  static final int RTCP_ENCRYPTION = 3;
  static final int RTCP_AUTHENTICATION = 4;
  static final int RTCP_SALT = 5;

  private final byte[] masterKey;
  private final byte[] masterSalt;

  SrtpKeys(byte[] masterKey, byte[] masterSalt) {
    this.masterKey = masterKey.clone();
    // A salt of GCM is padded to the 14 bytes of the key derivation (RFC 7714 §11).
    this.masterSalt = Arrays.copyOf(masterSalt, 14);
  }

  /**
   * Cuts what DTLS exported (RFC 5764 §4.2): client key, server key, client salt, server salt.
   *
   * @param client whether to take the keys of packets that the DTLS client writes
   */
  static SrtpKeys ofExport(SrtpProfile profile, byte[] exported, boolean client) {
    int key = profile.keyBytes();
    int salt = profile.saltBytes();
    int keyAt = client ? 0 : key;
    int saltAt = 2 * key + (client ? 0 : salt);
    return new SrtpKeys(
        Arrays.copyOfRange(exported, keyAt, keyAt + key),
        Arrays.copyOfRange(exported, saltAt, saltAt + salt));
  }

  /** A session key: AES in counter mode as pseudo-random function (RFC 3711 §4.3.3). */
  byte[] derive(int label, int length) {
    byte[] counters = new byte[(length + 15) / 16 * 16];
    for (int block = 0; block * 16 < counters.length; block++) {
      System.arraycopy(masterSalt, 0, counters, block * 16, 14);
      counters[block * 16 + 7] ^= (byte) label;
      counters[block * 16 + 15] = (byte) block;
    }
    try {
      return Arrays.copyOf(aes(masterKey).doFinal(counters), length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("whole blocks always encrypt", e);
    }
  }

  /** AES of single blocks: the keystream of counter mode without a new IV object a packet. */
  static Cipher aes(byte[] key) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES", e);
    }
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "SrtpKeys[" + masterKey.length * 8 + " bits]";
  }
}
