package dev.livekitbridge.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a bridge, 1.2 and 1.3. Immutable. The files are read when the server is built, and again
 * when their content has changed: new connections get the new certificate, those that are up go on.
 * Sessions of TLS are not resumed, so that every connection shows and checks what is in force.
 */
public final class TlsOptions {
  final Path certificateChain;
  final Path privateKey;
  final @Nullable Path clientAuthorities;
  final Duration reloadEvery;

  private TlsOptions(Builder builder) {
    certificateChain = builder.certificateChain;
    privateKey = builder.privateKey;
    clientAuthorities = builder.clientAuthorities;
    reloadEvery = builder.reloadEvery;
  }

  /**
   * A builder.
   *
   * @param chainPem file of X.509 certificates: the server's, then those between it and the root
   * @param keyPem file of its RSA or EC key, PKCS #8, not encrypted
   * @return a new builder
   */
  public static Builder builder(Path chainPem, Path keyPem) {
    return new Builder(chainPem, keyPem);
  }

  @Override
  public String toString() {
    return "TlsOptions[certificateChain="
        + certificateChain
        + ", clientAuthorities="
        + clientAuthorities
        + ", reloadEvery="
        + reloadEvery
        + "]";
  }

  /** Builds {@link TlsOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private final Path certificateChain;
    private final Path privateKey;
    private @Nullable Path clientAuthorities;
    private Duration reloadEvery = Duration.ofSeconds(10);

    private Builder(Path certificateChain, Path privateKey) {
      this.certificateChain = Objects.requireNonNull(certificateChain, "chainPem");
      this.privateKey = Objects.requireNonNull(privateKey, "keyPem");
    }

    /**
     * Lets only clients in that show a certificate of these authorities (mutual TLS).
     *
     * @param pem file of X.509 certificates; by default no client is asked for one
     * @return this
     */
    public Builder clientAuthorities(Path pem) {
      clientAuthorities = pem;
      return this;
    }

    /**
     * How often the files are looked at.
     *
     * @param time default 10 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder reloadEvery(Duration time) {
      reloadEvery = Options.positive("reloadEvery", time);
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public TlsOptions build() {
      return new TlsOptions(this);
    }
  }
}
