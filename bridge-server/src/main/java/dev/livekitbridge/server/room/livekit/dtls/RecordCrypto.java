package dev.livekitbridge.server.room.livekit.dtls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** BouncyCastle's cryptography over the JVM's providers, but for the ciphers of the records. */
final class RecordCrypto extends JcaTlsCrypto {
  RecordCrypto(SecureRandom random) {
    super(new DefaultJcaJceHelper(), random, random);
  }

  @Override
  protected TlsAEADCipherImpl createAEADCipher(
      String cipherName, String algorithm, int keySize, boolean isEncrypting)
      throws GeneralSecurityException {
    return cipherName.equals("AES/GCM/NoPadding")
        ? new GcmRecords(cipherName, isEncrypting)
        : super.createAEADCipher(cipherName, algorithm, keySize, isEncrypting);
  }
}
