package dev.livekitbridge.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.files.FileWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Callers known by JSON Web Tokens: signed with HS256 by a shared secret, or with RS256 or ES256 by
 * a key whose public half is here. A token must have {@code sub}, the caller's name, and {@code
 * exp}; {@code nbf} is heeded. For whom the caller may act is in the claim {@code bridge_users}, a
 * text or a list (see {@link Caller#users}); without it for the user of its own name only. The keys
 * follow their files.
 */
public final class JwtAuthenticator implements Authenticator, AutoCloseable {
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final String usersClaim;
  private final FileWatch watch;

  private JwtAuthenticator(Builder builder) {
    usersClaim = builder.usersClaim;
    watch = SecurityThreads.watch(builder.reloadEvery);
    Supplier<JWKSet> keys;
    try {
      keys = builder.keys.apply(watch);
    } catch (IllegalArgumentException e) {
      watch.close();
      throw e;
    }
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            // A public key is never taken for a secret: the selector goes by the kind of the key.
            Set.of(JWSAlgorithm.HS256, JWSAlgorithm.RS256, JWSAlgorithm.ES256),
            (selector, context) -> selector.select(keys.get())));
    processor.setJWTClaimsSetVerifier(new Claims(builder));
  }

  /**
   * Tokens signed with HS256 by a shared secret.
   *
   * @param secret of 32 bytes or more
   * @return a new builder
   * @throws IllegalArgumentException if it is shorter
   */
  public static Builder sharedSecret(String secret) {
    JWKSet keys = new JWKSet(JwtKeys.secret(secret.getBytes(StandardCharsets.UTF_8)));
    return new Builder(watch -> () -> keys);
  }

  /**
   * Tokens signed with HS256 by a shared secret out of a file. Several, one a line, are for the
   * time in which one replaces the other.
   *
   * @param file of text; each secret has 32 bytes or more
   * @return a new builder
   */
  public static Builder sharedSecretFile(Path file) {
    return new Builder(
        watch ->
            watch.value("JWT secret", List.of(file), contents -> JwtKeys.secrets(contents.get(0))));
  }

  /**
   * Tokens signed with RS256 or ES256.
   *
   * @param file a JWK set, or public keys or certificates in PEM: RSA of 2048 bits or more, or
   *     P-256
   * @return a new builder
   */
  public static Builder publicKeyFile(Path file) {
    return new Builder(
        watch ->
            watch.value(
                "JWT public keys", List.of(file), contents -> JwtKeys.publicKeys(contents.get(0))));
  }

  @Override
  public Caller authenticate(CallerCredentials credentials) throws AuthenticationException {
    String token =
        credentials.bearerToken().orElseThrow(() -> new AuthenticationException("no bearer token"));
    JWTClaimsSet claims = verified(token);
    String name = claims.getSubject();
    Date expires = claims.getExpirationTime();
    if (name == null || name.isEmpty() || expires == null) {
      throw new AuthenticationException("a token without sub or exp");
    }
    return new Caller(name, users(claims, name), Optional.of(expires.toInstant()));
  }

  /** Ends the watch over the files. */
  @Override
  public void close() {
    watch.close();
  }

  private JWTClaimsSet verified(String token) throws AuthenticationException {
    try {
      return processor.process(token, null);
    } catch (BadJWTException e) {
      // Of the claims: that it has expired, or is for somebody else.
      throw new AuthenticationException("bad token: " + e.getMessage());
    } catch (ParseException | BadJOSEException | JOSEException | RuntimeException e) {
      // What they say may quote the token.
      throw new AuthenticationException("not a token signed by a key of ours");
    }
  }

  private Set<String> users(JWTClaimsSet claims, String name) throws AuthenticationException {
    Object value = claims.getClaim(usersClaim);
    if (value == null) {
      return Set.of(name);
    }
    if (value instanceof String one) {
      return Set.of(one);
    }
    Set<String> users = new HashSet<>();
    if (value instanceof Collection<?> many) {
      for (Object user : many) {
        if (!(user instanceof String text)) {
          throw new AuthenticationException(usersClaim + " holds something that is no text");
        }
        users.add(text);
      }
      return users;
    }
    throw new AuthenticationException(usersClaim + " is neither a text nor a list");
  }

  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
    private final TimeSource time;

    Claims(Builder builder) {
      super(
          builder.audience == null ? null : Set.of(builder.audience),
          builder.issuer == null ? null : new JWTClaimsSet.Builder().issuer(builder.issuer).build(),
          Set.of("sub", "exp"),
          null);
      time = builder.time;
      setMaxClockSkew((int) builder.clockSkew.toSeconds());
    }

    @Override
    protected Date currentTime() {
      return Date.from(Instant.ofEpochMilli(time.epochMillis()));
    }
  }

  /** Builds {@link JwtAuthenticator}; not safe for use by many threads at once. */
  public static final class Builder {
    private final Function<FileWatch, Supplier<JWKSet>> keys;
    private @Nullable String issuer;
    private @Nullable String audience;
    private String usersClaim = "bridge_users";
    private Duration clockSkew = Duration.ofSeconds(30);
    private Duration reloadEvery = Duration.ofSeconds(10);
    private TimeSource time = TimeSource.system();

    private Builder(Function<FileWatch, Supplier<JWKSet>> keys) {
      this.keys = keys;
    }

    /**
     * Who must have issued a token ({@code iss}).
     *
     * @param value by default anyone with the key
     * @return this
     */
    public Builder issuer(String value) {
      issuer = value;
      return this;
    }

    /**
     * For whom a token must be ({@code aud}).
     *
     * @param value by default it is not looked at
     * @return this
     */
    public Builder audience(String value) {
      audience = value;
      return this;
    }

    /**
     * The claim that tells for whom the caller may act.
     *
     * @param name default {@code bridge_users}
     * @return this
     */
    public Builder usersClaim(String name) {
      usersClaim = name;
      return this;
    }

    /**
     * By how much the clocks of issuer and bridge may differ.
     *
     * @param time default 30 s
     * @return this
     * @throws IllegalArgumentException if it is negative or more than an hour
     */
    public Builder clockSkew(Duration time) {
      if (time.isNegative() || time.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("clockSkew: " + time + " (expected: 0 to 1 h)");
      }
      clockSkew = time;
      return this;
    }

    /**
     * How often the file of the keys is looked at.
     *
     * @param time default 10 s
     * @return this
     */
    public Builder reloadEvery(Duration time) {
      reloadEvery = time;
      return this;
    }

    /**
     * The clock.
     *
     * @param value by default the machine's
     * @return this
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * The authenticator.
     *
     * @return a new authenticator; close it
     * @throws IllegalArgumentException if its keys cannot be loaded
     */
    public JwtAuthenticator build() {
      return new JwtAuthenticator(this);
    }
  }
}
