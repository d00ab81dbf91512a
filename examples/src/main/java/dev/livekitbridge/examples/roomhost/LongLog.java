package dev.livekitbridge.examples.roomhost;

import java.util.Arrays;

/** A growing list of numbers, up to a limit. Not thread-safe. */
final class LongLog {
  /** 43 minutes of 20 ms frames. */
  static final int MOST = 1 << 17;

  private long[] values = new long[64];
  private int size;

  void add(long value) {
    if (size == MOST) {
      return;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.min(MOST, 2 * size));
    }
    values[size++] = value;
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
