package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.util.Random;

/** Makes and measures sound. */
final class Sounds {
  private Sounds() {}

  static short[] tone(double hertz, int rate, double seconds, double amplitude) {
    short[] tone = new short[(int) (seconds * rate)];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (short) (amplitude * 32_767 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return tone;
  }

  /** Something like speech: a voice of changing pitch with formants, in syllables. */
  static short[] speech(int rate, double seconds, long seed) {
    Random random = new Random(seed);
    short[] speech = new short[(int) (seconds * rate)];
    double phase = 0;
    double[] formants = {500, 1_500, 2_500};
    for (int i = 0; i < speech.length; i++) {
      double t = (double) i / rate;
      if (i % (rate / 5) == 0) {
        formants[0] = 300 + random.nextInt(500);
        formants[1] = 900 + random.nextInt(1_200);
      }
      double pitch =
          120 + 30 * Math.sin(2 * Math.PI * 0.7 * t) + 10 * Math.sin(2 * Math.PI * 3 * t);
      phase += 2 * Math.PI * pitch / rate;
      double sample = 0;
      for (int k = 1; k * pitch < Math.min(3_500, rate / 2.0); k++) {
        double gain = 0.05;
        for (double formant : formants) {
          double off = (k * pitch - formant) / 150;
          gain += 1 / (1 + off * off);
        }
        sample += gain * Math.sin(k * phase) / k;
      }
      double syllable = 0.15 + Math.pow(Math.sin(Math.PI * 2.5 * t), 2);
      speech[i] = (short) Math.max(-32_768, Math.min(32_767, 5_000 * syllable * sample));
    }
    return speech;
  }

  static AudioFrame frame(short[] samples, int from, int count, AudioFormat format) {
    byte[] bytes = new byte[2 * count];
    for (int i = 0; i < count; i++) {
      bytes[2 * i] = (byte) samples[from + i];
      bytes[2 * i + 1] = (byte) (samples[from + i] >> 8);
    }
    return AudioFrame.wrap(bytes, format, TrackId.SPEAKER, 0);
  }

  static double rms(short[] samples, int from, int to) {
    double energy = 0;
    for (int i = from; i < to; i++) {
      energy += (double) samples[i] * samples[i];
    }
    return Math.sqrt(energy / Math.max(1, to - from));
  }

  /** Frequency by counting rising zero crossings. */
  static double pitch(short[] samples, int from, int to, int rate) {
    int crossings = 0;
    int first = 0;
    int last = 0;
    for (int i = from + 1; i < to; i++) {
      if (samples[i - 1] < 0 && samples[i] >= 0) {
        if (crossings++ == 0) {
          first = i;
        }
        last = i;
      }
    }
    return crossings < 2 ? 0 : (crossings - 1) * (double) rate / (last - first);
  }

  /** Correlation of one second of heard sound with the best place of what was said. */
  static double bestCorrelation(short[] heard, int at, int length, short[] said, int from, int to) {
    double best = 0;
    for (int lag = Math.max(0, from); lag <= Math.min(to, said.length - length); lag++) {
      double product = 0;
      double one = 1;
      double other = 1;
      for (int i = 0; i < length; i += 4) {
        product += (double) heard[at + i] * said[lag + i];
        one += (double) heard[at + i] * heard[at + i];
        other += (double) said[lag + i] * said[lag + i];
      }
      best = Math.max(best, product / Math.sqrt(one * other));
    }
    return best;
  }

  /** The longest stretch in which the sound is far below its own level, in ms. */
  static int longestGapMillis(short[] heard, int from, int to, double level) {
    int block = 80;
    int longest = 0;
    int run = 0;
    for (int i = from; i + block <= to; i += block) {
      run = rms(heard, i, i + block) < level / 10 ? run + 5 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }
}
