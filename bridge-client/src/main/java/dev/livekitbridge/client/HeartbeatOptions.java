package dev.livekitbridge.client;

import java.time.Duration;

/**
 * How a client notices that a bridge is gone while no error says so. Immutable; the defaults are
 * those of the project's design.
 *
 * <p>A silent network is noticed in three steps: nothing is heard on a connection for {@link
 * #silence} although something should be; a ping goes out; {@link #pingGrace} later a health check
 * on a second connection, which has {@link #probeTimeout} to answer. If it answers, the sessions
 * move there; else the bridge is away.
 */
public final class HeartbeatOptions {
  private static final HeartbeatOptions DEFAULTS = builder().build();

  private final Duration interval;
  private final Duration silence;
  private final Duration pingGrace;
  private final Duration probeTimeout;

  private HeartbeatOptions(Builder builder) {
    interval = builder.interval;
    silence = builder.silence;
    pingGrace = builder.pingGrace;
    probeTimeout = builder.probeTimeout;
  }

  /**
   * The defaults.
   *
   * @return one value, shared
   */
  public static HeartbeatOptions defaults() {
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
   * Time between two heartbeats of a session. Two unanswered ones break the stream.
   *
   * @return 5 s by default
   */
  public Duration interval() {
    return interval;
  }

  /**
   * How long a connection may be silent while an answer or audio is due.
   *
   * @return 600 ms by default
   */
  public Duration silence() {
    return silence;
  }

  /**
   * How long a ping may stay unanswered before a second connection is tried.
   *
   * @return 300 ms by default
   */
  public Duration pingGrace() {
    return pingGrace;
  }

  /**
   * Deadline of a health check, the connect included.
   *
   * @return 500 ms by default
   */
  public Duration probeTimeout() {
    return probeTimeout;
  }

  @Override
  public String toString() {
    return "HeartbeatOptions[interval="
        + interval
        + ", silence="
        + silence
        + ", pingGrace="
        + pingGrace
        + ", probeTimeout="
        + probeTimeout
        + "]";
  }

  /** Builds {@link HeartbeatOptions}. Not thread-safe. */
  public static final class Builder {
    private Duration interval = Duration.ofSeconds(5);
    private Duration silence = Duration.ofMillis(600);
    private Duration pingGrace = Duration.ofMillis(300);
    private Duration probeTimeout = Duration.ofMillis(500);

    private Builder() {}

    /**
     * Sets {@link HeartbeatOptions#interval}.
     *
     * @param value more than zero; well below the bridge's inactivity limit (30 s)
     * @return this
     */
    public Builder interval(Duration value) {
      interval = Checks.positive("interval", value);
      return this;
    }

    /**
     * Sets {@link HeartbeatOptions#silence}.
     *
     * @param value more than zero; above the pauses that the network and both processes make
     * @return this
     */
    public Builder silence(Duration value) {
      silence = Checks.positive("silence", value);
      return this;
    }

    /**
     * Sets {@link HeartbeatOptions#pingGrace}.
     *
     * @param value more than zero; above the round trip
     * @return this
     */
    public Builder pingGrace(Duration value) {
      pingGrace = Checks.positive("pingGrace", value);
      return this;
    }

    /**
     * Sets {@link HeartbeatOptions#probeTimeout}.
     *
     * @param value more than zero; above connect, TLS and one round trip
     * @return this
     */
    public Builder probeTimeout(Duration value) {
      probeTimeout = Checks.positive("probeTimeout", value);
      return this;
    }

    /**
     * The options.
     *
     * @return an immutable value
     */
    public HeartbeatOptions build() {
      return new HeartbeatOptions(this);
    }
  }
}
