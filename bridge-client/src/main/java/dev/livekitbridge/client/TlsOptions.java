package dev.livekitbridge.client;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the bridges, 1.2 and 1.3. Immutable. The files are read when the client is built, and
 * again when their content has changed: new connections use it, those that are up go on. What is in
 * them is shown nowhere.
 */
public final class TlsOptions {
  final @Nullable Path trustedCertificates;
  final @Nullable Path certificateChain;
  final @Nullable Path privateKey;
  final @Nullable String serverName;
  final Duration reloadEvery;

  private TlsOptions(Builder builder) {
    trustedCertificates = builder.trustedCertificates;
    certificateChain = builder.certificateChain;
    privateKey = builder.privateKey;
    serverName = builder.serverName;
    reloadEvery = builder.reloadEvery;
  }

  /**
   * TLS that trusts what the Java runtime trusts.
   *
   * @return a new value
   */
  public static TlsOptions defaults() {
    return builder().build();
  }

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "TlsOptions[trustedCertificates="
        + trustedCertificates
        + ", certificateChain="
        + certificateChain
        + ", serverName="
        + serverName
        + "]";
  }

  /** Builds {@link TlsOptions}. Not thread-safe. */
  public static final class Builder {
    private @Nullable Path trustedCertificates;
    private @Nullable Path certificateChain;
    private @Nullable Path privateKey;
    private @Nullable String serverName;
    private Duration reloadEvery = Duration.ofSeconds(10);

    private Builder() {}

    /**
     * Whom to trust, instead of what the Java runtime trusts.
     *
     * @param pem file of X.509 certificates
     * @return this
     */
    public Builder trustedCertificates(Path pem) {
      trustedCertificates = pem;
      return this;
    }

    /**
     * How the client proves who it is, where bridges ask for it.
     *
     * @param chainPem file of X.509 certificates, the client's first
     * @param keyPem file of its RSA or EC key, PKCS #8, not encrypted
     * @return this
     */
    public Builder clientCertificate(Path chainPem, Path keyPem) {
      certificateChain = chainPem;
      privateKey = keyPem;
      return this;
    }

    /**
     * The name that the bridge's certificate must have, where it differs from the target's.
     *
     * @param value a host name
     * @return this
     */
    public Builder serverName(String value) {
      serverName = Checks.required("serverName", value);
      return this;
    }

    /**
     * How often the files are looked at.
     *
     * @param time more than zero, 10 s by default
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder reloadEvery(Duration time) {
      reloadEvery = Checks.positive("reloadEvery", time);
      return this;
    }

    /**
     * The options.
     *
     * @return an immutable value
     */
    public TlsOptions build() {
      return new TlsOptions(this);
    }
  }
}
