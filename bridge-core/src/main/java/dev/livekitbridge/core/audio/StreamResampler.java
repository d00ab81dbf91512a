package dev.livekitbridge.core.audio;

/**
 * Brings one channel of a stream from any sample rate to another, piece by piece, without the delay
 * of the filter: N samples in give N × to / from samples out in all, and the first one out is the
 * first one in. Not thread-safe.
 */
public final class StreamResampler {
  private static final float FULL_SCALE = 32_768;

  private final int fromRate;
  private final int toRate;
  private final Resampler resampler;
  // Of the filter's delay, still to be left out.
  private int skip;
  private long in;
  private long out;
  private short[] scratch = new short[0];

  /**
   * For one stream.
   *
   * @param fromRate of what goes in, in Hz
   * @param toRate of what comes out, in Hz
   */
  public StreamResampler(int fromRate, int toRate) {
    this.fromRate = fromRate;
    this.toRate = toRate;
    this.resampler = new Resampler(fromRate, toRate);
    this.skip = fromRate == toRate ? 0 : (int) scaled(resampler.delaySamples());
  }

  /**
   * How many samples {@link #convert} gives at most.
   *
   * @param count samples that go in
   * @return samples that may come out
   */
  public int most(int count) {
    return (int) (((long) count + resampler.delaySamples()) * toRate / fromRate) + 2;
  }

  /**
   * Converts the next piece.
   *
   * @param input samples, full scale is 1
   * @param count how many
   * @param output takes {@link #most} samples of 16 bits, limited to what they hold
   * @return how many came out
   */
  public int convert(float[] input, int count, short[] output) {
    in += count;
    if (fromRate == toRate) {
      for (int i = 0; i < count; i++) {
        output[i] = Resampler.limited(input[i] * FULL_SCALE);
      }
      out += count;
      return count;
    }
    resampler.push(input, count, FULL_SCALE);
    return pull(output, Long.MAX_VALUE);
  }

  /**
   * Ends the stream: gives what is still on its way through the filter.
   *
   * @param output takes {@link #most} samples of 0
   * @return how many came out
   */
  public int finish(short[] output) {
    if (fromRate == toRate || in == 0) {
      return 0;
    }
    int tail = resampler.delaySamples() + 1;
    resampler.push(new float[tail], tail, FULL_SCALE);
    return pull(output, scaled(in) - out);
  }

  private int pull(short[] output, long most) {
    int available = resampler.available(0);
    if (scratch.length < available) {
      scratch = new short[available];
    }
    resampler.pull(scratch, 0, 1);
    int skipped = Math.min(skip, available);
    skip -= skipped;
    int count = (int) Math.min(most, available - skipped);
    System.arraycopy(scratch, skipped, output, 0, count);
    out += count;
    return count;
  }

  private long scaled(long samples) {
    return (samples * toRate + fromRate / 2) / fromRate;
  }
}
