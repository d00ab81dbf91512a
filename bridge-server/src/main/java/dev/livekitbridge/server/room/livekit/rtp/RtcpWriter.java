package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes one compound RTCP packet (RFC 3550 §6.1). */
final class RtcpWriter {
  static final int SENDER_REPORT = 200;
  static final int RECEIVER_REPORT = 201;
  static final int SOURCE_DESCRIPTION = 202;
  static final int BYE = 203;
  static final int TRANSPORT_FEEDBACK = 205;
  static final int GENERIC_NACK = 1;

  private static final int CNAME = 1;

  private final ByteBuffer out = ByteBuffer.allocate(1200);

  RtcpWriter senderReport(int ssrc, long ntp, int rtpTimestamp, int packets, int bytes) {
    header(0, SENDER_REPORT, 6).putInt(ssrc).putLong(ntp);
    out.putInt(rtpTimestamp).putInt(packets).putInt(bytes);
    return this;
  }

  RtcpWriter receiverReport(int ssrc, @Nullable ReportBlock block) {
    header(block == null ? 0 : 1, RECEIVER_REPORT, block == null ? 1 : 7).putInt(ssrc);
    if (block != null) {
      out.putInt(block.ssrc()).putInt((block.fractionLost() << 24) | (block.lost() & 0xFFFFFF));
      out.putInt(block.highest()).putInt(block.jitter());
      out.putInt(block.lastSenderReport()).putInt(block.delay());
    }
    return this;
  }

  RtcpWriter name(int ssrc, String cname) {
    byte[] text = cname.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, 255);
    // Source, item, its text, and at least one zero byte to end the list.
    int words = 1 + (2 + length) / 4 + 1;
    header(1, SOURCE_DESCRIPTION, words).putInt(ssrc);
    int end = out.position() + 4 * (words - 1);
    out.put((byte) CNAME).put((byte) length).put(text, 0, length);
    while (out.position() < end) {
      out.put((byte) 0);
    }
    return this;
  }

  RtcpWriter bye(int ssrc) {
    header(1, BYE, 1).putInt(ssrc);
    return this;
  }

  /** Asks for packets again (RFC 4585 §6.2.1); the numbers are in order, wrapping. */
  RtcpWriter nack(int ssrc, int mediaSsrc, int[] sequences) {
    int start = out.position();
    header(GENERIC_NACK, TRANSPORT_FEEDBACK, 2).putInt(ssrc).putInt(mediaSsrc);
    for (int i = 0; i < sequences.length; ) {
      int first = sequences[i++];
      int mask = 0;
      while (i < sequences.length && ((sequences[i] - first) & 0xFFFF) <= 16) {
        mask |= 1 << (((sequences[i++] - first) & 0xFFFF) - 1);
      }
      out.putShort((short) first).putShort((short) mask);
    }
    out.putShort(start + 2, (short) ((out.position() - start) / 4 - 1));
    return this;
  }

  byte[] toBytes() {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  private ByteBuffer header(int count, int type, int words) {
    return out.put((byte) (0x80 | count)).put((byte) type).putShort((short) words);
  }
}
