package dev.livekitbridge.server.room.livekit.rtp;

import org.jspecify.annotations.Nullable;

/** The last packets sent, for those who missed one (RFC 4585 §6.2.1). */
final class RtpHistory {
  private static final int SIZE = 64;
  private static final int MAX_RESENT = 4;
  private static final long RESEND_INTERVAL_NANOS = 10_000_000L;

  private final byte[] @Nullable [] packets = new byte[SIZE][];
  private final long[] sentAt = new long[SIZE];
  private final int[] resent = new int[SIZE];

  void add(int sequence, byte[] packet, long now) {
    int slot = sequence % SIZE;
    packets[slot] = packet;
    sentAt[slot] = now;
    resent[slot] = 0;
  }

  /** The packet, if it is still there and was not sent again just now or too often. */
  byte @Nullable [] again(int sequence, long now) {
    int slot = sequence % SIZE;
    byte[] packet = packets[slot];
    if (packet == null
        || RtpPacket.getShort(packet, 2) != sequence
        || resent[slot] >= MAX_RESENT
        || now - sentAt[slot] < RESEND_INTERVAL_NANOS) {
      return null;
    }
    sentAt[slot] = now;
    resent[slot]++;
    return packet;
  }
}
