package dev.livekitbridge.server.security;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a bridge, for what, and how much. Immutable. By default everybody may do everything,
 * as the existing clients, which know of no credentials, expect.
 */
public final class SecurityOptions {
  private final @Nullable Authenticator authenticator;
  private final Authorizer authorizer;
  private final Duration expiryGrace;
  private final List<String> roomUrls;
  private final int maxSessionsPerCaller;
  private final int joinsPerSecond;

  private SecurityOptions(Builder builder) {
    authenticator = builder.authenticator;
    authorizer = builder.authorizer;
    expiryGrace = builder.expiryGrace;
    roomUrls = builder.roomUrls;
    maxSessionsPerCaller = builder.maxSessionsPerCaller;
    joinsPerSecond = builder.joinsPerSecond;
  }

  /**
   * Everybody may do everything.
   *
   * @return options
   */
  public static SecurityOptions none() {
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

  /**
   * Who tells who calls.
   *
   * @return empty if nobody is asked
   */
  public Optional<Authenticator> authenticator() {
    return Optional.ofNullable(authenticator);
  }

  /**
   * Who tells what a caller may do.
   *
   * @return the authorizer
   */
  public Authorizer authorizer() {
    return authorizer;
  }

  /**
   * How long a stream may outlive the credentials it was opened with.
   *
   * @return the time
   */
  public Duration expiryGrace() {
    return expiryGrace;
  }

  /**
   * Where rooms may be.
   *
   * @return patterns; empty for anywhere
   */
  public List<String> roomUrls() {
    return roomUrls;
  }

  /**
   * Sessions that one caller may have at once.
   *
   * @return the number; 0 for any
   */
  public int maxSessionsPerCaller() {
    return maxSessionsPerCaller;
  }

  /**
   * Joins that one caller may ask for in a second.
   *
   * @return the number; 0 for any
   */
  public int joinsPerSecond() {
    return joinsPerSecond;
  }

  /**
   * Whether everybody may do everything.
   *
   * @return true if nobody is asked who they are, and nothing is limited
   */
  public boolean isOpen() {
    return authenticator == null
        && roomUrls.isEmpty()
        && maxSessionsPerCaller == 0
        && joinsPerSecond == 0;
  }

  @Override
  public String toString() {
    return "SecurityOptions[authenticator="
        + (authenticator == null ? "none" : authenticator.getClass().getSimpleName())
        + ", expiryGrace="
        + expiryGrace
        + ", roomUrls="
        + roomUrls
        + ", maxSessionsPerCaller="
        + maxSessionsPerCaller
        + ", joinsPerSecond="
        + joinsPerSecond
        + "]";
  }

  /** Builds {@link SecurityOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private @Nullable Authenticator authenticator;
    private Authorizer authorizer = Authorizer.byUsers();
    private Duration expiryGrace = Duration.ofSeconds(5);
    private List<String> roomUrls = List.of();
    private int maxSessionsPerCaller;
    private int joinsPerSecond;

    private Builder() {}

    /**
     * Asks every caller for credentials.
     *
     * @param value stays the caller's, who closes it after the server; by default nobody is asked
     * @return this
     */
    public Builder authenticator(Authenticator value) {
      authenticator = value;
      return this;
    }

    /**
     * What callers may do. Without an authenticator it is not asked.
     *
     * @param value by default {@link Authorizer#byUsers}
     * @return this
     */
    public Builder authorizer(Authorizer value) {
      authorizer = value;
      return this;
    }

    /**
     * How long a stream may outlive the credentials it was opened with. Then it ends, with {@code
     * UNAUTHENTICATED}; our client opens another one with fresh credentials, and nothing is lost.
     *
     * @param time default 5 s
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder expiryGrace(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("expiryGrace: " + time + " (expected: 0 or more)");
      }
      expiryGrace = time;
      return this;
    }

    /**
     * Where rooms may be, so that nobody makes the bridge dial anywhere else: {@code
     * wss://livekit.example.com}, {@code wss://*.livekit.example.com} for the hosts below it,
     * {@code ws://10.0.0.5:7880}, {@code ws://host:*} for any port, {@code memory:} for every URL
     * of a scheme. Without a port it is the scheme's own, 80 or 443.
     *
     * @param patterns by default anywhere
     * @return this
     */
    public Builder roomUrls(String... patterns) {
      roomUrls = List.of(patterns);
      return this;
    }

    /**
     * Sessions that one caller may have at once; a join beyond them is answered with OVERLOADED.
     * Without an authenticator the callers are told apart by their addresses.
     *
     * @param value by default any number
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxSessionsPerCaller(int value) {
      maxSessionsPerCaller = positive("maxSessionsPerCaller", value);
      return this;
    }

    /**
     * Joins that one caller may ask for in a second, takeovers too; one beyond them is answered
     * with OVERLOADED. After a restart of the bridge a caller joins with all its users at once:
     * allow it as many.
     *
     * @param value by default any number
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder joinsPerSecond(int value) {
      joinsPerSecond = positive("joinsPerSecond", value);
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public SecurityOptions build() {
      return new SecurityOptions(this);
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
      }
      return value;
    }
  }
}
