package dev.livekitbridge.server.playback;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A page of an Ogg stream (RFC 3533), with all its bytes. */
final class OggPage {
  static final int FIRST = 2;

  private static final int HEAD = 27;
  private static final int MAGIC = 0x4f676753;
  private static final int NUMBER_AT = 18;
  private static final int CHECKSUM_AT = 22;
  private static final int[] CHECKSUMS = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int sum = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        sum = sum < 0 ? sum << 1 ^ 0x04c1_1db7 : sum << 1;
      }
      CHECKSUMS[i] = sum;
    }
  }

  private final byte[] bytes;

  private OggPage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The next whole page that is not damaged, wherever it begins; null at the end. */
  static @Nullable OggPage read(InputStream in) throws IOException {
    while (true) {
      int magic = 0;
      while (magic != MAGIC) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        magic = magic << 8 | next;
      }
      OggPage page = rest(in);
      if (page == null || page.whole()) {
        return page;
      }
    }
  }

  private static @Nullable OggPage rest(InputStream in) throws IOException {
    byte[] head = in.readNBytes(HEAD - 4);
    if (head.length < HEAD - 4) {
      return null;
    }
    byte[] lacing = in.readNBytes(head[head.length - 1] & 0xff);
    int size = 0;
    for (byte each : lacing) {
      size += each & 0xff;
    }
    byte[] body = in.readNBytes(size);
    if (lacing.length < (head[head.length - 1] & 0xff) || body.length < size) {
      return null;
    }
    return new OggPage(
        ByteBuffer.allocate(HEAD + lacing.length + size)
            .putInt(MAGIC)
            .put(head)
            .put(lacing)
            .put(body)
            .array());
  }

  /** A page of whole packets. */
  static OggPage of(int flags, int serial, int number, byte[]... packets) {
    int segments = 0;
    int size = 0;
    for (byte[] packet : packets) {
      segments += packet.length / 255 + 1;
      size += packet.length;
    }
    ByteBuffer page =
        ByteBuffer.allocate(HEAD + segments + size)
            .putInt(MAGIC)
            .put((byte) 0)
            .put((byte) flags)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(0)
            .putInt(serial)
            .putInt(number)
            .putInt(0)
            .put((byte) segments);
    for (byte[] packet : packets) {
      for (int i = 0; i < packet.length / 255; i++) {
        page.put((byte) 255);
      }
      page.put((byte) (packet.length % 255));
    }
    for (byte[] packet : packets) {
      page.put(packet);
    }
    return new OggPage(page.array()).signed();
  }

  OggPage numbered(int number) {
    return number == number()
        ? this
        : new OggPage(little(bytes.clone()).putInt(NUMBER_AT, number).array()).signed();
  }

  private OggPage signed() {
    return new OggPage(little(bytes.clone()).putInt(CHECKSUM_AT, checksum()).array());
  }

  /** All of it; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  boolean is(int flag) {
    return (bytes[5] & flag) != 0;
  }

  int serial() {
    return little(14);
  }

  int number() {
    return little(NUMBER_AT);
  }

  int segments() {
    return bytes[HEAD - 1] & 0xff;
  }

  /** Bytes in a segment; one of less than 255 ends a packet. */
  int segment(int index) {
    return bytes[HEAD + index] & 0xff;
  }

  int bodyAt() {
    return HEAD + segments();
  }

  private boolean whole() {
    return checksum() == little(CHECKSUM_AT);
  }

  private int checksum() {
    int sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      int each = i >= CHECKSUM_AT && i < CHECKSUM_AT + 4 ? 0 : bytes[i] & 0xff;
      sum = sum << 8 ^ CHECKSUMS[sum >>> 24 ^ each];
    }
    return sum;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int little(int at) {
    return little(bytes).getInt(at);
  }
}
