package dev.livekitbridge.server.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a call brings along to show who calls.
 *
 * @param bearerToken the token of the header {@code authorization: Bearer ...}; a secret
 * @param certificates of the client, its own first, checked against the authorities of the server;
 *     empty without mutual TLS
 * @param peer address of the other end, for logs
 */
public record CallerCredentials(
    Optional<String> bearerToken, List<X509Certificate> certificates, String peer) {
  /** Takes a copy of the certificates. */
  public CallerCredentials {
    certificates = List.copyOf(certificates);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "CallerCredentials[bearerToken="
        + (bearerToken.isPresent() ? "***" : "none")
        + ", certificates="
        + certificates.size()
        + ", peer="
        + peer
        + "]";
  }
}
