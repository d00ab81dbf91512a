package dev.livekitbridge.core.audio;

import java.util.Arrays;

/**
 * Changes the sample rate of one channel, piece by piece: the pieces of a stream give exactly what
 * the whole would give. Output lags input by {@link #delaySamples} input samples.
 */
final class Resampler {
  private final SincTable table;

  // The last taps - 1 samples of before, then those that came.
  private float[] buffer;
  private int buffered;
  // Of the next output sample: index of the newest input sample it takes, and the part of a sample
  // beyond that one.
  private int next;
  private int position;

  Resampler(int fromRate, int toRate) {
    table = SincTable.of(fromRate, toRate);
    buffered = table.taps() - 1;
    buffer = new float[buffered];
    next = buffered;
  }

  /** How far output lags input. */
  int delaySamples() {
    return table.half;
  }

  /** How many samples {@link #pull} will give if so many more are put in. */
  int available(int samples) {
    long missing = (long) (buffered + samples - next) * table.up - position;
    return missing <= 0 ? 0 : (int) ((missing + table.down - 1) / table.down);
  }

  /** Takes samples in; {@link #pull} must be called before the next ones. */
  void push(short[] samples, int offset, int stride, int count) {
    if (buffered + count > buffer.length) {
      buffer = Arrays.copyOf(buffer, buffered + count);
    }
    for (int i = 0; i < count; i++) {
      buffer[buffered + i] = samples[offset + i * stride];
    }
    buffered += count;
  }

  /** Like the other one, for samples that are to be scaled. */
  void push(float[] samples, int count, float scale) {
    if (buffered + count > buffer.length) {
      buffer = Arrays.copyOf(buffer, buffered + count);
    }
    for (int i = 0; i < count; i++) {
      buffer[buffered + i] = samples[i] * scale;
    }
    buffered += count;
  }

  /** Gives all that is available, rounded and limited to 16 bits. */
  void pull(short[] samples, int offset, int stride) {
    int taps = table.taps();
    for (int i = offset; next < buffered; i += stride) {
      samples[i] = limited(table.sample(buffer, next - taps + 1, position));
      position += table.down;
      next += position / table.up;
      position %= table.up;
    }
    int used = buffered - (taps - 1);
    System.arraycopy(buffer, used, buffer, 0, taps - 1);
    buffered -= used;
    next -= used;
  }

  static short limited(float sample) {
    return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
  }
}
