package dev.livekitbridge.server.room.livekit.sctp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Builds and takes apart packets, apart from the code under test. */
final class Packets {
  private Packets() {}

  static final class Chunk {
    final int type;
    final int flags;
    final ByteBuffer value;

    Chunk(int type, int flags, ByteBuffer value) {
      this.type = type;
      this.flags = flags;
      this.value = value;
    }

    int int32(int at) {
      return value.getInt(at);
    }

    int int16(int at) {
      return value.getShort(at) & 0xffff;
    }

    String text() {
      byte[] bytes = new byte[value.limit() - 12];
      value.get(12, bytes);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  static int tag(byte[] packet) {
    return ByteBuffer.wrap(packet).getInt(4);
  }

  static boolean hasChecksum(byte[] packet) {
    return ByteBuffer.wrap(packet).getInt(8) != 0;
  }

  static List<Chunk> chunks(byte[] packet) {
    List<Chunk> chunks = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(packet).position(12);
    while (in.hasRemaining()) {
      int type = in.get() & 0xff;
      int flags = in.get() & 0xff;
      int length = (in.getShort() & 0xffff) - 4;
      chunks.add(new Chunk(type, flags, in.slice(in.position(), length)));
      in.position(in.position() + ((length + 3) & ~3));
    }
    return chunks;
  }

  static byte[] chunk(int type, int flags, byte... value) {
    ByteBuffer out = ByteBuffer.allocate(4 + ((value.length + 3) & ~3));
    out.put((byte) type).put((byte) flags).putShort((short) (4 + value.length)).put(value);
    return out.array();
  }

  static byte[] ints(int... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      out.putInt(value);
    }
    return out.array();
  }

  static byte[] data(int flags, int tsn, int stream, int ssn, int ppid, String text) {
    byte[] head = ints(tsn, stream << 16 | ssn, ppid);
    return chunk(0, flags, join(head, text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] packet(int tag, byte[]... chunks) {
    byte[] packet = join(ints(5000 << 16 | 5000, tag, 0), join(chunks));
    CRC32C crc = new CRC32C();
    crc.update(packet);
    ByteBuffer.wrap(packet).putInt(8, Integer.reverseBytes((int) crc.getValue()));
    return packet;
  }
}
