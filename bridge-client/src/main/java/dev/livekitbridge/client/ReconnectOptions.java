package dev.livekitbridge.client;

import java.time.Duration;

/**
 * How a client comes back after a fault. Immutable; the defaults are those of the project's design
 * ("Life of a session", on the client).
 *
 * <p>Tries follow an exponential backoff with full jitter: the first at once, then at random
 * between zero and 50 ms × 2ⁿ, capped at 150 ms in the first 3 s of an outage, at 500 ms up to 10
 * s, and growing from there to {@link #maxDelay}. An outage is as old as the time without a stream
 * in it, and is over only when a stream has lived for {@link #resetAfter}. Who waits for a bridge
 * that did not answer at all is back within 50 ms after it answers, however old the outage is.
 */
public final class ReconnectOptions {
  private static final ReconnectOptions DEFAULTS = builder().build();

  private final Duration maxDelay;
  private final Duration resetAfter;
  private final Duration degradedAfter;
  private final Duration connectTimeout;
  private final Duration joinTimeout;
  private final Duration attachTimeout;
  private final Duration tokenTimeout;
  private final int maxConcurrentJoins;
  private final int alertReconnects;
  private final double alertShare;
  private final Duration alertWindow;

  private ReconnectOptions(Builder builder) {
    maxDelay = builder.maxDelay;
    resetAfter = builder.resetAfter;
    degradedAfter = builder.degradedAfter;
    connectTimeout = builder.connectTimeout;
    joinTimeout = builder.joinTimeout;
    attachTimeout = builder.attachTimeout;
    tokenTimeout = builder.tokenTimeout;
    maxConcurrentJoins = builder.maxConcurrentJoins;
    alertReconnects = builder.alertReconnects;
    alertShare = builder.alertShare;
    alertWindow = builder.alertWindow;
  }

  /**
   * The defaults.
   *
   * @return one value, shared
   */
  public static ReconnectOptions defaults() {
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
   * The longest wait between two tries.
   *
   * @return 30 s by default
   */
  public Duration maxDelay() {
    return maxDelay;
  }

  /**
   * How long a stream has to live before the backoff starts anew.
   *
   * @return 10 s by default
   */
  public Duration resetAfter() {
    return resetAfter;
  }

  /**
   * After how long without success a session is {@link ConnectionState#DEGRADED}.
   *
   * @return 3 s by default
   */
  public Duration degradedAfter() {
    return degradedAfter;
  }

  /**
   * How long a TCP connect may take.
   *
   * @return 1 s by default
   */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /**
   * How long a join may take, the room's part included.
   *
   * @return 15 s by default
   */
  public Duration joinTimeout() {
    return joinTimeout;
  }

  /**
   * How long a stream may take from its first chunk to the bridge's answer.
   *
   * @return 5 s by default
   */
  public Duration attachTimeout() {
    return attachTimeout;
  }

  /**
   * How long the token supplier may take.
   *
   * @return 5 s by default
   */
  public Duration tokenTimeout() {
    return tokenTimeout;
  }

  /**
   * How many joins and attaches of a client may be on the way at once.
   *
   * @return 32 by default
   */
  public int maxConcurrentJoins() {
    return maxConcurrentJoins;
  }

  /**
   * More reconnections than this of one session within the {@link #alertWindow} are an alert.
   *
   * @return 5 by default
   */
  public int alertReconnects() {
    return alertReconnects;
  }

  /**
   * When this share of a client's sessions, and at least two of them, reconnects within the {@link
   * #alertWindow}, that is an alert.
   *
   * @return 0.2 by default
   */
  public double alertShare() {
    return alertShare;
  }

  /**
   * The time over which reconnections are counted.
   *
   * @return 60 s by default
   */
  public Duration alertWindow() {
    return alertWindow;
  }

  @Override
  public String toString() {
    return "ReconnectOptions[maxDelay="
        + maxDelay
        + ", resetAfter="
        + resetAfter
        + ", degradedAfter="
        + degradedAfter
        + ", connectTimeout="
        + connectTimeout
        + ", joinTimeout="
        + joinTimeout
        + ", attachTimeout="
        + attachTimeout
        + ", tokenTimeout="
        + tokenTimeout
        + ", maxConcurrentJoins="
        + maxConcurrentJoins
        + "]";
  }

  /** Builds {@link ReconnectOptions}. Not thread-safe. */
  public static final class Builder {
    private Duration maxDelay = Duration.ofSeconds(30);
    private Duration resetAfter = Duration.ofSeconds(10);
    private Duration degradedAfter = Duration.ofSeconds(3);
    private Duration connectTimeout = Duration.ofSeconds(1);
    private Duration joinTimeout = Duration.ofSeconds(15);
    private Duration attachTimeout = Duration.ofSeconds(5);
    private Duration tokenTimeout = Duration.ofSeconds(5);
    private int maxConcurrentJoins = 32;
    private int alertReconnects = 5;
    private double alertShare = 0.2;
    private Duration alertWindow = Duration.ofSeconds(60);

    private Builder() {}

    /**
     * Sets {@link ReconnectOptions#maxDelay}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder maxDelay(Duration value) {
      maxDelay = Checks.positive("maxDelay", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#resetAfter}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder resetAfter(Duration value) {
      resetAfter = Checks.positive("resetAfter", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#degradedAfter}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder degradedAfter(Duration value) {
      degradedAfter = Checks.positive("degradedAfter", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#connectTimeout}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = Checks.positive("connectTimeout", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#joinTimeout}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder joinTimeout(Duration value) {
      joinTimeout = Checks.positive("joinTimeout", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#attachTimeout}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder attachTimeout(Duration value) {
      attachTimeout = Checks.positive("attachTimeout", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#tokenTimeout}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder tokenTimeout(Duration value) {
      tokenTimeout = Checks.positive("tokenTimeout", value);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#maxConcurrentJoins}.
     *
     * @param value at least 1
     * @return this
     */
    public Builder maxConcurrentJoins(int value) {
      maxConcurrentJoins = Checks.atLeast("maxConcurrentJoins", value, 1);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#alertReconnects}.
     *
     * @param value at least 1
     * @return this
     */
    public Builder alertReconnects(int value) {
      alertReconnects = Checks.atLeast("alertReconnects", value, 1);
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#alertShare}.
     *
     * @param value more than 0, at most 1
     * @return this
     */
    public Builder alertShare(double value) {
      if (!(value > 0 && value <= 1)) {
        throw new IllegalArgumentException(
            "alertShare: " + value + " (expected: more than 0, at most 1)");
      }
      alertShare = value;
      return this;
    }

    /**
     * Sets {@link ReconnectOptions#alertWindow}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder alertWindow(Duration value) {
      alertWindow = Checks.positive("alertWindow", value);
      return this;
    }

    /**
     * The options.
     *
     * @return an immutable value
     */
    public ReconnectOptions build() {
      return new ReconnectOptions(this);
    }
  }
}
