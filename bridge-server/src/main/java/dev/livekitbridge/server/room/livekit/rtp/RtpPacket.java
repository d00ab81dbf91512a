package dev.livekitbridge.server.room.livekit.rtp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An RTP packet (RFC 3550 §5.1), as far as a receiver of audio reads it. */
final class RtpPacket {
  static final int HEADER = 12;

  private final boolean marker;
  private final int payloadType;
  private final int sequence;
  private final int timestamp;
  private final int ssrc;
  private final byte[] payload;

  RtpPacket(
      boolean marker, int payloadType, int sequence, int timestamp, int ssrc, byte[] payload) {
    this.marker = marker;
    this.payloadType = payloadType;
    this.sequence = sequence;
    this.timestamp = timestamp;
    this.ssrc = ssrc;
    this.payload = payload;
  }

  /** 0 to 127. */
  int payloadType() {
    return payloadType;
  }

  /** 16 bits. */
  int sequence() {
    return sequence;
  }

  int timestamp() {
    return timestamp;
  }

  int ssrc() {
    return ssrc;
  }

  /** First packet after a pause (RFC 3551 §4.1). */
  boolean marker() {
    return marker;
  }

  /** Without padding; not a copy. */
  byte[] payload() {
    return payload;
  }

  /** Reads a plain packet; null if it is malformed. The payload is a copy. */
  static @Nullable RtpPacket parse(byte[] packet, int at, int length) {
    int header = headerBytes(packet, at, length);
    if (header < 0) {
      return null;
    }
    int end = length;
    if ((packet[at] & 0x20) != 0) {
      int padding = packet[at + length - 1] & 0xFF;
      end -= padding;
      if (padding == 0 || end < header) {
        return null;
      }
    }
    return new RtpPacket(
        packet[at + 1] < 0,
        packet[at + 1] & 0x7F,
        getShort(packet, at + 2),
        getInt(packet, at + 4),
        getInt(packet, at + 8),
        Arrays.copyOfRange(packet, at + header, at + end));
  }

  /** Length of the header with sources and extension; -1 if it does not fit or is no RTP. */
  static int headerBytes(byte[] packet, int at, int length) {
    if (length < HEADER || (packet[at] & 0xC0) != 0x80) {
      return -1;
    }
    int header = HEADER + 4 * (packet[at] & 0xF);
    if ((packet[at] & 0x10) != 0) {
      if (length < header + 4) {
        return -1;
      }
      header += 4 + 4 * getShort(packet, at + header + 2);
    }
    return header <= length ? header : -1;
  }

  /**
   * Writes a packet.
   *
   * @param levelId id of the audio level extension (RFC 6464), or 0 for none
   * @param level of it: 0 (loudest) to 127
   */
  byte[] toBytes(int levelId, int level) {
    int header = levelId == 0 ? HEADER : HEADER + 8;
    byte[] bytes = new byte[header + payload.length];
    bytes[0] = (byte) (levelId == 0 ? 0x80 : 0x90);
    bytes[1] = (byte) (payloadType | (marker ? 0x80 : 0));
    bytes[2] = (byte) (sequence >>> 8);
    bytes[3] = (byte) sequence;
    CounterCipher.putInt(bytes, 4, timestamp);
    CounterCipher.putInt(bytes, 8, ssrc);
    if (levelId != 0) {
      // RFC 8285 §4.2: one-byte form, one word: id and length 1, voice flag and level, padding.
      CounterCipher.putInt(bytes, HEADER, 0xBEDE0001);
      bytes[HEADER + 4] = (byte) (levelId << 4);
      bytes[HEADER + 5] = (byte) (level | (level < 127 ? 0x80 : 0));
    }
    System.arraycopy(payload, 0, bytes, header, payload.length);
    return bytes;
  }

  static int getShort(byte[] from, int at) {
    return (from[at] & 0xFF) << 8 | (from[at + 1] & 0xFF);
  }

  static int getInt(byte[] from, int at) {
    return getShort(from, at) << 16 | getShort(from, at + 2);
  }
}
