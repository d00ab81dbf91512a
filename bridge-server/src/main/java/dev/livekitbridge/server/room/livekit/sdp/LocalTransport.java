package dev.livekitbridge.server.room.livekit.sdp;

import java.util.List;

/**
 * Our end of the transport.
 *
 * @param ufrag ICE user name fragment
 * @param password ICE password; a secret
 * @param fingerprint of our certificate
 * @param candidates texts of our candidates, without {@code a=}
 */
public record LocalTransport(
    String ufrag, String password, Fingerprint fingerprint, List<String> candidates) {
  /** Takes a copy of the list. */
  public LocalTransport {
    candidates = List.copyOf(candidates);
  }

  void describe(StringBuilder sdp, DtlsSetup setup) {
    sdp.append("a=ice-ufrag:").append(ufrag).append("\r\n");
    sdp.append("a=ice-pwd:").append(password).append("\r\n");
    sdp.append("a=fingerprint:").append(fingerprint).append("\r\n");
    sdp.append("a=setup:").append(setup.value()).append("\r\n");
  }

  void list(StringBuilder sdp) {
    for (String candidate : candidates) {
      sdp.append("a=").append(candidate).append("\r\n");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "LocalTransport[ufrag=" + ufrag + ", candidates=" + candidates + "]";
  }
}
