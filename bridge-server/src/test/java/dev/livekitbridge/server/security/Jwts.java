package dev.livekitbridge.server.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Tokens as an issuer makes them. */
public final class Jwts {
  public static final String SECRET = "a-secret-of-at-least-32-characters";

  private Jwts() {}

  /** Signed with {@link #SECRET}. */
  public static String of(String name, long nowMillis, Duration validFor, String... users) {
    return sign(SECRET, claims(name, nowMillis, validFor, users).build());
  }

  public static JWTClaimsSet.Builder claims(
      String name, long nowMillis, Duration validFor, String... users) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .subject(name)
            .expirationTime(Date.from(Instant.ofEpochMilli(nowMillis).plus(validFor)));
    return users.length == 0 ? claims : claims.claim("bridge_users", List.of(users));
  }

  public static String sign(String secret, JWTClaimsSet claims) {
    try {
      return sign(JWSAlgorithm.HS256, new MACSigner(secret), claims);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static String sign(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws Exception {
    SignedJWT token = new SignedJWT(new JWSHeader(algorithm), claims);
    token.sign(signer);
    return token.serialize();
  }
}
