package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class LimiterTest {
  private static final int RATE = 48_000;

  @Test
  void whatIsNotLoudPassesUnchanged() {
    Limiter limiter = new Limiter(RATE);
    Random random = new Random(1);
    int[] in = random.ints(RATE, -32_000, 32_001).toArray();
    for (int i = 0; i < in.length; i++) {
      short out = limiter.limit(in[i]);
      assertThat((int) out).isEqualTo(i < limiter.delay() ? 0 : in[i - limiter.delay()]);
    }
  }

  @Test
  void nothingIsEverAboveTheLimit() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Limiter limiter = new Limiter(RATE);
    for (int i = 0; i < 10 * RATE; i++) {
      float loud = (float) (random.nextGaussian() * (i / 5_000 % 3 == 0 ? 80_000 : 8_000));
      assertThat(Math.abs((int) limiter.limit(loud)))
          .as("seed %d", seed)
          .isLessThanOrEqualTo(32_100);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {120, 440, 1_000, 5_000})
  void aToneFourTimesTooLoudIsQuieterNotDistorted(double hertz) {
    Limiter limiter = new Limiter(RATE);
    double[] out = new double[RATE];
    for (int i = 0; i < 2 * RATE; i++) {
      short sample = limiter.limit((float) (4 * 32_767 * Math.sin(2 * Math.PI * hertz * i / RATE)));
      if (i >= RATE) {
        out[i - RATE] = sample;
      }
    }
    double sine = 0;
    double cosine = 0;
    double energy = 0;
    for (int i = 0; i < RATE; i++) {
      double angle = 2 * Math.PI * hertz * i / RATE;
      sine += out[i] * Math.sin(angle);
      cosine += out[i] * Math.cos(angle);
      energy += out[i] * out[i];
    }
    double signal = 2 * (sine * sine + cosine * cosine) / RATE;
    double cleanDb = 10 * Math.log10(signal / Math.max(1, energy - signal));
    assertThat(cleanDb).as("tone against distortion, dB").isGreaterThan(30);
    assertThat(Math.sqrt(2 * signal / RATE)).as("amplitude").isGreaterThan(30_000);
  }

  @Test
  void afterAPeakItComesUpSlowlyToWhatItWas() {
    Limiter limiter = new Limiter(RATE);
    limiter.limit(120_000);
    int last = 0;
    for (int i = 0; i < RATE; i++) {
      last = limiter.limit(10_000);
    }
    for (int i = 0; i < RATE; i++) {
      last = limiter.limit(10_000);
    }
    assertThat(last).isEqualTo(10_000);
  }
}
