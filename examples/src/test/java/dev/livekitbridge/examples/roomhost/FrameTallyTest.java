package dev.livekitbridge.examples.roomhost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameTallyTest {
  private final FrameTally tally = new FrameTally();

  @Test
  void nothingIsNothing() {
    assertThat(tally.missing()).isZero();
    assertThat(tally.first()).isEqualTo(-1);
    assertThat(tally.highest()).isEqualTo(-1);
    assertThat(tally.missing(1, 3)).isEqualTo(3);
    assertThat(tally.missing(1, 0)).isZero();
  }

  @Test
  void countsWhatIsMissingTwiceAndOutOfOrder() {
    long[] numbers = {3, 4, 6, 5, 6, 9, 3};
    for (int i = 0; i < numbers.length; i++) {
      tally.add(numbers[i], 1_000 + 20 * i);
    }
    assertThat(tally.frames()).isEqualTo(7);
    assertThat(tally.distinct()).isEqualTo(5);
    assertThat(tally.duplicates()).isEqualTo(2);
    assertThat(tally.disordered()).isEqualTo(1);
    assertThat(tally.missing()).isEqualTo(2);
    assertThat(tally.missing(1, 10)).isEqualTo(5);
    assertThat(tally.first()).isEqualTo(3);
    assertThat(tally.highest()).isEqualTo(9);
  }

  @Test
  void findsTheLongestGap() {
    tally.add(1, 100);
    tally.add(2, 120);
    tally.add(3, 420);
    tally.add(4, 440);
    assertThat(tally.longestGapMillis()).isEqualTo(300);
    assertThat(tally.gapFromMillis()).isEqualTo(120);
  }

  @Test
  void looksAtOneStreamOfWhatWasHeard() {
    long other = 2L << 32;
    HeardTrack heard =
        new HeardTrack(
            "bridge",
            "speaker",
            5,
            3200,
            new long[] {10, 20, 30, 40, 50},
            new long[] {
              (1L << 32) | 1, other | 1, NumberedFrames.NONE, NumberedFrames.BROKEN, (1L << 32) | 3
            });
    FrameTally one = FrameTally.of(heard, 1);
    assertThat(one.frames()).isEqualTo(2);
    assertThat(one.missing()).isEqualTo(1);
    assertThat(one.longestGapMillis()).isEqualTo(40);
  }
}
