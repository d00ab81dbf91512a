package dev.livekitbridge.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the bridges. Immutable. The files are read when the client is built; what is in them
 * is shown nowhere.
 */
public final class TlsOptions {
  final @Nullable Path trustedCertificates;
  final @Nullable Path certificateChain;
  final @Nullable Path privateKey;
  final @Nullable String serverName;

  private TlsOptions(Builder builder) {
    trustedCertificates = builder.trustedCertificates;
    certificateChain = builder.certificateChain;
    privateKey = builder.privateKey;
    serverName = builder.serverName;
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
     * @param keyPem file of its PKCS #8 key, not encrypted
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
     * The options.
     *
     * @return an immutable value
     */
    public TlsOptions build() {
      return new TlsOptions(this);
    }
  }
}
