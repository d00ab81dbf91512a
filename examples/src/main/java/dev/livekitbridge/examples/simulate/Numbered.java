package dev.livekitbridge.examples.simulate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/** Frames that say which they are: the life that spoke and a number, in their first samples. */
final class Numbered {
  private static final int BYTES_PER_MILLI = 32;

  private Numbered() {}

  static byte[] pcm(int life, int number, int millis) {
    byte[] pcm = new byte[millis * BYTES_PER_MILLI];
    put(pcm, 0, life);
    put(pcm, 4, number);
    return pcm;
  }

  static ByteString packet(int number, int millis) {
    return UnsafeByteOperations.unsafeWrap(pcm(0, number, millis));
  }

  static int life(ByteString pcm) {
    return get(pcm, 0);
  }

  static int number(ByteString pcm) {
    return pcm.size() < 8 ? 0 : get(pcm, 4);
  }

  private static void put(byte[] pcm, int at, int value) {
    pcm[at] = (byte) value;
    pcm[at + 1] = (byte) (value >>> 8);
    pcm[at + 2] = (byte) (value >>> 16);
    pcm[at + 3] = (byte) (value >>> 24);
  }

  private static int get(ByteString pcm, int at) {
    return pcm.size() < at + 4
        ? 0
        : (pcm.byteAt(at) & 0xff)
            | (pcm.byteAt(at + 1) & 0xff) << 8
            | (pcm.byteAt(at + 2) & 0xff) << 16
            | (pcm.byteAt(at + 3) & 0xff) << 24;
  }
}
