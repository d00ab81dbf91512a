package dev.livekitbridge.examples.roomhost;

import java.util.List;

/** Long lists of growing numbers, small on the wire. */
final class Deltas {
  private Deltas() {}

  static Iterable<Long> encode(long[] values) {
    return () ->
        java.util.stream.IntStream.range(0, values.length)
            .mapToObj(i -> i == 0 ? values[0] : values[i] - values[i - 1])
            .iterator();
  }

  static long[] decode(List<Long> deltas) {
    long[] values = new long[deltas.size()];
    long last = 0;
    for (int i = 0; i < values.length; i++) {
      last += deltas.get(i);
      values[i] = last;
    }
    return values;
  }
}
