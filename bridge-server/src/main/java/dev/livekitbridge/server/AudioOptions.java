package dev.livekitbridge.server;

import dev.livekitbridge.core.link.LinkLimits;
import dev.livekitbridge.server.session.SessionSettings;
import java.time.Duration;

/** How a bridge buffers and paces audio; each setting says its meaning and default. Immutable. */
public final class AudioOptions {
  // The frames are the limit; this one is for frames of absurd length only.
  private static final long CHANNEL_BYTES = 8L << 20;

  /** What goes when no more frames may wait. */
  public enum Overflow {
    /** The oldest that waits, so that what is heard is recent. */
    DROP_OLDEST,
    /** The new one, so that what is heard has no hole before it. */
    DROP_NEWEST;

    LinkLimits.Overflow toLink() {
      return this == DROP_OLDEST
          ? LinkLimits.Overflow.DROP_OLDEST
          : LinkLimits.Overflow.DROP_NEWEST;
    }
  }

  private final int channelFrames;
  private final Overflow overflow;
  private final Duration retentionTime;
  private final int retentionFrames;
  private final long retentionBytes;
  private final long retentionTotalBytes;
  private final int acknowledgeFrames;
  private final Duration acknowledgeDelay;
  private final Duration trackAhead;
  private final Duration roomLead;
  private final Duration roomCatchUp;
  private final Duration trackReadyTimeout;

  private AudioOptions(Builder builder) {
    this.channelFrames = builder.channelFrames;
    this.overflow = builder.overflow;
    this.retentionTime = builder.retentionTime;
    this.retentionFrames = builder.retentionFrames;
    this.retentionBytes = builder.retentionBytes;
    this.retentionTotalBytes = builder.retentionTotalBytes;
    this.acknowledgeFrames = builder.acknowledgeFrames;
    this.acknowledgeDelay = builder.acknowledgeDelay;
    this.trackAhead = builder.trackAhead;
    this.roomLead = builder.roomLead;
    this.roomCatchUp = builder.roomCatchUp;
    this.trackReadyTimeout = builder.trackReadyTimeout;
  }

  /**
   * The defaults.
   *
   * @return options
   */
  public static AudioOptions defaults() {
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

  SessionSettings.Flow toFlow() {
    return new SessionSettings.Flow(
        new LinkLimits(
            channelFrames, CHANNEL_BYTES, Long.MAX_VALUE, Long.MAX_VALUE, overflow.toLink()),
        new LinkLimits(
            retentionFrames,
            retentionBytes,
            retentionTime.toNanos(),
            Long.MAX_VALUE,
            overflow.toLink()),
        acknowledgeFrames,
        acknowledgeDelay.toNanos(),
        roomLead.toNanos(),
        roomCatchUp.toNanos(),
        trackAhead.toNanos(),
        trackReadyTimeout.toNanos());
  }

  long retentionTotalBytes() {
    return retentionTotalBytes;
  }

  /** Builds {@link AudioOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private int channelFrames = 200;
    private Overflow overflow = Overflow.DROP_OLDEST;
    private Duration retentionTime = Duration.ofSeconds(15);
    private int retentionFrames = 1_500;
    private long retentionBytes = 1L << 20;
    private long retentionTotalBytes = 512L << 20;
    private int acknowledgeFrames = 10;
    private Duration acknowledgeDelay = Duration.ofMillis(100);
    private Duration trackAhead = Duration.ofSeconds(4);
    private Duration roomLead = Duration.ofMillis(40);
    private Duration roomCatchUp = Duration.ofMillis(500);
    private Duration trackReadyTimeout = Duration.ofSeconds(2);

    private Builder() {}

    /**
     * Frames that wait for the client of a session that does not outlive its stream.
     *
     * @param value default 200
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder channelFrames(int value) {
      this.channelFrames = Options.positive("channelFrames", value);
      return this;
    }

    /**
     * What goes when no more frames may wait for a client. Counted, and logged at most once a
     * second.
     *
     * @param value by default the oldest
     * @return this
     */
    public Builder overflow(Overflow value) {
      this.overflow = value;
      return this;
    }

    /**
     * Age of what is kept for a client that may come back, waiting or not yet acknowledged.
     *
     * @param time default 15 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retentionTime(Duration time) {
      this.retentionTime = Options.positive("retentionTime", time);
      return this;
    }

    /**
     * Frames that are kept for a client that may come back.
     *
     * @param value default 1,500
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retentionFrames(int value) {
      this.retentionFrames = Options.positive("retentionFrames", value);
      return this;
    }

    /**
     * PCM that is kept for a client that may come back.
     *
     * @param value in bytes, default 1 MiB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retentionBytes(long value) {
      this.retentionBytes = Options.positive("retentionBytes", value);
      return this;
    }

    /**
     * PCM that all sessions keep together; beyond it each loses its own oldest.
     *
     * @param value in bytes, default 512 MiB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retentionTotalBytes(long value) {
      this.retentionTotalBytes = Options.positive("retentionTotalBytes", value);
      return this;
    }

    /**
     * An acknowledgement goes to the client after so many frames.
     *
     * @param value default 10
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder acknowledgeFrames(int value) {
      this.acknowledgeFrames = Options.positive("acknowledgeFrames", value);
      return this;
    }

    /**
     * Or so long after the first of them.
     *
     * @param time default 100 ms
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder acknowledgeDelay(Duration time) {
      this.acknowledgeDelay = Options.positive("acknowledgeDelay", time);
      return this;
    }

    /**
     * Audio that a track may hold for the room; then the client is held by flow control.
     *
     * @param time default 4 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder trackAhead(Duration time) {
      this.trackAhead = Options.positive("trackAhead", time);
      return this;
    }

    /**
     * How far ahead of real time audio is handed to the room, so that a stream in real time waits
     * for nothing.
     *
     * @param time default 40 ms
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder roomLead(Duration time) {
      this.roomLead = Options.positive("roomLead", time);
      return this;
    }

    /**
     * The longest gap in a track that counts as a stall of the sender or the network: what it held
     * up is handed to the room at once, faster than real time, so that the track does not stay
     * late. After a longer gap, a pause, real time begins again. A delay that stands for a second
     * and is no longer than this is caught up with in the same way.
     *
     * @param time default 500 ms; zero: what was late stays late
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder roomCatchUp(Duration time) {
      this.roomCatchUp = Options.notNegative("roomCatchUp", time);
      return this;
    }

    /**
     * How long the first audio of a track waits until it is published and has a listener.
     *
     * @param time default 2 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder trackReadyTimeout(Duration time) {
      this.trackReadyTimeout = Options.notNegative("trackReadyTimeout", time);
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public AudioOptions build() {
      return new AudioOptions(this);
    }
  }
}
