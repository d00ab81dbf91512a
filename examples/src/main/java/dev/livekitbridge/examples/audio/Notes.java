package dev.livekitbridge.examples.audio;

/**
 * Sound that carries a number through a codec made for the ear: notes of {@value #MILLIS} ms, each
 * of two pitches, as telephone keys are. There are {@value #COUNT} different ones; whoever says
 * them in turn can be followed across any loss shorter than a round of them.
 */
public final class Notes {
  /** How long a note sounds. */
  public static final int MILLIS = 100;

  /** Different notes; a round of them takes 12.8 s. */
  public static final int COUNT = 128;

  /** What {@link #read} says where there is no clear note. */
  public static final int NONE = -1;

  /** Samples that {@link #read} looks at: 20 ms of 16 kHz. */
  public static final int WINDOW = 320;

  private static final int RATE = 16_000;
  private static final int LOW_COUNT = 8;
  private static final int HIGH_COUNT = 16;
  private static final double AMPLITUDE = 6_000;

  /** Quieter is silence: a tenth of what is said. */
  private static final double AUDIBLE = AMPLITUDE / 10;

  private Notes() {}

  /**
   * A piece of a note.
   *
   * @param note 0 to 127
   * @param fromSample where the piece begins, of 1600 samples
   * @param samples how many
   * @return PCM16 little-endian, 16 kHz mono
   */
  public static byte[] pcm(int note, int fromSample, int samples) {
    double low = low(note % LOW_COUNT);
    double high = high(note / LOW_COUNT);
    byte[] pcm = new byte[2 * samples];
    for (int i = 0; i < samples; i++) {
      double turns = 2 * Math.PI * (fromSample + i) / RATE;
      int sample = (int) (AMPLITUDE * (Math.sin(low * turns) + Math.sin(high * turns)));
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    return pcm;
  }

  /**
   * The note that sounds in a window.
   *
   * @param samples 16 kHz mono
   * @param from the first of {@value #WINDOW} samples
   * @return 0 to 127, or {@link #NONE} in silence, between two notes and for anything else
   */
  public static int read(short[] samples, int from) {
    int low = clearest(samples, from, LOW_COUNT, true);
    int high = clearest(samples, from, HIGH_COUNT, false);
    return low < 0 || high < 0 ? NONE : high * LOW_COUNT + low;
  }

  private static int clearest(short[] samples, int from, int count, boolean low) {
    int best = NONE;
    double first = 0;
    double second = 0;
    for (int i = 0; i < count; i++) {
      double level = level(samples, from, low ? low(i) : high(i));
      if (level > first) {
        second = first;
        first = level;
        best = i;
      } else if (level > second) {
        second = level;
      }
    }
    return first > AUDIBLE && first > 2 * second ? best : NONE;
  }

  /** Goertzel's algorithm: the amplitude of a pitch. */
  private static double level(short[] samples, int from, double hertz) {
    double factor = 2 * Math.cos(2 * Math.PI * hertz / RATE);
    double one = 0;
    double two = 0;
    for (int i = 0; i < WINDOW; i++) {
      double next = samples[from + i] + factor * one - two;
      two = one;
      one = next;
    }
    return 2 * Math.sqrt(Math.max(0, one * one + two * two - factor * one * two)) / WINDOW;
  }

  private static double low(int index) {
    return 300 + 100 * index;
  }

  private static double high(int index) {
    return 1_300 + 150 * index;
  }
}
