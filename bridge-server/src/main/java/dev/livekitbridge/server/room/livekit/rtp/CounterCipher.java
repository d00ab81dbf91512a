package dev.livekitbridge.server.room.livekit.rtp;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/** AES in counter mode (RFC 3711 §4.1.1) with HMAC-SHA1 cut to 80 bits (§4.2.1). */
final class CounterCipher implements PacketCipher {
  private static final int TAG = 10;
  private static final String HMAC = "HmacSHA1";

  private final Cipher aes;
  private final Mac mac;
  private final byte[] salt;
  private final byte[] word = new byte[4];
  private final byte[] tag = new byte[20];
  private byte[] counters = new byte[256];
  private byte[] keystream = new byte[256];

  CounterCipher(byte[] key, byte[] salt, byte[] authentication) {
    this.aes = SrtpKeys.aes(key);
    this.salt = salt;
    try {
      mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(authentication, HMAC));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA1", e);
    }
  }

  @Override
  public int tagBytes() {
    return TAG;
  }

  @Override
  public int protect(
      byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer) {
    crypt(packet, at + clear, length - clear, ssrc, index);
    computeTag(packet, at, length, trailer);
    System.arraycopy(tag, 0, packet, at + length, TAG);
    return length + TAG;
  }

  @Override
  public int unprotect(
      byte[] packet, int at, int clear, int length, int ssrc, long index, int trailer) {
    int plain = length - TAG;
    if (plain < clear) {
      return -1;
    }
    computeTag(packet, at, plain, trailer);
    int difference = 0;
    for (int i = 0; i < TAG; i++) {
      difference |= tag[i] ^ packet[at + plain + i];
    }
    if (difference != 0) {
      return -1;
    }
    crypt(packet, at + clear, plain - clear, ssrc, index);
    return plain;
  }

  private void computeTag(byte[] packet, int at, int length, int trailer) {
    mac.update(packet, at, length);
    putInt(word, 0, trailer);
    mac.update(word);
    try {
      mac.doFinal(tag, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("20 bytes are enough", e);
    }
  }

  private void crypt(byte[] packet, int at, int length, int ssrc, long index) {
    int blocks = (length + 15) / 16;
    if (counters.length < blocks * 16) {
      counters = new byte[blocks * 16];
      keystream = new byte[blocks * 16];
    }
    for (int block = 0; block < blocks; block++) {
      counter(block, ssrc, index);
    }
    try {
      aes.update(counters, 0, blocks * 16, keystream, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("whole blocks always encrypt", e);
    }
    for (int i = 0; i < length; i++) {
      packet[at + i] ^= keystream[i];
    }
  }

  /** The salt, the source, the packet index and the number of the block, added up. */
  private void counter(int block, int ssrc, long index) {
    int to = block * 16;
    System.arraycopy(salt, 0, counters, to, 14);
    for (int i = 0; i < 4; i++) {
      counters[to + 4 + i] ^= (byte) (ssrc >>> (24 - 8 * i));
    }
    for (int i = 0; i < 6; i++) {
      counters[to + 8 + i] ^= (byte) (index >>> (40 - 8 * i));
    }
    counters[to + 14] = (byte) (block >>> 8);
    counters[to + 15] = (byte) block;
  }

  static void putInt(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 24);
    to[at + 1] = (byte) (value >>> 16);
    to[at + 2] = (byte) (value >>> 8);
    to[at + 3] = (byte) value;
  }
}
