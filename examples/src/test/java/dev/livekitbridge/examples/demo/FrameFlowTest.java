package dev.livekitbridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FrameFlowTest {

  private static final Duration AUDIBLE = Duration.ofMillis(100);

  private final FrameFlow flow = new FrameFlow("room -> service");

  private void heardEvery20Ms(int from, int to, long start) {
    for (int i = from; i < to; i++) {
      flow.heard(i, start + (i - from) * 20L);
    }
  }

  @Test
  void countsEachFrameOnceAndKnowsWhatIsMissing() {
    for (int i = 0; i < 10; i++) {
      flow.sent(i, i * 20L);
    }
    heardEvery20Ms(0, 4, 1);
    heardEvery20Ms(3, 5, 100);
    heardEvery20Ms(8, 10, 200);

    assertThat(flow.accepted()).isEqualTo(10);
    assertThat(flow.delivered()).isEqualTo(7);
    assertThat(flow.lost()).isEqualTo(3);
    assertThat(flow.duplicates()).isEqualTo(1);
    assertThat(flow.outOfOrder()).isZero();
    assertThat(flow.lostSentBetween(120, 160)).isEqualTo(2);
  }

  @Test
  void aFrameAfterALaterOneIsOutOfOrderButANewRunIsNot() {
    flow.heard(FrameFlow.number(1, 5), 1);
    flow.heard(FrameFlow.number(1, 4), 2);
    flow.heard(FrameFlow.number(2, 0), 3);

    assertThat(flow.outOfOrder()).isEqualTo(1);
  }

  @Test
  void whatWasHeardWasSent() {
    flow.sent(1, 0);
    flow.heard(1, 10);
    flow.heard(2, 20);

    assertThat(flow.accepted()).isEqualTo(2);
    assertThat(flow.lost()).isZero();
  }

  @Test
  void audioIsBackAtTheEndOfTheSilenceThatTheFaultBegan() {
    heardEvery20Ms(0, 50, 0);
    heardEvery20Ms(50, 60, 2_000);

    assertThat(flow.audioAgain(990, 1_990, AUDIBLE)).hasValue(2_000);
    assertThat(flow.longestGap()).isEqualTo(Duration.ofMillis(1_020));
  }

  @Test
  void framesStillOnTheirWayDoNotEndTheSilence() {
    heardEvery20Ms(0, 52, 0);
    heardEvery20Ms(52, 60, 3_000);

    assertThat(flow.audioAgain(1_000, 2_000, AUDIBLE)).hasValue(3_000);
  }

  @Test
  void aFaultThatNobodyHearsTookNoTime() {
    heardEvery20Ms(0, 100, 0);

    assertThat(flow.audioAgain(1_000, 2_000, AUDIBLE)).hasValue(1_000);
  }

  @Test
  void withoutAFrameAfterTheFaultAudioIsNotBack() {
    heardEvery20Ms(0, 10, 0);

    assertThat(flow.audioAgain(1_000, 2_000, AUDIBLE)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void countsPerBin() {
    heardEvery20Ms(0, 10, 0);
    flow.sent(100, 250);

    assertThat(flow.heardPerBin(0, Duration.ofMillis(100), 3)).containsExactly(5, 5, 0);
    assertThat(flow.sentPerBin(0, Duration.ofMillis(100), 3)).containsExactly(5, 5, 1);
  }
}
