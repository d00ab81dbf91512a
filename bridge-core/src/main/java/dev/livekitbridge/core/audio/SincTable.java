package dev.livekitbridge.core.audio;

import java.math.BigInteger;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The coefficients of a resampling filter for one pair of rates: a sinc under a Kaiser window, cut
 * into phases. Immutable and shared.
 *
 * <p>Output sample k lies at {@code k * down / up} in input samples. Where there are few enough
 * positions between two input samples each has a phase of its own; where there are more, the two
 * nearest phases are interpolated.
 */
final class SincTable {
  /** Zero crossings of the sinc on either side, at the lower of the two rates. */
  private static final int CROSSINGS = 24;

  /** Where the filter is 6 dB down, as a part of the lower rate's half. */
  private static final double CUTOFF = 0.93;

  /** 75 dB below in the stop band. */
  private static final double KAISER_BETA = 7.2;

  private static final int MOST_EXACT_PHASES = 640;
  private static final int INTERPOLATED_PHASES = 512;

  // Rates that exist; other pairs are not kept, so that no caller can fill the memory.
  private static final Set<Integer> USUAL_RATES =
      Set.of(
          8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000,
          176_400, 192_000);
  private static final ConcurrentHashMap<Long, SincTable> KEPT = new ConcurrentHashMap<>();

  /** Input samples on either side of an output sample: the delay of the filter. */
  final int half;

  /** Output rate, without the common factor. */
  final int up;

  /** Input rate, without the common factor. */
  final int down;

  // One more row than phases: the last is the first, one sample on.
  private final float[][] rows;
  private final boolean exact;

  private SincTable(int fromRate, int toRate) {
    int divisor = BigInteger.valueOf(fromRate).gcd(BigInteger.valueOf(toRate)).intValue();
    up = toRate / divisor;
    down = fromRate / divisor;
    double scale = Math.min(1.0, (double) toRate / fromRate);
    half = (int) Math.ceil(CROSSINGS / scale);
    exact = up <= MOST_EXACT_PHASES;
    int phases = exact ? up : INTERPOLATED_PHASES;
    rows = new float[phases + 1][];
    for (int phase = 0; phase <= phases; phase++) {
      rows[phase] = row((double) phase / phases, scale * CUTOFF);
    }
  }

  /** The table for a pair of different rates. */
  static SincTable of(int fromRate, int toRate) {
    if (!USUAL_RATES.contains(fromRate) || !USUAL_RATES.contains(toRate)) {
      return new SincTable(fromRate, toRate);
    }
    return KEPT.computeIfAbsent(
        ((long) fromRate << 32) | toRate, key -> new SincTable(fromRate, toRate));
  }

  /** How many input samples one output sample takes. */
  int taps() {
    return 2 * half;
  }

  /**
   * One output sample.
   *
   * @param input samples
   * @param first index of the oldest of the {@link #taps} samples it takes
   * @param position how far it lies behind the newest of them, in 1/{@link #up} of a sample
   */
  float sample(float[] input, int first, int position) {
    if (exact) {
      return dot(rows[position], input, first);
    }
    float scaled = (float) position * INTERPOLATED_PHASES / up;
    int phase = (int) scaled;
    float before = dot(rows[phase], input, first);
    float after = dot(rows[phase + 1], input, first);
    return before + (scaled - phase) * (after - before);
  }

  private static float dot(float[] row, float[] input, int first) {
    // Four sums, so that the additions need not wait for each other; taps are always even.
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 3 < row.length; i += 4) {
      a += row[i] * input[first + i];
      b += row[i + 1] * input[first + i + 1];
      c += row[i + 2] * input[first + i + 2];
      d += row[i + 3] * input[first + i + 3];
    }
    for (; i < row.length; i++) {
      a += row[i] * input[first + i];
    }
    return a + b + c + d;
  }

  /** The coefficients, oldest sample first, for an output sample so far behind the newest. */
  private float[] row(double behind, double cutoff) {
    int taps = 2 * half;
    double[] row = new double[taps];
    double sum = 0;
    for (int i = 0; i < taps; i++) {
      double distance = behind + (taps - 1 - i) - half;
      row[i] = sinc(cutoff * distance) * kaiser(distance / half);
      sum += row[i];
    }
    float[] normal = new float[taps];
    for (int i = 0; i < taps; i++) {
      // Every phase passes a constant unchanged, so that phases do not ripple.
      normal[i] = (float) (row[i] / sum);
    }
    return normal;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private static double kaiser(double x) {
    double inside = 1 - x * x;
    return inside <= 0 ? 0 : bessel(KAISER_BETA * Math.sqrt(inside)) / bessel(KAISER_BETA);
  }

  /** The modified Bessel function of the first kind and order 0. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-12; k++) {
      double factor = x / (2 * k);
      term *= factor * factor;
      sum += term;
    }
    return sum;
  }
}
