package dev.livekitbridge.core.audio;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes and measures sound. */
final class Pcm {
  private Pcm() {}

  static short[] tone(double hertz, int rate, int samples, double amplitude) {
    short[] tone = new short[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (short) Math.round(amplitude * 32_767 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return tone;
  }

  static short[] noise(Random random, int samples) {
    short[] noise = new short[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (short) random.nextInt(-20_000, 20_000);
    }
    return noise;
  }

  static AudioFrame frame(short[] samples, AudioFormat format) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(samples);
    return AudioFrame.wrap(bytes.array(), format, TrackId.SPEAKER, 0);
  }

  /** Puts all of it through in pieces of so many samples of each channel, and flushes. */
  static short[] convert(FormatConverter converter, short[] samples, int piece) {
    int step = piece * converter.from().channels();
    Sink sink = new Sink();
    for (int i = 0; i < samples.length; i += step) {
      short[] next = Arrays.copyOfRange(samples, i, Math.min(samples.length, i + step));
      sink.add(converter.convert(frame(next, converter.from())));
    }
    sink.add(converter.flush());
    return Arrays.copyOf(sink.samples, sink.size);
  }

  static short[] channel(short[] samples, int channel, int channels) {
    short[] one = new short[samples.length / channels];
    for (int i = 0; i < one.length; i++) {
      one[i] = samples[i * channels + channel];
    }
    return one;
  }

  /** Root mean square of the middle half. */
  static double rms(short[] samples) {
    double energy = 0;
    for (int i = samples.length / 4; i < samples.length * 3 / 4; i++) {
      energy += (double) samples[i] * samples[i];
    }
    return Math.sqrt(energy / (samples.length / 2.0));
  }

  static double db(double ratio) {
    return 20 * Math.log10(ratio);
  }

  /** Amplitude of one frequency in the middle half, by least squares. */
  static double amplitude(short[] samples, int rate, double hertz) {
    double[] fit = fit(samples, rate, hertz);
    return Math.hypot(fit[0], fit[1]);
  }

  /** A tone of this frequency against everything else, in the middle half. */
  static double snrDb(short[] samples, int rate, double hertz) {
    double[] fit = fit(samples, rate, hertz);
    double signal = 0;
    double noise = 0;
    for (int i = samples.length / 4; i < samples.length * 3 / 4; i++) {
      double angle = 2 * Math.PI * hertz * i / rate;
      double tone = fit[0] * Math.sin(angle) + fit[1] * Math.cos(angle);
      signal += tone * tone;
      noise += (samples[i] - tone) * (samples[i] - tone);
    }
    return 10 * Math.log10(signal / noise);
  }

  static int peak(short[] samples, int begin, int end) {
    int peak = begin;
    for (int i = begin; i < end; i++) {
      if (samples[i] > samples[peak]) {
        peak = i;
      }
    }
    return peak;
  }

  private static double[] fit(short[] samples, int rate, double hertz) {
    double ss = 0;
    double sc = 0;
    double cc = 0;
    double xs = 0;
    double xc = 0;
    for (int i = samples.length / 4; i < samples.length * 3 / 4; i++) {
      double angle = 2 * Math.PI * hertz * i / rate;
      double sin = Math.sin(angle);
      double cos = Math.cos(angle);
      ss += sin * sin;
      sc += sin * cos;
      cc += cos * cos;
      xs += samples[i] * sin;
      xc += samples[i] * cos;
    }
    double determinant = ss * cc - sc * sc;
    return new double[] {
      (xs * cc - xc * sc) / determinant, (xc * ss - xs * sc) / determinant,
    };
  }

  private static final class Sink {
    private short[] samples = new short[1024];
    private int size;

    void add(@Nullable AudioFrame frame) {
      if (frame != null) {
        short[] more = frame.toSamples();
        if (size + more.length > samples.length) {
          samples = Arrays.copyOf(samples, 2 * (size + more.length));
        }
        System.arraycopy(more, 0, samples, size, more.length);
        size += more.length;
      }
    }
  }
}
