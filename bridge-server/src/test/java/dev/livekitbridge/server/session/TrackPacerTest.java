package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Pacing without a session: times in, pieces out. */
@NullMarked
class TrackPacerTest {
  private static final long MS = 1_000_000L;
  private static final long LEAD = 40 * MS;

  private static final long CATCH_UP = 500 * MS;

  private final TrackPacer pacer = new TrackPacer(LEAD, CATCH_UP);

  @Test
  void givesTheLeadAtOnceAndThenRealTime() {
    for (int i = 1; i <= 10; i++) {
      pacer.add(frame(20, i), 0, 0);
    }
    assertThat(drain(0)).isEqualTo(3);
    assertThat(pacer.nextNanos()).isEqualTo(20 * MS);
    assertThat(drain(19 * MS)).isZero();
    assertThat(drain(20 * MS)).isEqualTo(1);
    assertThat(drain(60 * MS)).isEqualTo(2);
    assertThat(drain(100 * MS)).isEqualTo(2);
  }

  @Test
  void afterSilenceRealTimeBeginsAgain() {
    pacer.add(frame(20, 1), 0, 0);
    assertThat(drain(0)).isEqualTo(1);
    for (int i = 2; i <= 11; i++) {
      pacer.add(frame(20, i), 0, 5_000 * MS);
    }
    assertThat(drain(5_000 * MS)).as("no credit for the silence").isEqualTo(3);
  }

  @Test
  void whatAStallHeldUpPassesAtOnceAndTheTrackIsNotLateAfterIt() {
    int next = playInRealTime(0, 50);
    // Nothing comes for 300 ms; then all of it at once, and real time goes on.
    long after = (next + 15) * 20L * MS;
    for (int i = 0; i <= 15; i++) {
      pacer.add(frame(20, next++), 0, after);
    }
    assertThat(drain(after)).as("the burst").isEqualTo(16);
    playInRealTime(next, 50);
  }

  @Test
  void aStallGivesNoMoreCreditThanItLasted() {
    int next = playInRealTime(0, 50);
    long after = (next + 10) * 20L * MS;
    for (int i = 0; i < 100; i++) {
      pacer.add(frame(20, next++), 0, after);
    }
    assertThat(drain(after)).as("10 held up, one due, two of lead").isEqualTo(13);
  }

  @Test
  void aGapLongerThanAStallIsAPause() {
    int next = playInRealTime(0, 50);
    long heardUntil = next * 20L * MS;
    for (int i = 0; i < 100; i++) {
      pacer.add(frame(20, next++), 0, heardUntil + CATCH_UP + 1);
    }
    assertThat(drain(heardUntil + CATCH_UP + 1)).as("no credit").isEqualTo(3);
  }

  @Test
  void aFirstFrameThatWasLateDoesNotMakeAllOthersWaitForEver() {
    // The first took 130 ms longer on its way than those that follow, which so come too early.
    List<Long> waits = waitsOf(200, 130);
    assertThat(waits).startsWith(0L, 0L, 0L, 20L, 40L, 60L, 80L, 90L).endsWith(0L, 0L, 0L);
    assertThat(waits.stream().filter(wait -> wait > 0)).as("for 2 s").hasSizeLessThan(110);
  }

  @Test
  void whatABurstBehindAPauseLeftIsMadeUpForInOneStep() {
    assertThat(leftByABurst(980, false)).as("paced").isEqualTo(7);
    assertThat(leftByABurst(1_060, false)).as("after a second").isZero();
  }

  @Test
  void whereATrackMustBeLiveItIsMadeUpForSooner() {
    assertThat(leftByABurst(380, true)).as("paced").isEqualTo(7);
    assertThat(leftByABurst(460, true)).as("after 400 ms").isZero();
  }

  /** Frames that wait so long after a burst of ten, behind which it goes on in real time. */
  private static int leftByABurst(int millis, boolean live) {
    TrackPacer of = new TrackPacer(LEAD, CATCH_UP);
    of.live(live);
    for (int i = 0; i < 10 + millis / 20; i++) {
      long now = Math.max(0, i - 9) * 20L * MS;
      AudioFrame frame = frame(20, i);
      if (!of.pass(frame, now)) {
        of.add(frame, 0, now);
      }
      while (of.poll(now) != null) {
        // To the room.
      }
    }
    return of.size();
  }

  @Test
  void aSenderThatIsAheadOnPurposeStaysPaced() {
    assertThat(waitsOf(100, 1_000)).as("by a second").endsWith(960L, 960L, 960L);
  }

  /** How long each frame waits when the sender is so far ahead, but sends in real time. */
  private List<Long> waitsOf(int frames, int aheadMillis) {
    TrackPacer of = new TrackPacer(LEAD, CATCH_UP);
    List<Long> waits = new ArrayList<>();
    Deque<Long> added = new ArrayDeque<>();
    int next = 0;
    for (long now = 0; waits.size() < frames; now += MS) {
      while (next * 20L * MS - aheadMillis * MS <= now) {
        AudioFrame frame = frame(20, next++);
        if (of.pass(frame, now)) {
          waits.add(0L);
        } else {
          of.add(frame, 0, now);
          added.add(now);
        }
      }
      while (of.poll(now) != null) {
        waits.add((now - added.remove()) / MS);
      }
    }
    return waits;
  }

  /** Frames of 20 ms, each added and given out when it is due. */
  private int playInRealTime(int from, int frames) {
    for (int i = from; i < from + frames; i++) {
      pacer.add(frame(20, i), 0, i * 20L * MS);
      assertThat(drain(i * 20L * MS)).as("frame %d", i).isEqualTo(1);
    }
    return from + frames;
  }

  @Test
  void longFrameIsCutAndFinishedWithItsLastPiece() {
    pacer.add(frame(250, 7), 3, 0);
    AudioFrame first = Objects.requireNonNull(pacer.poll(0));
    assertThat(first.durationNanos()).isEqualTo(100 * MS);
    assertThat(pacer.finished()).isFalse();
    assertThat(pacer.queuedNanos()).isEqualTo(150 * MS);
    assertThat(pacer.poll(59 * MS)).isNull();
    assertThat(Objects.requireNonNull(pacer.poll(60 * MS)).sequence()).isEqualTo(7);
    AudioFrame last = Objects.requireNonNull(pacer.poll(160 * MS));
    assertThat(last.durationNanos()).isEqualTo(50 * MS);
    assertThat(last.timestampMillis()).isEqualTo(7 + 200);
    assertThat(pacer.finished()).isTrue();
    assertThat(pacer.finishedEpoch()).isEqualTo(3);
    assertThat(pacer.size()).isZero();
    assertThat(pacer.queuedNanos()).isZero();
  }

  @Test
  void droppedFrameCountsWhatWasLeftOfIt() {
    pacer.add(frame(250, 1), 0, 0);
    pacer.add(frame(20, 2), 0, 0);
    pacer.poll(0);
    assertThat(pacer.drop().sequence()).isEqualTo(1);
    assertThat(pacer.queuedNanos()).isEqualTo(20 * MS);
    assertThat(pacer.size()).isEqualTo(1);
  }

  @Test
  void keepsOrderAndEpochsWhenItGrows() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 100; i++) {
        pacer.add(frame(10, i), i, 0);
      }
      for (int i = 0; i < 100; i++) {
        assertThat(pacer.drop().sequence()).isEqualTo(i);
        assertThat(pacer.finishedEpoch()).isEqualTo(i);
      }
    }
  }

  private int drain(long nowNanos) {
    int pieces = 0;
    while (pacer.poll(nowNanos) != null) {
      pieces++;
    }
    return pieces;
  }

  private static AudioFrame frame(int millis, long sequence) {
    return AudioFrame.received(
        ByteString.copyFrom(new byte[millis * 32]),
        AudioFormat.VOICE,
        TrackId.SPEAKER,
        sequence,
        sequence,
        "");
  }
}
