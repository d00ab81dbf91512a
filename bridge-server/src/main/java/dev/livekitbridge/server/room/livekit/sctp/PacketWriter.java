package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes one packet at a time into one buffer (RFC 9260 section 3), which is used again. */
final class PacketWriter {
  private final ByteBuffer bytes;
  private final int port;
  private final CRC32C crc = new CRC32C();
  private int chunkStart;

  PacketWriter(int mtu, int port) {
    this.bytes = ByteBuffer.allocate(mtu);
    this.port = port;
  }

  void begin(int tag) {
    bytes.clear();
    bytes.putShort((short) port).putShort((short) port).putInt(tag).putInt(0);
  }

  boolean isEmpty() {
    return bytes.position() == Wire.COMMON_HEADER;
  }

  /** Bytes that still fit, the header of a chunk included. */
  int space() {
    return bytes.remaining();
  }

  ByteBuffer beginChunk(int type, int flags) {
    chunkStart = bytes.position();
    bytes.put((byte) type).put((byte) flags).putShort((short) 0);
    return bytes;
  }

  void endChunk() {
    int length = bytes.position() - chunkStart;
    bytes.putShort(chunkStart + 2, (short) length);
    for (int pad = length; (pad & 3) != 0; pad++) {
      bytes.put((byte) 0);
    }
  }

  /** A chunk that was built elsewhere, with or without its padding. */
  void chunk(byte[] chunk) {
    bytes.put(chunk);
    for (int pad = chunk.length; (pad & 3) != 0; pad++) {
      bytes.put((byte) 0);
    }
  }

  /** The packet, from position 0; it is overwritten by the next one. */
  ByteBuffer finish(boolean checksum) {
    bytes.flip();
    if (checksum) {
      crc.reset();
      crc.update(bytes.array(), 0, bytes.limit());
      bytes.putInt(8, Integer.reverseBytes((int) crc.getValue()));
    }
    return bytes;
  }
}
