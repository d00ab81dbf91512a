package dev.livekitbridge.server;

import java.time.Duration;

/** What concerns a bridge's connections; each setting says its meaning and default. Immutable. */
public final class TransportOptions {
  private final Duration keepAliveTime;
  private final Duration keepAliveTimeout;
  private final Duration permitKeepAliveTime;
  private final Duration handshakeTimeout;
  private final int maxMessageBytes;
  private final int maxCallsPerConnection;
  private final int flowControlWindow;
  private final int eventLoops;
  private final boolean warmUp;

  private TransportOptions(Builder builder) {
    this.keepAliveTime = builder.keepAliveTime;
    this.keepAliveTimeout = builder.keepAliveTimeout;
    this.permitKeepAliveTime = builder.permitKeepAliveTime;
    this.handshakeTimeout = builder.handshakeTimeout;
    this.maxMessageBytes = builder.maxMessageBytes;
    this.maxCallsPerConnection = builder.maxCallsPerConnection;
    this.flowControlWindow = builder.flowControlWindow;
    this.eventLoops = builder.eventLoops;
    this.warmUp = builder.warmUp;
  }

  /**
   * The defaults.
   *
   * @return options
   */
  public static TransportOptions defaults() {
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

  Duration keepAliveTime() {
    return keepAliveTime;
  }

  Duration keepAliveTimeout() {
    return keepAliveTimeout;
  }

  Duration permitKeepAliveTime() {
    return permitKeepAliveTime;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }

  int maxCallsPerConnection() {
    return maxCallsPerConnection;
  }

  int flowControlWindow() {
    return flowControlWindow;
  }

  int eventLoops() {
    return eventLoops;
  }

  boolean warmUp() {
    return warmUp;
  }

  /** Builds {@link TransportOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private Duration keepAliveTime = Duration.ofSeconds(5);
    private Duration keepAliveTimeout = Duration.ofSeconds(4);
    private Duration permitKeepAliveTime = Duration.ofSeconds(2);
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private int maxMessageBytes = 10 * 1024 * 1024;
    private int maxCallsPerConnection = 20_000;
    private int flowControlWindow = 128 * 1024;
    private int eventLoops = 1;
    private boolean warmUp = true;

    private Builder() {}

    /**
     * A connection on which nothing was heard for so long is pinged. With {@link #keepAliveTimeout}
     * it bounds when a client that vanished or froze is noticed.
     *
     * @param time default 5 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder keepAliveTime(Duration time) {
      this.keepAliveTime = Options.positive("keepAliveTime", time);
      return this;
    }

    /**
     * How long the answer to such a ping may take; then the connection is closed.
     *
     * @param time default 4 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder keepAliveTimeout(Duration time) {
      this.keepAliveTimeout = Options.positive("keepAliveTimeout", time);
      return this;
    }

    /**
     * The least time between two pings of a client, with calls or without; one that pings more
     * often is disconnected.
     *
     * @param time default 2 s, for clients that ping every 5 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder permitKeepAliveTime(Duration time) {
      this.permitKeepAliveTime = Options.notNegative("permitKeepAliveTime", time);
      return this;
    }

    /**
     * How long a new connection may take to speak HTTP/2, behind TLS or not; then it is closed,
     * also one that says a byte now and then.
     *
     * @param time default 10 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder handshakeTimeout(Duration time) {
      this.handshakeTimeout = Options.positive("handshakeTimeout", time);
      return this;
    }

    /**
     * The largest message that is taken.
     *
     * @param value in bytes, default 10 MiB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxMessageBytes(int value) {
      this.maxMessageBytes = Options.positive("maxMessageBytes", value);
      return this;
    }

    /**
     * Calls at once on one connection; more wait at the client until one has ended. A client of
     * ours has one connection for all its sessions, and up to two lasting calls for each: a stream
     * and a playback.
     *
     * @param value default 20,000
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxCallsPerConnection(int value) {
      this.maxCallsPerConnection = Options.positive("maxCallsPerConnection", value);
      return this;
    }

    /**
     * HTTP/2 flow-control window of each stream: what a client can send before the bridge has taken
     * it. 128 KiB is 4 s of 16 kHz mono and 0.7 s of 48 kHz stereo, so it holds no sender up in
     * real time and bounds what a held sender leaves in memory. A connection as a whole has 16 MiB.
     *
     * @param value in bytes, at least 65,535, default 128 KiB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder flowControlWindow(int value) {
      this.flowControlWindow = Options.atLeast(65_535, "flowControlWindow", value);
      return this;
    }

    /**
     * Threads that serve connections and timers. One is best up to about a thousand sessions on two
     * cores.
     *
     * @param value default 1
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder eventLoops(int value) {
      this.eventLoops = Options.positive("eventLoops", value);
      return this;
    }

    /**
     * Whether the server makes a call to itself before it opens its port, so that the first client
     * does not wait for cold code.
     *
     * @param value default true
     * @return this
     */
    public Builder warmUp(boolean value) {
      this.warmUp = value;
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public TransportOptions build() {
      return new TransportOptions(this);
    }
  }
}
