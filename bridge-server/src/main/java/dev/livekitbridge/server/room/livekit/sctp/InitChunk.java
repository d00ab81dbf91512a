package dev.livekitbridge.server.room.livekit.sctp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an INIT or INIT ACK says (RFC 9260 sections 3.3.2 and 3.3.3).
 *
 * @param unrecognized parameters to report to the sender, each as it came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record InitChunk(
    int tag,
    int window,
    int outgoing,
    int incoming,
    int initialTsn,
    boolean forwardTsn,
    boolean reconfig,
    boolean zeroChecksum,
    byte @Nullable [] cookie,
    byte[] unrecognized) {
  private static final int FIXED = 16;
  private static final int MOST_REPORTED = 256;
  private static final int STREAMS = 0xffff;

  /** What we announce. */
  static InitChunk ours(int tag, int initialTsn, SctpOptions options) {
    return new InitChunk(
        tag,
        options.receiveWindowBytes,
        STREAMS,
        STREAMS,
        initialTsn,
        true,
        true,
        options.zeroChecksum,
        null,
        new byte[0]);
  }

  boolean hasStreams() {
    return outgoing != 0 && incoming != 0;
  }

  /** Reads the chunk at hand; null if it is too short or its parameters are broken. */
  static @Nullable InitChunk read(PacketReader in) {
    if (in.length() < FIXED) {
      return null;
    }
    Parameters found = new Parameters();
    if (!found.read(in, in.start() + FIXED, in.end())) {
      return null;
    }
    return new InitChunk(
        in.int32(0),
        in.int32(4),
        in.int32(8) >>> 16,
        in.int32(8) & 0xffff,
        in.int32(12),
        found.forwardTsn,
        found.reconfig,
        found.zeroChecksum,
        found.cookie,
        found.unrecognized.toByteArray());
  }

  byte[] write(int type, byte @Nullable [] stateCookie, byte[] report) {
    ByteBuffer out = ByteBuffer.allocate(Wire.CHUNK_HEADER + FIXED + 640 + report.length);
    out.put((byte) type).put((byte) 0).putShort((short) 0);
    out.putInt(tag).putInt(window);
    out.putShort((short) outgoing).putShort((short) incoming).putInt(initialTsn);
    if (stateCookie != null) {
      parameter(out, Wire.P_STATE_COOKIE, stateCookie);
    }
    parameter(out, Wire.P_FORWARD_TSN, new byte[0]);
    parameter(out, Wire.P_EXTENSIONS, new byte[] {(byte) Wire.RE_CONFIG, (byte) Wire.FORWARD_TSN});
    if (zeroChecksum) {
      parameter(out, Wire.P_ZERO_CHECKSUM, new byte[] {0, 0, 0, Wire.EDMID_DTLS});
    }
    if (report.length > 0) {
      parameter(out, Wire.P_UNRECOGNIZED, report);
    }
    byte[] chunk = new byte[out.position()];
    out.putShort(2, (short) chunk.length);
    out.get(0, chunk);
    return chunk;
  }

  private static void parameter(ByteBuffer out, int type, byte[] value) {
    out.put(Chunks.parameter(type, value));
    while ((out.position() & 3) != 0) {
      out.put((byte) 0);
    }
  }

  /** The optional parameters; unknown ones go by their two high bits (section 3.2.1). */
  private static final class Parameters {
    boolean forwardTsn;
    boolean reconfig;
    boolean zeroChecksum;
    byte @Nullable [] cookie;
    final ByteArrayOutputStream unrecognized = new ByteArrayOutputStream(0);

    boolean read(PacketReader in, int from, int end) {
      ByteBuffer bytes = in.bytes();
      int at = from;
      while (end - at >= 4) {
        int type = bytes.getShort(at) & 0xffff;
        int length = bytes.getShort(at + 2) & 0xffff;
        if (length < 4 || length > end - at) {
          return false;
        }
        if (!known(in, type, at + 4, length - 4)) {
          if ((type & 0x4000) != 0 && unrecognized.size() + length <= MOST_REPORTED) {
            byte[] copy = in.copy(at, length);
            unrecognized.write(copy, 0, length);
            unrecognized.write(new byte[3], 0, Wire.padded(length) - length);
          }
          if ((type & 0x8000) == 0) {
            return true;
          }
        }
        at += Wire.padded(length);
      }
      return true;
    }

    private boolean known(PacketReader in, int type, int start, int length) {
      switch (type) {
        case Wire.P_STATE_COOKIE -> cookie = in.copy(start, length);
        case Wire.P_FORWARD_TSN -> forwardTsn = true;
        case Wire.P_ZERO_CHECKSUM ->
            zeroChecksum = length == 4 && in.bytes().getInt(start) == Wire.EDMID_DTLS;
        case Wire.P_EXTENSIONS -> {
          for (int i = 0; i < length; i++) {
            int chunkType = in.bytes().get(start + i) & 0xff;
            forwardTsn |= chunkType == Wire.FORWARD_TSN;
            reconfig |= chunkType == Wire.RE_CONFIG;
          }
        }
        case Wire.P_IPV4,
            Wire.P_IPV6,
            Wire.P_COOKIE_PRESERVATIVE,
            Wire.P_HOST_NAME,
            Wire.P_ADDRESS_TYPES,
            Wire.P_UNRECOGNIZED,
            Wire.P_ECN,
            Wire.P_RANDOM,
            Wire.P_CHUNK_LIST,
            Wire.P_HMAC,
            Wire.P_PADDING -> {
          // Of no meaning over DTLS: there are no addresses (RFC 8261 section 6).
        }
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
