package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCrypto;

/** We begin. */
final class ClientSide extends DefaultTlsClient {
  /** RFC 8827 §6.5 and what the JVM is fastest at; pion has all of them. */
  static final int[] SUITES = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  };

  /** RFC 6347 §4.2.4.1 permits less than its second: browsers begin with 50 ms; it doubles. */
  static final int RESEND_MILLIS = 50;

  private final DtlsIdentity identity;
  private final PeerCheck check;
  private final int timeoutMillis;

  ClientSide(TlsCrypto crypto, DtlsIdentity identity, PeerCheck check, int timeoutMillis) {
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
    return SUITES.clone();
  }

  @Override
  public int getHandshakeTimeoutMillis() {
    return timeoutMillis;
  }

  @Override
  public int getHandshakeResendTimeMillis() {
    return RESEND_MILLIS;
  }

  @Override
  public boolean requiresExtendedMasterSecret() {
    return true;
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Hashtable getClientExtensions() throws IOException {
    Hashtable extensions = super.getClientExtensions();
    Hashtable all = extensions == null ? new Hashtable() : extensions;
    TlsSRTPUtils.addUseSRTPExtension(all, new UseSRTPData(SrtpProfile.ids(), new byte[0]));
    return all;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public void processServerExtensions(Hashtable extensions) throws IOException {
    super.processServerExtensions(extensions);
    check.agreed(extensions);
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
        check.certificate(server.getCertificate());
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        return Credentials.of(context, identity);
      }
    };
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    check.export(context, true);
  }
}
