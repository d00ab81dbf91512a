package dev.livekitbridge.client;

import java.time.Duration;

/**
 * How a client keeps up with bridges that are found by a name ({@code dns:///host:port}), and how
 * its sessions are spread over them. Immutable. A fixed list of bridges is never looked up, and
 * nobody moves within it but from a bridge that goes away.
 */
public final class DiscoveryOptions {
  private static final DiscoveryOptions DEFAULTS = builder().build();

  private final Duration refresh;
  private final Duration settle;
  private final boolean rebalance;

  private DiscoveryOptions(Builder builder) {
    refresh = builder.refresh;
    settle = builder.settle;
    rebalance = builder.rebalance;
  }

  /**
   * The defaults.
   *
   * @return one value, shared
   */
  public static DiscoveryOptions defaults() {
    return DEFAULTS;
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
   * How often the name is looked up again; also at once when a bridge goes away. The JVM keeps what
   * DNS said for 30 s of its own (security property {@code networkaddress.cache.ttl}).
   *
   * @return 10 s by default
   */
  public Duration refresh() {
    return refresh;
  }

  /**
   * How long the bridges have to stay the same before sessions move for the sake of an even spread.
   *
   * @return 30 s by default
   */
  public Duration settle() {
    return settle;
  }

  /**
   * Whether sessions move for the sake of the spread, such as to a new bridge: without a break, one
   * in twenty each second. Begins when some bridge has 15 % more or less than its share, and moves
   * only those whose own bridge lacks some, or whose bridge has too many. A session without a token
   * supplier, or with a standby, stays where it is.
   *
   * @return true by default
   */
  public boolean rebalance() {
    return rebalance;
  }

  @Override
  public String toString() {
    return "DiscoveryOptions[refresh="
        + refresh
        + ", settle="
        + settle
        + ", rebalance="
        + rebalance
        + "]";
  }

  /** Builds {@link DiscoveryOptions}. Not thread-safe. */
  public static final class Builder {
    private Duration refresh = Duration.ofSeconds(10);
    private Duration settle = Duration.ofSeconds(30);
    private boolean rebalance = true;

    private Builder() {}

    /**
     * Sets {@link DiscoveryOptions#refresh}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder refresh(Duration value) {
      refresh = Checks.positive("refresh", value);
      return this;
    }

    /**
     * Sets {@link DiscoveryOptions#settle}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder settle(Duration value) {
      settle = Checks.positive("settle", value);
      return this;
    }

    /**
     * Sets {@link DiscoveryOptions#rebalance}.
     *
     * @param value true or false
     * @return this
     */
    public Builder rebalance(boolean value) {
      rebalance = value;
      return this;
    }

    /**
     * The options.
     *
     * @return an immutable value
     */
    public DiscoveryOptions build() {
      return new DiscoveryOptions(this);
    }
  }
}
