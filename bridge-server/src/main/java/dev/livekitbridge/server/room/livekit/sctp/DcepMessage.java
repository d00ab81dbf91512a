package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK (RFC 8832 section 5). */
final class DcepMessage {
  static final int ACK = 2;
  static final int OPEN = 3;
  private static final int FIXED = 12;
  private static final int REXMIT = 1;
  private static final int TIMED = 2;
  private static final int UNORDERED = 0x80;

  private DcepMessage() {}

  static byte[] ack() {
    return new byte[] {ACK};
  }

  static byte[] open(DataChannelConfig config) {
    byte[] label = config.label().getBytes(StandardCharsets.UTF_8);
    byte[] protocol = config.protocol().getBytes(StandardCharsets.UTF_8);
    Duration lifetime = config.maxLifetime();
    int type = config.ordered() ? 0 : UNORDERED;
    int reliability = 0;
    if (config.maxRetransmits() >= 0) {
      type |= REXMIT;
      reliability = config.maxRetransmits();
    } else if (lifetime != null) {
      type |= TIMED;
      reliability = (int) Math.min(lifetime.toMillis(), 0xffffffffL);
    }
    return ByteBuffer.allocate(FIXED + label.length + protocol.length)
        .put((byte) OPEN)
        .put((byte) type)
        .putShort((short) 0)
        .putInt(reliability)
        .putShort((short) label.length)
        .putShort((short) protocol.length)
        .put(label)
        .put(protocol)
        .array();
  }

  /** What an OPEN asks for; null if it is malformed. */
  static @Nullable DataChannelConfig readOpen(ByteBuffer bytes, int start, int end) {
    if (end - start < FIXED) {
      return null;
    }
    int type = bytes.get(start + 1) & 0xff;
    long reliability = bytes.getInt(start + 4) & 0xffffffffL;
    int labelLength = bytes.getShort(start + 8) & 0xffff;
    int protocolLength = bytes.getShort(start + 10) & 0xffff;
    int kind = type & ~UNORDERED;
    if (kind > TIMED || labelLength + protocolLength > end - start - FIXED) {
      return null;
    }
    return new DataChannelConfig(
        text(bytes, start + FIXED, labelLength),
        text(bytes, start + FIXED + labelLength, protocolLength),
        (type & UNORDERED) == 0,
        kind == REXMIT ? (int) Math.min(reliability, Integer.MAX_VALUE) : -1,
        kind == TIMED ? Duration.ofMillis(reliability) : null);
  }

  private static String text(ByteBuffer bytes, int start, int length) {
    byte[] copy = new byte[length];
    bytes.get(start, copy);
    return new String(copy, StandardCharsets.UTF_8);
  }
}
