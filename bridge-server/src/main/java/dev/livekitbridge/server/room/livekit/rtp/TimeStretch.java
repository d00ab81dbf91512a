package dev.livekitbridge.server.room.livekit.rtp;

/**
 * Makes a piece of speech shorter or longer without changing its pitch: takes out or repeats one
 * period, where the two sides of the joint look most alike (WSOLA).
 */
final class TimeStretch {
  /** Samples it needs to look at: 30 ms at 16 kHz. */
  static final int WINDOW = 480;

  private static final int MIN_LAG = 40;
  private static final int MAX_LAG = WINDOW / 2;

  /** Below this mean square nobody hears the joint. */
  private static final double QUIET = 40 * 40;

  private TimeStretch() {}

  /**
   * Shortens in place: leaves one period out.
   *
   * @param samples at least {@link #WINDOW} from the given place on
   * @param at where to begin
   * @param count samples from there on
   * @param likeness least correlation of the joint, 0 to 1
   * @return how many samples were taken out; 0 if there is no good place
   */
  static int shorten(short[] samples, int at, int count, double likeness) {
    int period = period(samples, at, likeness);
    for (int i = 0; i < period; i++) {
      int faded = samples[at + i] * (period - i) + samples[at + period + i] * i;
      samples[at + period + i] = (short) (faded / period);
    }
    System.arraycopy(samples, at + period, samples, at, count - period);
    return period;
  }

  /**
   * Lengthens in place: says one period twice.
   *
   * @param samples at least {@link #WINDOW} from the given place on, and room for half of it at the
   *     end
   * @param at where to begin
   * @param count samples from there on
   * @param likeness least correlation of the joint, 0 to 1
   * @return how many samples were put in; 0 if there is no good place
   */
  static int lengthen(short[] samples, int at, int count, double likeness) {
    int period = period(samples, at, likeness);
    System.arraycopy(samples, at + period, samples, at + 2 * period, count - period);
    for (int i = 0; i < period; i++) {
      // From what follows the first period, back to that period, and so to what follows it.
      int faded = samples[at + 2 * period + i] * (period - i) + samples[at + i] * i;
      samples[at + period + i] = (short) (faded / Math.max(1, period));
    }
    return period;
  }

  private static int period(short[] samples, int at, double likeness) {
    if (energy(samples, at, WINDOW) < QUIET * WINDOW) {
      return MAX_LAG;
    }
    int best = 0;
    double bestLikeness = likeness;
    for (int lag = MIN_LAG; lag <= MAX_LAG; lag++) {
      double like = likeness(samples, at, lag);
      if (like > bestLikeness) {
        bestLikeness = like;
        best = lag;
      }
    }
    return best;
  }

  private static double energy(short[] samples, int at, int count) {
    double energy = 0;
    for (int i = 0; i < count; i++) {
      energy += (double) samples[at + i] * samples[at + i];
    }
    return energy;
  }

  private static double likeness(short[] samples, int at, int lag) {
    // Every second sample tells enough.
    long product = 0;
    long before = 1;
    long after = 1;
    for (int i = at; i < at + lag; i += 2) {
      int one = samples[i];
      int other = samples[i + lag];
      product += (long) one * other;
      before += (long) one * one;
      after += (long) other * other;
    }
    return product / Math.sqrt((double) before * after);
  }
}
