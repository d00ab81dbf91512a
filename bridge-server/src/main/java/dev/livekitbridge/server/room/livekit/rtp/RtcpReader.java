package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a plain RTCP packet, compound (RFC 3550 §6.1) or reduced (RFC 5506). What we have no use
 * for (SDES, APP, congestion control) is skipped; a malformed rest is left out.
 */
public final class RtcpReader {
  private static final int MAX_MESSAGES = 64;
  private static final int MAX_NACKED = 512;

  private RtcpReader() {}

  /**
   * Reads all messages.
   *
   * @param packet an array with the packet in it
   * @param at where it begins
   * @param length of the packet
   * @return what was understood, in order; possibly nothing
   */
  public static List<RtcpMessage> read(byte[] packet, int at, int length) {
    List<RtcpMessage> messages = new ArrayList<>(3);
    int from = at;
    int end = at + length;
    while (end - from >= 4 && (packet[from] & 0xC0) == 0x80 && messages.size() < MAX_MESSAGES) {
      int size = 4 + 4 * RtpPacket.getShort(packet, from + 2);
      if (size > end - from) {
        break;
      }
      read(packet, from, size, messages);
      from += size;
    }
    return messages;
  }

  private static void read(byte[] packet, int at, int size, List<RtcpMessage> to) {
    int count = packet[at] & 0x1F;
    switch (packet[at + 1] & 0xFF) {
      case RtcpWriter.SENDER_REPORT -> {
        if (size >= 28 + 24 * count) {
          to.add(
              new RtcpMessage.SenderReport(
                  RtpPacket.getInt(packet, at + 4),
                  ((long) RtpPacket.getInt(packet, at + 8) << 32)
                      | (RtpPacket.getInt(packet, at + 12) & 0xFFFFFFFFL),
                  RtpPacket.getInt(packet, at + 16),
                  RtpPacket.getInt(packet, at + 20),
                  RtpPacket.getInt(packet, at + 24),
                  blocks(packet, at + 28, count)));
        }
      }
      case RtcpWriter.RECEIVER_REPORT -> {
        if (size >= 8 + 24 * count) {
          to.add(
              new RtcpMessage.ReceiverReport(
                  RtpPacket.getInt(packet, at + 4), blocks(packet, at + 8, count)));
        }
      }
      case RtcpWriter.BYE -> {
        for (int i = 0; i < count && 8 + 4 * i <= size; i++) {
          to.add(new RtcpMessage.Bye(RtpPacket.getInt(packet, at + 4 + 4 * i)));
        }
      }
      case RtcpWriter.TRANSPORT_FEEDBACK -> {
        if (count == RtcpWriter.GENERIC_NACK && size >= 16) {
          to.add(nack(packet, at, size));
        }
      }
      default -> {
        // Nothing that we act on.
      }
    }
  }

  private static List<ReportBlock> blocks(byte[] packet, int at, int count) {
    ReportBlock[] blocks = new ReportBlock[count];
    for (int i = 0; i < count; i++) {
      int from = at + 24 * i;
      int lost = RtpPacket.getInt(packet, from + 4);
      blocks[i] =
          new ReportBlock(
              RtpPacket.getInt(packet, from),
              lost >>> 24,
              (lost << 8) >> 8,
              RtpPacket.getInt(packet, from + 8),
              RtpPacket.getInt(packet, from + 12),
              RtpPacket.getInt(packet, from + 16),
              RtpPacket.getInt(packet, from + 20));
    }
    return List.of(blocks);
  }

  private static RtcpMessage.Nack nack(byte[] packet, int at, int size) {
    List<Integer> sequences = new ArrayList<>();
    for (int from = at + 12; from < at + size; from += 4) {
      int first = RtpPacket.getShort(packet, from);
      // The first one, and a bit for each of the 16 that follow it.
      int mask = (RtpPacket.getShort(packet, from + 2) << 1) | 1;
      for (int bit = 0; bit <= 16 && sequences.size() < MAX_NACKED; bit++) {
        if (((mask >> bit) & 1) != 0) {
          sequences.add((first + bit) & 0xFFFF);
        }
      }
    }
    return new RtcpMessage.Nack(RtpPacket.getInt(packet, at + 8), sequences);
  }
}
