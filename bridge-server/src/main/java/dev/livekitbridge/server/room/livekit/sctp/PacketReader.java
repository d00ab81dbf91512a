package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Walks the chunks of a received packet without copying; whatever the bytes, it ends. */
final class PacketReader {
  private static final byte[] NO_CHECKSUM = new byte[4];
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CRC32C crc = new CRC32C();
  private ByteBuffer bytes = NOTHING;
  private int base;
  private int end;
  private int chunk;
  private int next;

  /**
   * Returns false if this is no packet of ours: too short, or its checksum is wrong. A checksum of
   * zero is taken where it was agreed (RFC 9653 section 5.3).
   */
  boolean open(ByteBuffer datagram, boolean zeroChecksum) {
    bytes = datagram;
    base = datagram.position();
    end = datagram.limit();
    next = base + Wire.COMMON_HEADER;
    if (end - base < Wire.COMMON_HEADER + Wire.CHUNK_HEADER) {
      return false;
    }
    int stated = bytes.getInt(base + 8);
    return (zeroChecksum && stated == 0) || stated == checksum();
  }

  private int checksum() {
    crc.reset();
    if (bytes.hasArray()) {
      byte[] array = bytes.array();
      int start = bytes.arrayOffset() + base;
      crc.update(array, start, 8);
      crc.update(NO_CHECKSUM, 0, 4);
      crc.update(array, start + Wire.COMMON_HEADER, end - base - Wire.COMMON_HEADER);
    } else {
      crc.update(bytes.slice(base, 8));
      crc.update(NO_CHECKSUM, 0, 4);
      crc.update(bytes.slice(base + Wire.COMMON_HEADER, end - base - Wire.COMMON_HEADER));
    }
    return Integer.reverseBytes((int) crc.getValue());
  }

  void close() {
    bytes = NOTHING;
    next = 0;
    end = 0;
  }

  int tag() {
    return bytes.getInt(base + 4);
  }

  boolean portsAre(int port) {
    return (bytes.getShort(base) & 0xffff) == port && (bytes.getShort(base + 2) & 0xffff) == port;
  }

  /** Steps to the next chunk; false at the end, and where the bytes are no chunk any more. */
  boolean nextChunk() {
    if (end - next < Wire.CHUNK_HEADER) {
      return false;
    }
    int length = bytes.getShort(next + 2) & 0xffff;
    if (length < Wire.CHUNK_HEADER || length > end - next) {
      return false;
    }
    chunk = next;
    next = Math.min(end, next + Wire.padded(length));
    return true;
  }

  boolean lastChunk() {
    return end - next < Wire.CHUNK_HEADER;
  }

  boolean firstChunk() {
    return chunk == base + Wire.COMMON_HEADER;
  }

  int type() {
    return bytes.get(chunk) & 0xff;
  }

  int flags() {
    return bytes.get(chunk + 1) & 0xff;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  /** Where the chunk's value begins, absolute in {@link #bytes()}. */
  int start() {
    return chunk + Wire.CHUNK_HEADER;
  }

  /** Where the chunk's value ends, without padding. */
  int end() {
    return chunk + (bytes.getShort(chunk + 2) & 0xffff);
  }

  int length() {
    return end() - start();
  }

  int int32(int offset) {
    return bytes.getInt(start() + offset);
  }

  byte[] copyChunk(int most) {
    return copy(chunk, Math.min(end() - chunk, most));
  }

  byte[] copyValue() {
    return copy(start(), length());
  }

  byte[] copy(int from, int length) {
    byte[] copy = new byte[length];
    bytes.get(from, copy);
    return copy;
  }
}
