package dev.livekitbridge.server.room.livekit.sdp;

import java.util.List;

/**
 * The server's end of the one transport that all sections share (BUNDLE, RFC 9143).
 *
 * @param ufrag ICE user name fragment
 * @param password ICE password; a secret
 * @param lite whether the server is ICE lite (RFC 8445 §2.5)
 * @param fingerprint of its certificate
 * @param setup its DTLS role
 * @param candidates texts of those that came within the description
 */
public record RemoteTransport(
    String ufrag,
    String password,
    boolean lite,
    Fingerprint fingerprint,
    DtlsSetup setup,
    List<String> candidates) {
  /** Takes a copy of the list. */
  public RemoteTransport {
    candidates = List.copyOf(candidates);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "RemoteTransport[ufrag=" + ufrag + ", lite=" + lite + ", setup=" + setup + "]";
  }
}
