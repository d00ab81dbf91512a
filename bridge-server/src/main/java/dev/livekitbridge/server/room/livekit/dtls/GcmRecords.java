package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM for the records of one direction (RFC 5288). BouncyCastle's own looks up and makes an
 * {@link java.security.AlgorithmParameters} for each record, which costs more than to decrypt it.
 */
final class GcmRecords implements TlsAEADCipherImpl {
  private static final int BITS = 8;

  private final Cipher cipher;
  private final int mode;
  private @Nullable SecretKey key;

  GcmRecords(String transformation, boolean encrypts) throws GeneralSecurityException {
    cipher = Cipher.getInstance(transformation);
    mode = encrypts ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
  }

  @Override
  public void setKey(byte[] from, int offset, int length) {
    key = new SecretKeySpec(from, offset, length, "AES");
  }

  @Override
  public void init(byte[] nonce, int macSize) {
    try {
      cipher.init(mode, key, new GCMParameterSpec(macSize * BITS, nonce));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: " + e.getMessage(), e);
    }
  }

  @Override
  public int getOutputSize(int length) {
    return cipher.getOutputSize(length);
  }

  @Override
  public int doFinal(
      byte @Nullable [] additional, byte[] in, int offset, int length, byte[] out, int outOffset)
      throws IOException {
    if (additional != null) {
      cipher.updateAAD(additional);
    }
    try {
      return cipher.doFinal(in, offset, length, out, outOffset);
    } catch (GeneralSecurityException e) {
      // What BouncyCastle takes for a record that is not the peer's, and drops in silence.
      throw new IllegalStateException(e);
    }
  }
}
