package dev.livekitbridge.server.room.livekit.rtp;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES in Galois/counter mode (RFC 7714 §8 and §9). */
final class GcmCipher implements PacketCipher {
  private static final int TAG = 16;

  private final Cipher aes;
  private final SecretKeySpec key;
  private final byte[] salt;
  private final boolean rtcp;
  private final byte[] iv = new byte[12];
  private final byte[] word = new byte[4];
  private byte[] scratch = new byte[256];
  private int lastSsrc;
  private long lastIndex = -1;

  GcmCipher(byte[] key, byte[] salt, boolean rtcp) {
    this.key = new SecretKeySpec(key, "AES");
    this.salt = salt;
    this.rtcp = rtcp;
    try {
      aes = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  @Override
  public int tagBytes() {
    return TAG;
  }

  @Override
  public int protect(
      byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer) {
    try {
      if (ssrc == lastSsrc && index == lastIndex) {
        // A retransmission right after the packet itself: the very same packet with the same IV,
        // which is sound but refused by the JDK unless another IV came in between.
        init(Cipher.ENCRYPT_MODE, ~ssrc, index);
      }
      lastSsrc = ssrc;
      lastIndex = index;
      init(Cipher.ENCRYPT_MODE, ssrc, index);
      authenticateOnly(packet, at, clear, trailer);
      return clear + crypt(packet, at + clear, length - clear);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("any bytes can be encrypted", e);
    }
  }

  @Override
  public int unprotect(
      byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer) {
    if (length < clear + TAG) {
      return -1;
    }
    try {
      init(Cipher.DECRYPT_MODE, ssrc, index);
      authenticateOnly(packet, at, clear, trailer);
      return clear + crypt(packet, at + clear, length - clear);
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("any bytes can be tried", e);
    }
  }

  private void authenticateOnly(byte[] packet, int at, int clear, int trailer) {
    aes.updateAAD(packet, at, clear);
    if (rtcp) {
      CounterCipher.putInt(word, 0, trailer);
      aes.updateAAD(word);
    }
  }

  /** In and out may not be the same array while the tag is unknown, hence the copy. */
  private int crypt(byte[] packet, int at, int length) throws GeneralSecurityException {
    if (scratch.length < length + TAG) {
      scratch = new byte[length + TAG];
    }
    int written = aes.doFinal(packet, at, length, scratch, 0);
    System.arraycopy(scratch, 0, packet, at, written);
    return written;
  }

  /** RFC 7714 §8.1 and §9.1: both kinds put source and index in the same places. */
  private void init(int mode, int ssrc, long index) throws GeneralSecurityException {
    System.arraycopy(salt, 0, iv, 0, 12);
    for (int i = 0; i < 4; i++) {
      iv[2 + i] ^= (byte) (ssrc >>> (24 - 8 * i));
    }
    for (int i = 0; i < 6; i++) {
      iv[6 + i] ^= (byte) (index >>> (40 - 8 * i));
    }
    aes.init(mode, key, new GCMParameterSpec(8 * TAG, iv));
  }
}
