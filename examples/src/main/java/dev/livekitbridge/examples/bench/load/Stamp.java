package dev.livekitbridge.examples.bench.load;

import com.google.protobuf.ByteString;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a frame of the load carries in its first {@value #BYTES} bytes: when it was due, of which
 * session it is and its number. {@code System.nanoTime} has one origin for all processes of a Linux
 * machine, so that one way can be measured across two of them.
 */
final class Stamp {
  static final int BYTES = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Stamp() {}

  static void write(byte[] pcm, long dueNanos, int session, int number) {
    LONG.set(pcm, 0, dueNanos);
    INT.set(pcm, 8, session);
    INT.set(pcm, 12, number);
  }

  static long dueNanos(ByteString pcm) {
    return (number(pcm, 0) & 0xFFFF_FFFFL) | ((long) number(pcm, 4) << 32);
  }

  static int session(ByteString pcm) {
    return number(pcm, 8);
  }

  static int number(ByteString pcm) {
    return number(pcm, 12);
  }

  private static int number(ByteString pcm, int at) {
    return (pcm.byteAt(at) & 0xFF)
        | (pcm.byteAt(at + 1) & 0xFF) << 8
        | (pcm.byteAt(at + 2) & 0xFF) << 16
        | pcm.byteAt(at + 3) << 24;
  }
}
