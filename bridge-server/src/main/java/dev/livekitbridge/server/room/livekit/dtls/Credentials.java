package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** How we prove who we are. */
final class Credentials {
  static final SignatureAndHashAlgorithm ECDSA_SHA256 =
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

  private Credentials() {}

  static TlsCredentialedSigner of(TlsContext context, DtlsIdentity identity) throws IOException {
    JcaTlsCrypto crypto = (JcaTlsCrypto) context.getCrypto();
    TlsCertificate certificate = crypto.createCertificate(identity.certificate());
    return new JcaDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        crypto,
        identity.key(),
        new Certificate(new TlsCertificate[] {certificate}),
        ECDSA_SHA256);
  }
}
