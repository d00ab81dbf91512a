package dev.livekitbridge.core.tls;

import dev.livekitbridge.core.files.FileWatch;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a TLS peer shows and whom it trusts, out of PEM files. It follows their changes: every
 * handshake takes what is in force then.
 */
public final class TlsFiles {
  private TlsFiles() {}

  /**
   * A certificate and its key.
   *
   * @param watch reads the files now and later
   * @param chain X.509 certificates, one's own first
   * @param key its RSA or EC key, PKCS #8, not encrypted
   * @throws IllegalArgumentException if they cannot be used
   */
  public static X509ExtendedKeyManager identity(FileWatch watch, Path chain, Path key) {
    AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
    watch.add(
        "TLS certificate and key",
        List.of(chain, key),
        contents -> {
          X509Certificate[] certificates = certificates(contents.get(0));
          PrivateKey secret = key(contents.get(1));
          requirePair(certificates[0], secret);
          manager.updateIdentityCredentials(certificates, secret);
        });
    return manager;
  }

  /**
   * Whom to trust.
   *
   * @param watch reads the file now and later
   * @param pem X.509 certificates
   * @param servers whether the peers are servers, whose names are checked, too
   * @throws IllegalArgumentException if it cannot be used
   */
  public static X509ExtendedTrustManager trusted(FileWatch watch, Path pem, boolean servers) {
    AdvancedTlsX509TrustManager manager = trustManager(servers);
    watch.add(
        "TLS trusted certificates",
        List.of(pem),
        contents -> manager.updateTrustCredentials(certificates(contents.get(0))));
    return manager;
  }

  private static AdvancedTlsX509TrustManager trustManager(boolean servers) {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(
              servers
                  ? Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION
                  : Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException("no trust manager", e);
    }
  }

  private static X509Certificate[] certificates(byte[] pem) {
    try {
      X509Certificate[] found = CertificateUtils.getX509Certificates(new ByteArrayInputStream(pem));
      if (found.length > 0) {
        return found;
      }
    } catch (CertificateException e) {
      // Told below, without a word of the file: it may be a key.
    }
    throw new IllegalArgumentException("expected: X.509 certificates, PEM");
  }

  private static PrivateKey key(byte[] pem) {
    try {
      return CertificateUtils.getPrivateKey(new ByteArrayInputStream(pem));
    } catch (Exception e) {
      throw new IllegalArgumentException("expected: an RSA or EC key, PKCS #8, PEM");
    }
  }

  /** While two files are replaced one after the other, they do not belong together. */
  private static void requirePair(X509Certificate certificate, PrivateKey key) {
    byte[] text = {1, 2, 3};
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      // Another kind of key: told below.
    }
    throw new IllegalArgumentException("the key is not the certificate's");
  }
}
