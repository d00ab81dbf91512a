package dev.livekitbridge.client;

import static dev.livekitbridge.client.SilenceDetector.Verdict.CHECK;
import static dev.livekitbridge.client.SilenceDetector.Verdict.FINE;
import static dev.livekitbridge.client.SilenceDetector.Verdict.PING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SilenceDetectorTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  // Far below zero: a monotonic clock may start anywhere.
  private final long start = Long.MIN_VALUE + 10;
  private final SilenceDetector detector = new SilenceDetector(HeartbeatOptions.defaults(), start);

  private long at(long millis) {
    return start + millis * MS;
  }

  @Test
  void silenceIsFineWhenNothingIsDue() {
    assertThat(detector.check(at(60_000))).isEqualTo(FINE);
    assertThat(detector.nanosToNext(at(60_000))).isEqualTo(300 * MS);
  }

  @Test
  void unansweredAudioLeadsToAPingAfter600MsAndACheckAfter300More() {
    detector.heard(at(0));
    detector.answerDue(at(1_000));
    detector.answerDue(at(1_500));
    assertThat(detector.check(at(1_599))).isEqualTo(FINE);
    assertThat(detector.nanosToNext(at(1_599))).isEqualTo(1 * MS);
    assertThat(detector.check(at(1_600))).isEqualTo(PING);
    assertThat(detector.check(at(1_899))).isEqualTo(FINE);
    assertThat(detector.check(at(1_900))).isEqualTo(CHECK);
  }

  @Test
  void roomAudioThatStopsLeadsToAPingToo() {
    detector.roomAudio(at(100));
    assertThat(detector.check(at(699))).isEqualTo(FINE);
    assertThat(detector.check(at(700))).isEqualTo(PING);
  }

  @Test
  void anAnswerToThePingMakesItFine() {
    detector.roomAudio(at(0));
    assertThat(detector.check(at(600))).isEqualTo(PING);
    detector.heard(at(650));
    assertThat(detector.check(at(950))).isEqualTo(FINE);
    assertThat(detector.check(at(1_250))).isEqualTo(PING);
  }

  @Test
  void aRoomThatWasFlowingLongAgoIsForgotten() {
    detector.roomAudio(at(0));
    detector.heard(at(2_001));
    assertThat(detector.check(at(60_000))).isEqualTo(FINE);
  }

  @Test
  void anAnswerSettlesWhatWasDue() {
    detector.answerDue(at(0));
    detector.answered(at(500));
    assertThat(detector.check(at(10_000))).isEqualTo(FINE);
  }

  @Test
  void roomAudioSettlesNothingForTheWayToTheBridgeMayBeCut() {
    detector.answerDue(at(0));
    for (int i = 1; i < 60; i++) {
      detector.roomAudio(at(10L * i));
    }
    assertThat(detector.check(at(600))).isEqualTo(PING);
    detector.roomAudio(at(650));
    assertThat(detector.check(at(899))).isEqualTo(FINE);
    assertThat(detector.nanosToNext(at(899))).isEqualTo(1 * MS);
    assertThat(detector.check(at(900))).isEqualTo(CHECK);
    assertThat(detector.aliveSince(at(900))).isFalse();
    detector.answered(at(901));
    assertThat(detector.aliveSince(at(900))).isTrue();
    assertThat(detector.check(at(902))).isEqualTo(FINE);
  }
}
