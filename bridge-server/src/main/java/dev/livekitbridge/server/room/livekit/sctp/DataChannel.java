package dev.livekitbridge.server.room.livekit.sctp;

import java.time.Duration;

/** One data channel: a stream of the same number in each direction (RFC 8831 section 6). */
final class DataChannel {
  final int id;
  final DataChannelConfig config;
  final SendStream stream;
  final long lifetimeNanos;

  /** The peer knows the channel: it opened it, acknowledged it, or sent on it. */
  boolean known;

  /** It was refused: nobody was told of it, nobody is told of its end. */
  boolean refused;

  /** Nothing more is to be sent; our direction is to be reset. */
  boolean closing;

  /** The reset of our direction was asked for. */
  boolean resetAsked;

  /** Our direction was reset. */
  boolean outgoingReset;

  /** The peer's direction was reset. */
  boolean incomingReset;

  DataChannel(int id, DataChannelConfig config, boolean known) {
    this.id = id;
    this.config = config;
    this.known = known;
    this.stream = new SendStream(id);
    Duration lifetime = config.maxLifetime();
    this.lifetimeNanos = lifetime == null ? -1 : lifetime.toNanos();
  }

  OutMessage message(byte[] data, int ppid, long now) {
    if (!config.ordered() && !known) {
      // Until the peer is known to have seen the OPEN nothing may overtake it (RFC 8832 section 6).
      // Nor is it given up: pion skips no ordered message of a channel that is unordered.
      return new OutMessage(stream, data, ppid, false, -1, -1, now);
    }
    return new OutMessage(
        stream, data, ppid, !config.ordered(), config.maxRetransmits(), lifetimeNanos, now);
  }

  /** DCEP messages are reliable and ordered, whatever the channel is. */
  OutMessage control(byte[] data, long now) {
    return new OutMessage(stream, data, Wire.PPID_DCEP, false, -1, -1, now);
  }
}
