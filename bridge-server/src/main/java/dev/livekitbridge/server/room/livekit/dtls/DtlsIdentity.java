package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A key and a self-signed certificate, made for one connection, so that nothing links two of them
 * (RFC 8827 §6.5 asks for ECDSA on P-256).
 */
public final class DtlsIdentity {
  private static final Duration VALID = Duration.ofDays(30);

  private final PrivateKey key;
  private final byte[] certificate;
  private final String fingerprint;

  private DtlsIdentity(PrivateKey key, byte[] certificate) {
    this.key = key;
    this.certificate = certificate;
    this.fingerprint = Fingerprints.of("sha-256", certificate).orElseThrow();
  }

  /**
   * Makes one; takes about a millisecond.
   *
   * @param random where the key comes from
   * @param nowMillis epoch milliseconds
   * @return the identity
   */
  public static DtlsIdentity create(SecureRandom random, long nowMillis) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      Instant now = Instant.ofEpochMilli(nowMillis);
      X500Name name = new X500Name("CN=livekit-bridge");
      // RFC 5280 §4.1.2.2: positive, at most 20 octets.
      BigInteger serial = new BigInteger(64, random).add(BigInteger.ONE);
      X509CertificateHolder holder =
          new JcaX509v3CertificateBuilder(
                  name,
                  serial,
                  Date.from(now.minus(Duration.ofDays(1))),
                  Date.from(now.plus(VALID)),
                  name,
                  pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new DtlsIdentity(pair.getPrivate(), holder.getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("this JVM has no ECDSA on P-256 (expected: it must)", e);
    }
  }

  PrivateKey key() {
    return key;
  }

  byte[] certificate() {
    return certificate.clone();
  }

  /**
   * The certificate's SHA-256, as a description tells it.
   *
   * @return upper-case pairs with colons
   */
  public String fingerprint() {
    return fingerprint;
  }
}
