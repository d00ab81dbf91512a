package dev.livekitbridge.server.room.livekit.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Hashes of certificates (RFC 8122 §5). */
final class Fingerprints {
  private static final HexFormat PAIRS = HexFormat.ofDelimiter(":").withUpperCase();

  private Fingerprints() {}

  /** Empty for a hash that is unknown or no longer safe. */
  static Optional<String> of(String hash, byte[] certificate) {
    String algorithm =
        switch (hash.toLowerCase(Locale.ROOT)) {
          case "sha-256" -> "SHA-256";
          case "sha-384" -> "SHA-384";
          case "sha-512" -> "SHA-512";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(PAIRS.formatHex(MessageDigest.getInstance(algorithm).digest(certificate)));
    } catch (NoSuchAlgorithmException e) {
      return Optional.empty();
    }
  }

  static boolean matches(String hash, String expected, byte[] certificate) {
    return of(hash, certificate).filter(expected.toUpperCase(Locale.ROOT)::equals).isPresent();
  }
}
