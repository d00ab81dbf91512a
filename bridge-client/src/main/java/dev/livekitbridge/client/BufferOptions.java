package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.link.LinkLimits;
import java.time.Duration;

/**
 * How much audio a session keeps. Immutable; the defaults are those of the project's design.
 *
 * <p>What is sent stays in the buffer until the bridge has dealt with it, and is sent again after a
 * break; during an outage new frames wait there.
 */
public final class BufferOptions {
  private static final BufferOptions DEFAULTS = builder().build();

  private final Duration maxAge;
  private final int maxFrames;
  private final long maxBytes;
  private final Duration maxInFlight;
  private final Overflow overflow;
  private final int receiveFrames;
  private final long maxClientBytes;

  private BufferOptions(Builder builder) {
    maxAge = builder.maxAge;
    maxFrames = builder.maxFrames;
    maxBytes = builder.maxBytes;
    maxInFlight = builder.maxInFlight;
    overflow = builder.overflow;
    receiveFrames = builder.receiveFrames;
    maxClientBytes = builder.maxClientBytes;
  }

  /** What goes when the buffer is full. */
  public enum Overflow {
    /** The oldest frame, so that what is heard is recent. */
    DROP_OLDEST,
    /** The new frame, so that what is heard has no hole before it. */
    DROP_NEWEST
  }

  /**
   * The defaults.
   *
   * @return one value, shared
   */
  public static BufferOptions defaults() {
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
   * How long a frame is kept, since it was given to {@link BridgeSession#send}.
   *
   * @return 15 s by default
   */
  public Duration maxAge() {
    return maxAge;
  }

  /**
   * How many frames a session keeps.
   *
   * @return 1,500 by default
   */
  public int maxFrames() {
    return maxFrames;
  }

  /**
   * How many bytes of PCM a session keeps.
   *
   * @return 1 MiB by default
   */
  public long maxBytes() {
    return maxBytes;
  }

  /**
   * How much audio of a track may be on its way unacknowledged, towards a bridge that acknowledges.
   *
   * @return 3 s by default
   */
  public Duration maxInFlight() {
    return maxInFlight;
  }

  /**
   * What goes when the buffer is full.
   *
   * @return the oldest by default
   */
  public Overflow overflow() {
    return overflow;
  }

  /**
   * How many received frames may wait for a slow {@code onAudio}; then its oldest go, counted as
   * {@link dev.livekitbridge.core.DropCause#SLOW_CONSUMER}. What a bridge kept through a break
   * comes at once: then up to 1,500 may wait, until the consumer has caught up. The same for the
   * fallback.
   *
   * @return 200 by default
   */
  public int receiveFrames() {
    return receiveFrames;
  }

  /**
   * How many bytes of PCM all sessions of a client keep together.
   *
   * @return 512 MiB by default
   */
  public long maxClientBytes() {
    return maxClientBytes;
  }

  LinkLimits linkLimits() {
    return new LinkLimits(
        maxFrames,
        maxBytes,
        maxAge.toNanos(),
        maxInFlight.toNanos(),
        overflow == Overflow.DROP_OLDEST
            ? LinkLimits.Overflow.DROP_OLDEST
            : LinkLimits.Overflow.DROP_NEWEST);
  }

  @Override
  public String toString() {
    return "BufferOptions[maxAge="
        + maxAge
        + ", maxFrames="
        + maxFrames
        + ", maxBytes="
        + maxBytes
        + ", maxInFlight="
        + maxInFlight
        + ", overflow="
        + overflow
        + ", receiveFrames="
        + receiveFrames
        + ", maxClientBytes="
        + maxClientBytes
        + "]";
  }

  /** Builds {@link BufferOptions}. Not thread-safe. */
  public static final class Builder {
    private Duration maxAge = Duration.ofSeconds(15);
    private int maxFrames = 1_500;
    private long maxBytes = 1 << 20;
    private Duration maxInFlight = Duration.ofSeconds(3);
    private Overflow overflow = Overflow.DROP_OLDEST;
    private int receiveFrames = 200;
    private long maxClientBytes = 512L << 20;

    private Builder() {}

    /**
     * Sets {@link BufferOptions#maxAge}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder maxAge(Duration value) {
      maxAge = Checks.positive("maxAge", value);
      return this;
    }

    /**
     * Sets {@link BufferOptions#maxFrames}.
     *
     * @param value at least 1
     * @return this
     */
    public Builder maxFrames(int value) {
      maxFrames = Checks.atLeast("maxFrames", value, 1);
      return this;
    }

    /**
     * Sets {@link BufferOptions#maxBytes}.
     *
     * @param value at least the longest frame, 1 MiB, so that no frame is refused for its length
     * @return this
     */
    public Builder maxBytes(long value) {
      maxBytes = Checks.atLeast("maxBytes", value, AudioFrame.MAX_BYTES);
      return this;
    }

    /**
     * Sets {@link BufferOptions#maxInFlight}.
     *
     * @param value more than zero
     * @return this
     */
    public Builder maxInFlight(Duration value) {
      maxInFlight = Checks.positive("maxInFlight", value);
      return this;
    }

    /**
     * Sets {@link BufferOptions#overflow}.
     *
     * @param value what goes
     * @return this
     */
    public Builder overflow(Overflow value) {
      overflow = value;
      return this;
    }

    /**
     * Sets {@link BufferOptions#receiveFrames}.
     *
     * @param value at least 1
     * @return this
     */
    public Builder receiveFrames(int value) {
      receiveFrames = Checks.atLeast("receiveFrames", value, 1);
      return this;
    }

    /**
     * Sets {@link BufferOptions#maxClientBytes}.
     *
     * @param value at least 1 MiB
     * @return this
     */
    public Builder maxClientBytes(long value) {
      maxClientBytes = Checks.atLeast("maxClientBytes", value, AudioFrame.MAX_BYTES);
      return this;
    }

    /**
     * The options.
     *
     * @return an immutable value
     */
    public BufferOptions build() {
      return new BufferOptions(this);
    }
  }
}
