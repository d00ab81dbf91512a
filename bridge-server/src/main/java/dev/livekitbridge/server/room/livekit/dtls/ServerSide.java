package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCrypto;

/** The peer begins. */
final class ServerSide extends DefaultTlsServer {
  private final DtlsIdentity identity;
  private final PeerCheck check;
  private final int timeoutMillis;

  ServerSide(TlsCrypto crypto, DtlsIdentity identity, PeerCheck check, int timeoutMillis) {
    super(crypto);
    this.identity = identity;
    this.check = check;
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return ClientSide.SUITES.clone();
  }

  @Override
  public int getHandshakeTimeoutMillis() {
    return timeoutMillis;
  }

  @Override
  public int getHandshakeResendTimeMillis() {
    return ClientSide.RESEND_MILLIS;
  }

  @Override
  public boolean requiresExtendedMasterSecret() {
    return true;
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Hashtable getServerExtensions() throws IOException {
    Hashtable extensions = super.getServerExtensions();
    Hashtable all = extensions == null ? new Hashtable() : extensions;
    SrtpProfile chosen = check.choose(clientExtensions);
    TlsSRTPUtils.addUseSRTPExtension(all, new UseSRTPData(new int[] {chosen.id()}, new byte[0]));
    return all;
  }

  @Override
  protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
    return Credentials.of(context, identity);
  }

  @Override
  @SuppressWarnings({"rawtypes", "JdkObsolete"})
  public CertificateRequest getCertificateRequest() {
    Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>();
    algorithms.add(Credentials.ECDSA_SHA256);
    return new CertificateRequest(
        new short[] {ClientCertificateType.ecdsa_sign}, algorithms, (Vector) null);
  }

  @Override
  public void notifyClientCertificate(Certificate certificate) throws IOException {
    check.certificate(certificate);
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    check.export(context, false);
  }
}
