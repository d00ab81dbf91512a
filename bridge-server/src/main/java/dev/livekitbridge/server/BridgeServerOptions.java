package dev.livekitbridge.server;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.session.SessionSettings;
import java.time.Duration;

/**
 * Times and limits of a bridge's sessions; each setting says its meaning and default. Immutable.
 * How audio is buffered is in {@link AudioOptions}, what files are played in {@link
 * PlaybackOptions}, what concerns connections in {@link TransportOptions}.
 */
public final class BridgeServerOptions {
  private final Duration joinTimeout;
  private final Duration attachTimeout;
  private final Duration sendTimeout;
  private final Duration inactivityTimeout;
  private final Duration inactivityTimeoutWithoutHeartbeat;
  private final Duration maxResumeWindow;
  private final Duration fenceMemory;
  private final int maxSessions;
  private final int maxTracks;
  private final int maxFrameBytes;
  private final int maxIdLength;
  private final Duration retryAfter;
  private final AudioOptions audio;
  private final PlaybackOptions playback;

  private BridgeServerOptions(Builder builder) {
    this.joinTimeout = builder.joinTimeout;
    this.attachTimeout = builder.attachTimeout;
    this.sendTimeout = builder.sendTimeout;
    this.inactivityTimeout = builder.inactivityTimeout;
    this.inactivityTimeoutWithoutHeartbeat = builder.inactivityTimeoutWithoutHeartbeat;
    this.maxResumeWindow = builder.maxResumeWindow;
    this.fenceMemory = builder.fenceMemory;
    this.maxSessions = builder.maxSessions;
    this.maxTracks = builder.maxTracks;
    this.maxFrameBytes = builder.maxFrameBytes;
    this.maxIdLength = builder.maxIdLength;
    this.retryAfter = builder.retryAfter;
    this.audio = builder.audio;
    this.playback = builder.playback;
  }

  /**
   * The defaults.
   *
   * @return options
   */
  public static BridgeServerOptions defaults() {
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

  SessionSettings toSettings() {
    return new SessionSettings(
        new SessionSettings.Times(
            joinTimeout.toNanos(),
            attachTimeout.toNanos(),
            sendTimeout.toNanos(),
            inactivityTimeout.toNanos(),
            inactivityTimeoutWithoutHeartbeat.toNanos(),
            maxResumeWindow.toNanos(),
            fenceMemory.toNanos()),
        new SessionSettings.Limits(
            maxSessions, maxTracks, maxFrameBytes, maxIdLength, retryAfter.toMillis()),
        audio.toFlow(),
        playback.toSettings());
  }

  long retentionTotalBytes() {
    return audio.retentionTotalBytes();
  }

  /** Builds {@link BridgeServerOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private Duration joinTimeout = Duration.ofSeconds(10);
    private Duration attachTimeout = Duration.ofSeconds(10);
    private Duration sendTimeout = Duration.ofSeconds(2);
    private Duration inactivityTimeout = Duration.ofSeconds(30);
    private Duration inactivityTimeoutWithoutHeartbeat = Duration.ofSeconds(30);
    private Duration maxResumeWindow = Duration.ofSeconds(60);
    private Duration fenceMemory = Duration.ofMinutes(10);
    private int maxSessions = 10_000;
    private int maxTracks = 16;
    private int maxFrameBytes = AudioFrame.MAX_BYTES;
    private int maxIdLength = 256;
    private Duration retryAfter = Duration.ofSeconds(1);
    private AudioOptions audio = AudioOptions.defaults();
    private PlaybackOptions playback = PlaybackOptions.defaults();

    private Builder() {}

    /**
     * How long a room may take to be joined. A join that takes longer is answered with JOIN_TIMEOUT
     * and leaves nothing behind.
     *
     * @param time default 10 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder joinTimeout(Duration time) {
      this.joinTimeout = Options.positive("joinTimeout", time);
      return this;
    }

    /**
     * How long a joined session waits for its first stream, and a stream for its first chunk. While
     * a PlayAudio call is open the session waits on, and so long again when it has ended.
     *
     * @param time default 10 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder attachTimeout(Duration time) {
      this.attachTimeout = Options.positive("attachTimeout", time);
      return this;
    }

    /**
     * How long audio may wait for a client whose transport takes none; then the stream is broken
     * (SEND_TIMEOUT).
     *
     * @param time default 2 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder sendTimeout(Duration time) {
      this.sendTimeout = Options.positive("sendTimeout", time);
      return this;
    }

    /**
     * How long a stream may carry neither audio in either direction nor a heartbeat; then it ends
     * (INACTIVE).
     *
     * @param time default 30 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder inactivityTimeout(Duration time) {
      this.inactivityTimeout = Options.positive("inactivityTimeout", time);
      return this;
    }

    /**
     * The same for a client that has never sent a heartbeat on this stream: a quiet user of such a
     * client would otherwise be reconnected again and again.
     *
     * @param time default 30 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder inactivityTimeoutWithoutHeartbeat(Duration time) {
      this.inactivityTimeoutWithoutHeartbeat =
          Options.positive("inactivityTimeoutWithoutHeartbeat", time);
      return this;
    }

    /**
     * The longest time that a session may outlive its stream, whatever the client asks for; zero
     * for not at all.
     *
     * @param time default 60 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxResumeWindow(Duration time) {
      this.maxResumeWindow = Options.notNegative("maxResumeWindow", time);
      return this;
    }

    /**
     * How long a process whose session was taken over by another one is kept out.
     *
     * @param time default 10 min
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder fenceMemory(Duration time) {
      this.fenceMemory = Options.positive("fenceMemory", time);
      return this;
    }

    /**
     * Sessions at once; a join beyond them is answered with OVERLOADED.
     *
     * @param value default 10,000
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxSessions(int value) {
      this.maxSessions = Options.positive("maxSessions", value);
      return this;
    }

    /**
     * Tracks that a session may publish.
     *
     * @param value 1 to 64, default 16
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxTracks(int value) {
      this.maxTracks = Options.atMost(64, "maxTracks", value);
      return this;
    }

    /**
     * PCM in one chunk of a client.
     *
     * @param value in bytes, at most and by default 1 MiB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxFrameBytes(int value) {
      this.maxFrameBytes = Options.atMost(AudioFrame.MAX_BYTES, "maxFrameBytes", value);
      return this;
    }

    /**
     * Length of a user id, room name, identity, instance or resume key.
     *
     * @param value in characters, default 256
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxIdLength(int value) {
      this.maxIdLength = Options.positive("maxIdLength", value);
      return this;
    }

    /**
     * What a refused client is told to wait before it tries again (OVERLOADED).
     *
     * @param time default 1 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retryAfter(Duration time) {
      this.retryAfter = Options.positive("retryAfter", time);
      return this;
    }

    /**
     * How audio is buffered and paced.
     *
     * @param value by default {@link AudioOptions#defaults}
     * @return this
     */
    public Builder audio(AudioOptions value) {
      this.audio = value;
      return this;
    }

    /**
     * What files are played, and from where.
     *
     * @param value by default {@link PlaybackOptions#defaults}
     * @return this
     */
    public Builder playback(PlaybackOptions value) {
      this.playback = value;
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public BridgeServerOptions build() {
      return new BridgeServerOptions(this);
    }
  }
}
