package dev.livekitbridge.core.link;

import static dev.livekitbridge.core.link.ReceiveLink.Verdict.DUPLICATE;
import static dev.livekitbridge.core.link.ReceiveLink.Verdict.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.DropCause;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiveLinkTest {
  private static final long MS = 1_000_000L;

  private final ReceiveLink link = new ReceiveLink(10, 100 * MS);

  @AfterEach
  void everyFrameIsAccountedFor() {
    assertThat(link.counts().balanced()).isTrue();
  }

  private void deliver(long sequence, long now) {
    link.delivered(link.epoch(), 0, sequence, now);
  }

  @Test
  void passesEachSequenceOnce() {
    link.attachNew();
    assertThat(link.onFrame(0, 1)).isEqualTo(PASS);
    assertThat(link.onFrame(0, 1)).isEqualTo(DUPLICATE);
    assertThat(link.onFrame(1, 1)).isEqualTo(PASS);
    assertThat(link.counts().duplicates()).isEqualTo(1);
    assertThat(link.counts().accepted()).isEqualTo(2);
  }

  @Test
  void acknowledgesOnlyWhatWasDealtWith() {
    link.attachNew();
    link.onFrame(0, 1);
    link.onFrame(0, 2);
    link.onFrame(0, 3);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 0L));
    deliver(2, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 0L));
    deliver(1, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 2L));
    link.dropped(link.epoch(), 0, 3, DropCause.SLOW_CONSUMER, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 3L));
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.SLOW_CONSUMER, 1L));
  }

  @Test
  void whatIsDealtWithTwiceCountsOnce() {
    link.attachNew();
    link.onFrame(0, 1);
    deliver(1, 0);
    deliver(1, 0);
    link.dropped(link.epoch(), 0, 1, DropCause.CLOSED, 0);
    assertThat(link.counts().delivered()).isEqualTo(1);
    assertThat(link.counts().droppedTotal()).isZero();
  }

  @Test
  void gapMeansThatTheSenderGaveUpAndIsAcknowledgedAcross() {
    link.attachNew();
    link.onFrame(0, 1);
    assertThat(link.onFrame(0, 5)).isEqualTo(PASS);
    assertThat(link.gap()).isEqualTo(3);
    assertThat(link.counts().missing()).isEqualTo(3);
    deliver(1, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 4L));
    deliver(5, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 5L));
  }

  @Test
  void attachReportsWhatThePeerNoLongerHas() {
    link.attachNew();
    link.onFrame(0, 1);
    deliver(1, 0);
    assertThat(link.onOldestKept(Map.of(0, 4L, 1, 1L))).containsExactly(Map.entry(0, 1L));
    assertThat(link.counts().missing()).isEqualTo(2);
    assertThat(link.onFrame(0, 3)).isEqualTo(DUPLICATE);
    assertThat(link.onFrame(0, 4)).isEqualTo(PASS);
    assertThat(link.gap()).isZero();
  }

  @Test
  void whatThePeerGaveUpIsNotAcknowledgedBeforeSomethingBehindItHasCome() {
    link.attachNew();
    link.onFrame(0, 1);
    link.delivered(link.epoch(), 0, 1, 0);
    assertThat(link.onOldestKept(Map.of(0, 4L))).containsExactly(Map.entry(0, 1L));
    assertThat(link.acknowledged()).as("2 and 3 may have been on their way").containsEntry(0, 1L);
    link.onFrame(0, 4);
    assertThat(link.acknowledged()).containsEntry(0, 3L);
    link.delivered(link.epoch(), 0, 4, 0);
    assertThat(link.acknowledged()).containsEntry(0, 4L);
  }

  @Test
  void takeoverStartsWhereThePeerStartsAndMissesNothing() {
    link.attachUnknown();
    assertThat(link.acknowledged()).isEmpty();
    assertThat(link.onOldestKept(Map.of(0, 100L))).isEmpty();
    assertThat(link.onFrame(0, 100)).isEqualTo(PASS);
    assertThat(link.gap()).isZero();
    assertThat(link.counts().missing()).isZero();
    assertThat(link.onOldestKept(Map.of(0, 103L))).containsExactly(Map.entry(0, 100L));
  }

  @Test
  void framesOfAnEarlierSessionAreCountedButAcknowledgeNothing() {
    link.attachNew();
    int before = link.epoch();
    link.onFrame(0, 1);
    link.onFrame(0, 2);
    link.attachNew();
    link.onFrame(0, 1);
    link.delivered(before, 0, 1, 0);
    link.dropped(before, 0, 2, DropCause.CLOSED, 0);
    assertThat(link.acknowledged()).containsExactly(Map.entry(0, 0L));
    assertThat(link.counts().delivered()).isEqualTo(1);
    assertThat(link.openFrames()).isEqualTo(1);
  }

  @Test
  void acknowledgementIsDueAfterTenFramesOrATenthOfASecond() {
    link.attachNew();
    assertThat(link.ackDue(Long.MAX_VALUE)).isFalse();
    link.onFrame(0, 1);
    deliver(1, 5 * MS);
    assertThat(link.ackPending()).isTrue();
    assertThat(link.ackDueNanos()).isEqualTo(105 * MS);
    assertThat(link.ackDue(104 * MS)).isFalse();
    assertThat(link.ackDue(105 * MS)).isTrue();
    link.acknowledgementSent();
    assertThat(link.ackDue(Long.MAX_VALUE)).isFalse();
    for (int i = 2; i <= 11; i++) {
      link.onFrame(0, i);
      assertThat(link.ackDue(6 * MS)).isFalse();
      deliver(i, 6 * MS);
    }
    assertThat(link.ackDue(6 * MS)).isTrue();
  }

  @Test
  void plainPeerIsPassedOnWithoutNumbers() {
    link.attachPlain();
    assertThat(link.onFrame(0, 0)).isEqualTo(PASS);
    assertThat(link.onFrame(0, 0)).isEqualTo(PASS);
    deliver(0, 0);
    link.dropped(link.epoch(), 0, 0, DropCause.SLOW_CONSUMER, 0);
    assertThat(link.acknowledged()).isEmpty();
    assertThat(link.ackPending()).isFalse();
    assertThat(link.counts().delivered()).isEqualTo(1);
  }
}
