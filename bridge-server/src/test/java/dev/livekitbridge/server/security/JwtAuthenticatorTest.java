package dev.livekitbridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.livekitbridge.core.testing.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokens show a caller, and which do not. */
class JwtAuthenticatorTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path dir;
  private final FakeClock clock = new FakeClock();
  private final List<AutoCloseable> open = new java.util.ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private JwtAuthenticator make(JwtAuthenticator.Builder builder) {
    JwtAuthenticator made = builder.time(clock).build();
    open.add(made);
    return made;
  }

  private static Caller caller(Authenticator by, String token) throws AuthenticationException {
    return by.authenticate(new CallerCredentials(Optional.of(token), List.of(), "peer"));
  }

  private static void refused(Authenticator by, String token) {
    assertThatThrownBy(() -> caller(by, token))
        .isInstanceOf(AuthenticationException.class)
        .message()
        .satisfies(text -> assertThat(token.isEmpty() || !text.contains(token)).as(text).isTrue());
  }

  private String good(String... users) {
    return Jwts.of("svc", clock.epochMillis(), HOUR, users);
  }

  @Test
  void goodTokenSaysWhoForWhomAndUntilWhen() throws Exception {
    JwtAuthenticator by = make(JwtAuthenticator.sharedSecret(Jwts.SECRET));
    Caller caller = caller(by, good("alice", "team-7/*"));
    assertThat(caller.name()).isEqualTo("svc");
    assertThat(caller.expires().orElseThrow().toEpochMilli())
        .isCloseTo(
            clock.epochMillis() + HOUR.toMillis(), org.assertj.core.data.Offset.offset(999L));
    assertThat(caller.mayActFor("alice")).isTrue();
    assertThat(caller.mayActFor("team-7/bob")).isTrue();
    assertThat(caller.mayActFor("team-70")).isFalse();
    assertThat(caller.mayActFor("")).isFalse();
    Caller itself = caller(by, good());
    assertThat(itself.mayActFor("svc")).isTrue();
    assertThat(itself.mayActFor("alice")).isFalse();
  }

  @Test
  void everyOtherTokenIsRefused() throws Exception {
    JwtAuthenticator by =
        make(JwtAuthenticator.sharedSecret(Jwts.SECRET).issuer("us").audience("bridge"));
    long now = clock.epochMillis();
    JWTClaimsSet right = Jwts.claims("svc", now, HOUR).issuer("us").audience("bridge").build();
    assertThat(caller(by, Jwts.sign(Jwts.SECRET, right)).name()).isEqualTo("svc");
    refused(by, "");
    refused(by, "x.y.z");
    refused(by, new PlainJWT(right).serialize());
    refused(by, Jwts.sign("another-secret-of-32-characters-or-so", right));
    String signed = Jwts.sign(Jwts.SECRET, right);
    refused(by, signed.substring(0, signed.length() - 4) + "AAAA");
    refused(by, Jwts.sign(JWSAlgorithm.HS384, new MACSigner("x".repeat(48)), right));
    for (JWTClaimsSet wrong :
        List.of(
            Jwts.claims("svc", now, Duration.ofMinutes(-1)).issuer("us").audience("bridge").build(),
            Jwts.claims("svc", now, HOUR).issuer("them").audience("bridge").build(),
            Jwts.claims("svc", now, HOUR).issuer("us").audience("other").build(),
            new JWTClaimsSet.Builder(right).subject(null).build(),
            new JWTClaimsSet.Builder(right).subject("").build(),
            new JWTClaimsSet.Builder(right).expirationTime(null).build(),
            new JWTClaimsSet.Builder(right).claim("bridge_users", 7).build(),
            new JWTClaimsSet.Builder(right).claim("bridge_users", List.of("a", 7)).build(),
            new JWTClaimsSet.Builder(right)
                .notBeforeTime(java.util.Date.from(java.time.Instant.ofEpochMilli(now).plus(HOUR)))
                .build())) {
      refused(by, Jwts.sign(Jwts.SECRET, wrong));
    }
  }

  @Test
  void keysOfAFileInEitherFormAndNeverAPublicKeyAsASecret() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    Path set = Files.writeString(dir.resolve("keys.json"), new JWKSet(List.of(rsa, ec)).toString());
    String rsaPem = pem(rsa.toPublicKey());
    Path pem = Files.writeString(dir.resolve("keys.pem"), rsaPem + pem(ec.toPublicKey()));
    JWTClaimsSet claims = Jwts.claims("svc", clock.epochMillis(), HOUR).build();
    for (Path file : List.of(set, pem)) {
      JwtAuthenticator by = make(JwtAuthenticator.publicKeyFile(file));
      String byRsa = Jwts.sign(JWSAlgorithm.RS256, new RSASSASigner(rsa), claims);
      String byEc = Jwts.sign(JWSAlgorithm.ES256, new ECDSASigner(ec), claims);
      assertThat(caller(by, byRsa).name()).isEqualTo("svc");
      assertThat(caller(by, byEc).name()).isEqualTo("svc");
      refused(by, Jwts.sign(rsaPem, claims));
      refused(by, good());
    }
  }

  @Test
  void secretsOfAFileAreReplacedWithoutARestart() throws Exception {
    Path file = Files.writeString(dir.resolve("secret"), Jwts.SECRET + "\n");
    JwtAuthenticator by =
        make(JwtAuthenticator.sharedSecretFile(file).reloadEvery(Duration.ofMillis(20)));
    assertThat(caller(by, good()).name()).isEqualTo("svc");
    String next = "the-next-secret-of-32-characters!!";
    Files.writeString(file, Jwts.SECRET + "\n" + next + "\n");
    JWTClaimsSet claims = Jwts.claims("svc", clock.epochMillis(), HOUR).build();
    await().until(() -> takes(by, Jwts.sign(next, claims)));
    assertThat(takes(by, good())).as("both for a while").isTrue();
    Files.writeString(file, next);
    await().until(() -> !takes(by, good()));
    Files.writeString(file, "too short");
    Files.writeString(file, "");
    assertThat(takes(by, Jwts.sign(next, claims))).as("a bad file changes nothing").isTrue();
  }

  @Test
  void badKeysAreAClearErrorThatQuotesNothing() throws Exception {
    assertThatThrownBy(() -> JwtAuthenticator.sharedSecret("short-secret"))
        .hasMessageContaining("32")
        .message()
        .doesNotContain("short-secret");
    Path file = Files.writeString(dir.resolve("keys"), "a private thing");
    assertThatThrownBy(() -> make(JwtAuthenticator.publicKeyFile(file)))
        .hasMessageContaining(file.toString())
        .message()
        .doesNotContain("a private thing");
    Path weak =
        Files.writeString(
            dir.resolve("weak"), new JWKSet(new RSAKeyGenerator(1024, true).generate()).toString());
    assertThatThrownBy(() -> make(JwtAuthenticator.publicKeyFile(weak)))
        .hasMessageContaining("2048");
  }

  private static boolean takes(Authenticator by, String token) {
    try {
      return caller(by, token) != null;
    } catch (AuthenticationException e) {
      return false;
    }
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
