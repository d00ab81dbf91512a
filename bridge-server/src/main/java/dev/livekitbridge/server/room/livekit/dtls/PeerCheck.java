package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.jspecify.annotations.Nullable;

/** What both roles have in common: the peer's certificate, the SRTP profile, the keys. */
final class PeerCheck {
  private final String hash;
  private final String fingerprint;
  private boolean verified;
  private @Nullable SrtpProfile profile;
  private @Nullable ExportedKeys keys;

  PeerCheck(String hash, String fingerprint) {
    this.hash = hash;
    this.fingerprint = fingerprint;
  }

  /** RFC 8122 §5: the certificate must match what was announced, or the connection ends. */
  void certificate(Certificate chain) throws IOException {
    if (chain.isEmpty()
        || !Fingerprints.matches(hash, fingerprint, chain.getCertificateAt(0).getEncoded())) {
      throw new TlsFatalAlert(
          AlertDescription.bad_certificate, "the peer's certificate is not the announced one");
    }
    verified = true;
  }

  /** RFC 5764 §4.1.1: the server answers with exactly one profile. */
  void agreed(Hashtable<?, ?> extensions) throws IOException {
    UseSRTPData data = TlsSRTPUtils.getUseSRTPExtension(extensions);
    profile =
        data == null || data.getProtectionProfiles().length != 1
            ? null
            : SrtpProfile.of(data.getProtectionProfiles()[0]).orElse(null);
    if (profile == null) {
      throw new TlsFatalAlert(AlertDescription.illegal_parameter, "no SRTP profile was agreed on");
    }
  }

  /** As the server: the first of the client's profiles that we have, by our order. */
  SrtpProfile choose(Hashtable<?, ?> extensions) throws IOException {
    UseSRTPData data = TlsSRTPUtils.getUseSRTPExtension(extensions);
    if (data != null) {
      for (SrtpProfile each : SrtpProfile.values()) {
        for (int offered : data.getProtectionProfiles()) {
          if (offered == each.id()) {
            profile = each;
            return each;
          }
        }
      }
    }
    throw new TlsFatalAlert(AlertDescription.handshake_failure, "no SRTP profile in common");
  }

  /** Must be called while the handshake still has its secrets. */
  void export(TlsContext context, boolean weAreClient) throws IOException {
    SrtpProfile agreed = profile;
    if (!verified || agreed == null) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, "the peer showed no certificate");
    }
    byte[] material =
        context.exportKeyingMaterial("EXTRACTOR-dtls_srtp", null, agreed.exportedBytes());
    keys = new ExportedKeys(agreed.id(), material, weAreClient);
  }

  @Nullable ExportedKeys keys() {
    return keys;
  }
}
