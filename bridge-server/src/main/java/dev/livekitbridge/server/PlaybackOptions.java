package dev.livekitbridge.server;

import dev.livekitbridge.server.playback.AllowList;
import dev.livekitbridge.server.playback.PlaybackSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What files a bridge plays, and from where; each setting says its meaning and default. Immutable.
 */
public final class PlaybackOptions {
  private final AllowList allowed;
  private final int maxPerSession;
  private final int maxPerServer;
  private final Duration firstByteTimeout;
  private final Duration stallTimeout;
  private final long maxBytes;
  private final Duration maxLength;

  private PlaybackOptions(Builder builder) {
    this.allowed = AllowList.of(builder.allowed);
    this.maxPerSession = builder.maxPerSession;
    this.maxPerServer = builder.maxPerServer;
    this.firstByteTimeout = builder.firstByteTimeout;
    this.stallTimeout = builder.stallTimeout;
    this.maxBytes = builder.maxBytes;
    this.maxLength = builder.maxLength;
  }

  /**
   * The defaults.
   *
   * @return options
   */
  public static PlaybackOptions defaults() {
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

  PlaybackSettings toSettings() {
    return new PlaybackSettings(
        allowed,
        maxPerSession,
        maxPerServer,
        firstByteTimeout.toNanos(),
        stallTimeout.toNanos(),
        maxBytes,
        maxLength.toNanos());
  }

  /** Builds {@link PlaybackOptions}; not safe for use by many threads at once. */
  public static final class Builder {
    private final List<String> allowed = new ArrayList<>();
    private int maxPerSession = 8;
    private int maxPerServer = 200;
    private Duration firstByteTimeout = Duration.ofSeconds(5);
    private Duration stallTimeout = Duration.ofSeconds(30);
    private long maxBytes = 200_000_000;
    private Duration maxLength = Duration.ofHours(2);

    private Builder() {}

    /**
     * Lets files be fetched from where it is refused otherwise. Whoever may ask for a playback
     * chooses the URL; so addresses that are not public (loopback, private, link-local, metadata
     * services and the like) are refused, after a redirect too, unless they are allowed here.
     *
     * @param hostsOrNetworks host names such as {@code media.internal} (whatever their addresses),
     *     addresses, or networks such as {@code 10.1.0.0/16} and {@code fd00::/8}; by default none
     * @return this
     */
    public Builder allow(String... hostsOrNetworks) {
      allowed.addAll(List.of(hostsOrNetworks));
      return this;
    }

    /**
     * Files that a session may play at once, each on a track of its own; so many more may still
     * hang in the network after they were stopped or replaced.
     *
     * @param value default 8
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxPerSession(int value) {
      this.maxPerSession = Options.positive("maxPerSession", value);
      return this;
    }

    /**
     * Files that the whole bridge may play at once. Each holds up to 300 kB of decoded sound.
     *
     * @param value default 200
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxPerServer(int value) {
      this.maxPerServer = Options.positive("maxPerServer", value);
      return this;
    }

    /**
     * How long the first byte of a file may take, from the request on and redirects included.
     *
     * @param time default 5 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder firstByteTimeout(Duration time) {
      this.firstByteTimeout = Options.positive("firstByteTimeout", time);
      return this;
    }

    /**
     * How long a download may stand still; the playback pauses meanwhile.
     *
     * @param time default 30 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder stallTimeout(Duration time) {
      this.stallTimeout = Options.positive("stallTimeout", time);
      return this;
    }

    /**
     * The largest file that is played.
     *
     * @param value in bytes, default 200 MB
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxBytes(long value) {
      this.maxBytes = Options.positive("maxBytes", value);
      return this;
    }

    /**
     * The longest sound that is played.
     *
     * @param time default 2 h
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxLength(Duration time) {
      this.maxLength = Options.positive("maxLength", time);
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     * @throws IllegalArgumentException if what is allowed is neither a host, an address nor a
     *     network
     */
    public PlaybackOptions build() {
      return new PlaybackOptions(this);
    }
  }
}
