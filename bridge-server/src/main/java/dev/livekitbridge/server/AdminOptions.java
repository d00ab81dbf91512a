package dev.livekitbridge.server;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The admin port of a bridge, which speaks plain HTTP to those who run it: {@code /metrics} for
 * Prometheus, {@code /healthz} (200 while the bridge's threads answer), {@code /readyz} (200 while
 * it takes sessions, 503 from the moment it drains), and {@code /}, a page about sessions, rates
 * and faults. It shows no token, key, URL or audio, and of a user's id two letters. It asks nobody
 * who they are: by default it listens on this machine alone. Immutable.
 */
public final class AdminOptions {
  /** The port where nobody says another one. */
  public static final int DEFAULT_PORT = 9091;

  private final String host;
  private final int port;
  private final @Nullable Supplier<String> metrics;

  private AdminOptions(Builder builder) {
    this.host = builder.host;
    this.port = builder.port;
    this.metrics = builder.metrics;
  }

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  @Nullable Supplier<String> metrics() {
    return metrics;
  }

  /** Builds {@link AdminOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = DEFAULT_PORT;
    private @Nullable Supplier<String> metrics;

    private Builder() {}

    /**
     * The address to listen on.
     *
     * @param value a name or an IP address of this machine; default 127.0.0.1
     * @return this
     */
    public Builder host(String value) {
      this.host = Objects.requireNonNull(value, "host");
      return this;
    }

    /**
     * The TCP port to listen on.
     *
     * @param value 0 for any free one, which {@link BridgeServer#adminPort} then tells; default
     *     9091
     * @return this
     * @throws IllegalArgumentException if it is no port
     */
    public Builder port(int value) {
      if (value < 0 || value > 65_535) {
        throw new IllegalArgumentException("admin port: " + value + " (expected: 0 to 65535)");
      }
      this.port = value;
      return this;
    }

    /**
     * What {@code /metrics} answers, such as {@code prometheusMeterRegistry::scrape}: the bridge
     * itself depends on no registry.
     *
     * @param value gives the text format of Prometheus 0.0.4; asked on the admin port's thread. By
     *     default there is no such page
     * @return this
     */
    public Builder metrics(Supplier<String> value) {
      this.metrics = Objects.requireNonNull(value, "metrics");
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public AdminOptions build() {
      return new AdminOptions(this);
    }
  }
}
