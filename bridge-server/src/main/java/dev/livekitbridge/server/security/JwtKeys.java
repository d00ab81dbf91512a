package dev.livekitbridge.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Keys that check signatures, out of files. No message quotes a file. */
final class JwtKeys {
  private static final int MIN_SECRET_BYTES = 32;
  private static final int MIN_RSA_BITS = 2048;
  private static final Pattern BEGIN = Pattern.compile("(?=-----BEGIN )");

  private JwtKeys() {}

  /** Shared secrets for HS256, one a line. */
  static JWKSet secrets(byte[] content) {
    List<JWK> keys = new ArrayList<>();
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.isBlank()) {
        keys.add(secret(line.strip().getBytes(StandardCharsets.UTF_8)));
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("empty, expected: a secret, or one a line");
    }
    return new JWKSet(keys);
  }

  static JWK secret(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "secret: " + secret.length + " bytes (expected: 32 or more)");
    }
    return new OctetSequenceKey.Builder(secret).build();
  }

  /** Public keys: a JWK set, or one or more in PEM (keys or certificates). */
  static JWKSet publicKeys(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8).strip();
    List<JWK> keys;
    try {
      keys = text.startsWith("{") ? JWKSet.parse(text).getKeys() : pem(text);
    } catch (ParseException | JOSEException | RuntimeException e) {
      throw new IllegalArgumentException("expected: a JWK set, or public keys in PEM");
    }
    List<JWK> usable = new ArrayList<>();
    for (JWK key : keys) {
      JWK shown = key.toPublicJWK();
      if (shown instanceof RSAKey rsa) {
        if (rsa.size() < MIN_RSA_BITS) {
          throw new IllegalArgumentException(
              "RSA key of " + rsa.size() + " bits (expected: 2048 or more)");
        }
        usable.add(rsa);
      } else if (shown instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
        usable.add(ec);
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalArgumentException("no RSA or P-256 key in it");
    }
    return new JWKSet(usable);
  }

  private static List<JWK> pem(String text) throws JOSEException {
    List<JWK> keys = new ArrayList<>();
    // One at a time: two in one text are taken for a pair.
    for (String part : BEGIN.split(text, -1)) {
      if (!part.isBlank()) {
        keys.add(JWK.parseFromPEMEncodedObjects(part));
      }
    }
    return keys;
  }
}
