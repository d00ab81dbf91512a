package dev.livekitbridge.server.room.livekit.sctp;

import java.time.Duration;

/**
 * Limits and times of an association. The names in brackets are those of RFC 9260 section 16; where
 * a default differs from the RFC's the reason is told.
 */
public final class SctpOptions {
  final boolean dtlsClient;
  final int port;
  final int mtu;
  final int maxMessageBytes;
  final int receiveWindowBytes;
  final int sendBufferBytes;
  final int maxChannels;
  final int maxInitRetransmits;
  final int maxRetransmits;
  final long rtoInitialNanos;
  final long rtoMinNanos;
  final long rtoMaxNanos;
  final long sackDelayNanos;
  final long heartbeatNanos;
  final long cookieLifeNanos;
  final boolean zeroChecksum;

  private SctpOptions(Builder builder) {
    this.dtlsClient = builder.dtlsClient;
    this.port = builder.port;
    this.mtu = builder.mtu;
    this.maxMessageBytes = builder.maxMessageBytes;
    this.receiveWindowBytes = builder.receiveWindowBytes;
    this.sendBufferBytes = builder.sendBufferBytes;
    this.maxChannels = builder.maxChannels;
    this.maxInitRetransmits = builder.maxInitRetransmits;
    this.maxRetransmits = builder.maxRetransmits;
    this.rtoInitialNanos = builder.rtoInitial.toNanos();
    this.rtoMinNanos = builder.rtoMin.toNanos();
    this.rtoMaxNanos = builder.rtoMax.toNanos();
    this.sackDelayNanos = builder.sackDelay.toNanos();
    this.heartbeatNanos = builder.heartbeat.toNanos();
    this.cookieLifeNanos = Duration.ofSeconds(60).toNanos();
    this.zeroChecksum = builder.zeroChecksum;
  }

  /**
   * Starts with the defaults.
   *
   * @param dtlsClient our role in the DTLS handshake: the client opens channels with even numbers,
   *     the server with odd ones (RFC 8832 section 6)
   */
  public static Builder builder(boolean dtlsClient) {
    return new Builder(dtlsClient);
  }

  /** Builds options; not thread-safe. */
  public static final class Builder {
    private final boolean dtlsClient;
    private int port = 5000;
    private int mtu = 1191;
    private int maxMessageBytes = 64 * 1024;
    private int receiveWindowBytes = 1024 * 1024;
    private int sendBufferBytes = 1024 * 1024;
    private int maxChannels = 256;
    private int maxInitRetransmits = 8;
    private int maxRetransmits = 20;
    private Duration rtoInitial = Duration.ofMillis(500);
    private Duration rtoMin = Duration.ofMillis(250);
    private Duration rtoMax = Duration.ofSeconds(3);
    private Duration sackDelay = Duration.ofMillis(100);
    private Duration heartbeat = Duration.ofSeconds(30);
    private boolean zeroChecksum = true;

    private Builder(boolean dtlsClient) {
      this.dtlsClient = dtlsClient;
    }

    /** The SCTP port of both sides, a=sctp-port of the SDP; 5000 if not set. */
    public Builder port(int port) {
      this.port = between("port", port, 1, 65_535);
      return this;
    }

    /**
     * The largest SCTP packet in bytes; 1,191 if not set, which with DTLS, UDP and IPv6 stays below
     * 1,280. At least 512.
     */
    public Builder mtu(int mtu) {
      this.mtu = between("mtu", mtu, 512, 65_535);
      return this;
    }

    /** The largest message in bytes, either way, as in a=max-message-size; 64 KiB if not set. */
    public Builder maxMessageBytes(int bytes) {
      this.maxMessageBytes = between("maxMessageBytes", bytes, 1, 16 * 1024 * 1024);
      return this;
    }

    /** What we hold of what arrived out of order; 1 MiB if not set. */
    public Builder receiveWindowBytes(int bytes) {
      this.receiveWindowBytes = between("receiveWindowBytes", bytes, 4096, 64 * 1024 * 1024);
      return this;
    }

    /** Accepted bytes that are not yet acknowledged; more are refused. 1 MiB if not set. */
    public Builder sendBufferBytes(int bytes) {
      this.sendBufferBytes = between("sendBufferBytes", bytes, 1, 64 * 1024 * 1024);
      return this;
    }

    /** Channels at once; a further one of the peer is closed at once. 256 if not set. */
    public Builder maxChannels(int channels) {
      this.maxChannels = between("maxChannels", channels, 1, 65_534);
      return this;
    }

    /** Tries of INIT and of COOKIE ECHO after the first (Max.Init.Retransmits); 8 if not set. */
    public Builder maxInitRetransmits(int tries) {
      this.maxInitRetransmits = between("maxInitRetransmits", tries, 0, 1000);
      return this;
    }

    /**
     * Unanswered tries in a row before the peer counts as lost (Association.Max.Retrans, there 10);
     * 20 if not set, some 50 s with a longest timeout of 3 s: ICE's consent notices sooner.
     */
    public Builder maxRetransmits(int tries) {
      this.maxRetransmits = between("maxRetransmits", tries, 1, 1000);
      return this;
    }

    /**
     * The retransmission timeout (RTO.Initial, RTO.Min, RTO.Max, there 1 s, 1 s, 60 s); 500 ms, 250
     * ms and 3 s if not set: audio must not wait for a second, and ICE watches the path.
     */
    public Builder rto(Duration initial, Duration min, Duration max) {
      if (min.isNegative()
          || min.isZero()
          || min.compareTo(initial) > 0
          || initial.compareTo(max) > 0
          || max.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "rto: " + min + " " + initial + " " + max + " (expected: 0 < min <= initial <= max)");
      }
      this.rtoInitial = initial;
      this.rtoMin = min;
      this.rtoMax = max;
      return this;
    }

    /** How long a SACK may wait for a second packet; 100 ms if not set, at most 500 ms. */
    public Builder sackDelay(Duration delay) {
      if (delay.isNegative() || delay.compareTo(Duration.ofMillis(500)) > 0) {
        throw new IllegalArgumentException("sackDelay: " + delay + " (expected: 0 to 500 ms)");
      }
      this.sackDelay = delay;
      return this;
    }

    /** Silence before a HEARTBEAT (HB.interval); 30 s if not set. */
    public Builder heartbeat(Duration interval) {
      if (interval.isNegative()
          || interval.isZero()
          || interval.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("heartbeat: " + interval + " (expected: 0 to 1 h)");
      }
      this.heartbeat = interval;
      return this;
    }

    /** Whether to offer that packets go without checksum (RFC 9653): DTLS has one. Default true. */
    public Builder zeroChecksum(boolean zeroChecksum) {
      this.zeroChecksum = zeroChecksum;
      return this;
    }

    /** The options as they are now. */
    public SctpOptions build() {
      return new SctpOptions(this);
    }

    private static int between(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + least + " to " + most + ")");
      }
      return value;
    }
  }
}
