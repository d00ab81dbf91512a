package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeStretchTest {
  private static final int RATE = 16_000;

  /** Shortens or lengthens a piece every 20 ms. */
  private static short[] stretch(short[] samples, boolean longer) {
    short[] all = Arrays.copyOf(samples, samples.length * 2);
    int count = samples.length;
    for (int at = 0; at + TimeStretch.WINDOW <= count; ) {
      int change =
          longer
              ? TimeStretch.lengthen(all, at, count - at, 0.85)
              : -TimeStretch.shorten(all, at, count - at, 0.85);
      count += change;
      at += longer ? 640 : 320;
    }
    return Arrays.copyOf(all, count);
  }

  private static int largestStep(short[] samples) {
    int step = 0;
    for (int i = 1; i < samples.length; i++) {
      step = Math.max(step, Math.abs(samples[i] - samples[i - 1]));
    }
    return step;
  }

  @Test
  void keepsPitchAndLevelWithoutClicks() {
    for (double hertz : new double[] {110, 220, 440, 1_000}) {
      short[] tone = Sounds.tone(hertz, RATE, 3, 0.3);
      for (boolean longer : new boolean[] {true, false}) {
        short[] other = stretch(tone, longer);
        assertThat(other.length / (double) tone.length)
            .as("%f", hertz)
            .isBetween(longer ? 1.05 : 0.4, longer ? 2.0 : 0.9);
        int to = other.length - RATE / 10;
        assertThat(Sounds.pitch(other, RATE / 10, to, RATE))
            .isBetween(hertz * 0.985, hertz * 1.015);
        assertThat(Sounds.rms(other, 0, to) / Sounds.rms(tone, 0, tone.length))
            .isBetween(0.95, 1.05);
        assertThat(largestStep(other)).isLessThan(largestStep(tone) * 3 / 2);
      }
    }
  }

  @Test
  void leavesNoiseAloneUnlessItMust() {
    Random random = new Random(1);
    short[] noise = new short[RATE];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (short) (random.nextGaussian() * 3_000);
    }
    assertThat(TimeStretch.shorten(noise.clone(), 0, noise.length, 0.85)).isZero();
    assertThat(TimeStretch.shorten(noise.clone(), 0, noise.length, -1)).isPositive();
    assertThat(TimeStretch.shorten(new short[RATE], 0, RATE, 0.85)).isEqualTo(240);
  }
}
