package dev.livekitbridge.core.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullMarked
class StreamResamplerTest {
  private static float[] tone(double hertz, int rate, int samples) {
    float[] tone = new float[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (float) (0.8 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return tone;
  }

  private static short[] convert(float[] samples, int from, int to, int piece) {
    StreamResampler resampler = new StreamResampler(from, to);
    short[] all = new short[(int) ((long) samples.length * to / from) + 1_000];
    int size = 0;
    for (int i = 0; i < samples.length; i += piece) {
      float[] next = Arrays.copyOfRange(samples, i, Math.min(samples.length, i + piece));
      short[] out = new short[resampler.most(next.length)];
      int count = resampler.convert(next, next.length, out);
      System.arraycopy(out, 0, all, size, count);
      size += count;
    }
    short[] out = new short[resampler.most(0)];
    int count = resampler.finish(out);
    System.arraycopy(out, 0, all, size, count);
    return Arrays.copyOf(all, size + count);
  }

  @ParameterizedTest
  @CsvSource({
    "44100, 16000", "44100, 48000", "48000, 16000", "192000, 16000", "192000, 48000", "8000, 48000",
    "96000, 16000", "11025, 16000", "22050, 48000", "16000, 16000", "44101, 16000", "88200, 48000"
  })
  void aToneStaysCleanAndKeepsItsLengthAndPlace(int from, int to) {
    short[] out = convert(tone(1_000, from, 2 * from), from, to, 441);
    assertThat(out).hasSize(2 * to);
    assertThat(Pcm.snrDb(out, to, 1_000)).as("signal to noise, dB").isGreaterThan(60);
    assertThat(Pcm.amplitude(out, to, 1_000)).isBetween(0.79 * 32_767, 0.81 * 32_767);
    // The delay of the filter is taken out: a quarter of a period in, the tone is at its peak.
    int peak = to / 4_000 + 10 * to / 1_000;
    assertThat((int) out[peak]).isGreaterThan((int) (0.75 * 32_767));
  }

  @ParameterizedTest
  @CsvSource({
    "44100, 16000, 10000",
    "44100, 16000, 15000",
    "48000, 16000, 9000",
    "192000, 16000, 60000",
    "96000, 48000, 30000",
    "96000, 16000, 14000"
  })
  void whatTheLowerRateCannotHoldIsGone(int from, int to, int hertz) {
    short[] out = convert(tone(hertz, from, 2 * from), from, to, 1_000);
    assertThat(Pcm.db(Math.max(1e-9, Pcm.rms(out)) / (0.8 * 32_767 / Math.sqrt(2))))
        .as("what is left of %d Hz, dB", hertz)
        .isLessThan(-60);
  }

  @Test
  void piecesGiveWhatTheWholeGives() {
    float[] tone = tone(700, 44_100, 44_100);
    assertThat(convert(tone, 44_100, 16_000, 37)).isEqualTo(convert(tone, 44_100, 16_000, 44_100));
  }

  @Test
  void whatIsTooLoudIsLimited() {
    float[] loud = new float[1_000];
    Arrays.fill(loud, 3f);
    assertThat(convert(loud, 16_000, 16_000, 100)).containsOnly(Short.MAX_VALUE);
  }
}
