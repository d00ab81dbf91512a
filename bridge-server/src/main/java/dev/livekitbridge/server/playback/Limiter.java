package dev.livekitbridge.server.playback;

import java.util.Arrays;

/**
 * Keeps samples within 16 bits without cutting their tops: turns the sound down a moment before a
 * peak and slowly up again after it. Interleaved channels are turned alike. The sound comes out
 * later by {@link #delay} samples; what stays below the limit comes out unchanged.
 */
final class Limiter {
  /** A little below full scale: what codecs make of it may be a little louder. */
  private static final float LIMIT = 32_000;

  private static final int LOOK_AHEAD_DIVISOR = 200;
  private static final double RELEASE_SECONDS = 0.15;

  /** From here on the rest of the way up cannot be heard. */
  private static final float NEARLY_ONE = 0.999f;

  private final int window;
  private final float release;
  private final float[] delayed;
  // What each of the last samples may be multiplied with, and the lowest of any window of them.
  private final float[] lowest;
  private final long[] queueAt;
  private final float[] queue;
  private int head;
  private int tail;
  private int at;
  private long count;
  private double sum;
  private float held = 1;
  private long loudAt;
  private boolean settled;

  /**
   * A limiter for one stream.
   *
   * @param rate samples a second, of all channels together
   */
  Limiter(int rate) {
    window = rate / LOOK_AHEAD_DIVISOR;
    release = (float) (1 - Math.exp(-1 / (RELEASE_SECONDS * rate)));
    delayed = new float[window];
    lowest = new float[window];
    queueAt = new long[window + 2];
    queue = new float[window + 2];
    settle();
    // As if it had been quiet before.
    loudAt = -3L * window;
  }

  /** How much later the sound comes out: 5 ms. */
  int delay() {
    return window;
  }

  /** Takes a sample in, gives one out. */
  short limit(float sample) {
    float size = Math.abs(sample);
    float out = delayed[at];
    delayed[at] = sample;
    if (size <= LIMIT && held == 1 && count - loudAt > 2L * window) {
      if (!settled) {
        settle();
      }
      count++;
      at = at + 1 == window ? 0 : at + 1;
      return (short) Math.round(out);
    }
    if (size > LIMIT) {
      loudAt = count;
    }
    settled = false;
    float gain = gain(size > LIMIT ? LIMIT / size : 1);
    count++;
    at = at + 1 == window ? 0 : at + 1;
    return (short) Math.round(out * gain);
  }

  private float gain(float wanted) {
    while (head != tail && queue[last()] >= wanted) {
      tail = last();
    }
    queue[tail] = wanted;
    queueAt[tail] = count;
    tail = next(tail);
    while (count - queueAt[head] > window) {
      head = next(head);
    }
    float low = queue[head];
    // Down at once, up slowly; the mean over the look-ahead then makes "at once" a ramp.
    float up = held > NEARLY_ONE ? 1 : held + (1 - held) * release;
    held = Math.min(low, up);
    sum += held - lowest[at];
    lowest[at] = held;
    return (float) Math.min(1, sum / window);
  }

  /** Nothing has been loud for so long that every gain in sight is 1, or nearly so. */
  private void settle() {
    Arrays.fill(lowest, 1);
    sum = window;
    settled = true;
  }

  private int last() {
    return tail == 0 ? queue.length - 1 : tail - 1;
  }

  private int next(int index) {
    return index + 1 == queue.length ? 0 : index + 1;
  }
}
