package dev.livekitbridge.server.room.livekit.sdp;

import java.util.Locale;

/**
 * The hash of a certificate as a description tells it (RFC 8122 §5).
 *
 * @param hash such as {@code sha-256}, in lower case
 * @param hex upper-case pairs with colons
 */
public record Fingerprint(String hash, String hex) {
  /** One form for each value, so that equal ones are equal. */
  public Fingerprint {
    hash = hash.toLowerCase(Locale.ROOT);
    hex = hex.toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return hash + " " + hex;
  }
}
