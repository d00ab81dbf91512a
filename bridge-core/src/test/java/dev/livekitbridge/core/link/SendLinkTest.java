package dev.livekitbridge.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.LinkLimits.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendLinkTest {
  private static final long MS = 1_000_000L;

  private final RetentionBudget budget = new RetentionBudget(1 << 20);
  private SendLink link = link(5, 3_000, Overflow.DROP_OLDEST);
  private long now;

  private SendLink link(int frames, long inFlightMillis, Overflow overflow) {
    return new SendLink(
        new LinkLimits(frames, 1 << 16, 15_000 * MS, inFlightMillis * MS, overflow), budget);
  }

  @AfterEach
  void everyFrameIsAccountedForAndTheBudgetIsGivenBack() {
    assertThat(link.counts().balanced()).isTrue();
    link.close();
    assertThat(link.counts().balanced()).isTrue();
    assertThat(link.counts().buffered()).isZero();
    assertThat(budget.heldBytes()).isZero();
  }

  private static AudioFrame frame(int id, int track) {
    return AudioFrame.wrap(new byte[640], AudioFormat.VOICE, TrackId.of(track), id);
  }

  private boolean offer(int id) {
    return offer(id, 0);
  }

  private boolean offer(int id, int track) {
    now += MS;
    return link.offer(frame(id, track), now);
  }

  private List<Long> sendAll() {
    List<Long> sent = new ArrayList<>();
    for (AudioFrame frame = link.poll(now); frame != null; frame = link.poll(now)) {
      sent.add(frame.timestampMillis());
    }
    return sent;
  }

  @Test
  void detachedHoldsFramesAndSendsNone() {
    offer(1);
    assertThat(link.hasSendable()).isFalse();
    assertThat(link.poll(now)).isNull();
    assertThat(link.counts().buffered()).isEqualTo(1);
  }

  @Test
  void plainPeerGetsEachFrameOnceAndThatIsDelivery() {
    offer(1);
    link.attachPlain();
    offer(2);
    assertThat(sendAll()).containsExactly(1L, 2L);
    assertThat(link.polledSequence()).isZero();
    assertThat(link.counts().delivered()).isEqualTo(2);
    link.detach();
    link.attachPlain();
    assertThat(sendAll()).isEmpty();
  }

  @Test
  void unacknowledgedFramesGoAgainInOrderAfterABreak() {
    link.attachNew(Map.of());
    offer(1);
    offer(2);
    offer(3);
    assertThat(sendAll()).containsExactly(1L, 2L, 3L);
    link.acknowledge(Map.of(0, 1L));
    link.detach();
    offer(4);
    link.attachSame(Map.of(0, 2L));
    assertThat(link.oldestKept()).containsExactly(Map.entry(0, 3L));
    assertThat(sendAll()).containsExactly(3L, 4L);
    assertThat(link.polledSequence()).isEqualTo(4);
    assertThat(link.counts().replayed()).isEqualTo(1);
    assertThat(link.counts().delivered()).isEqualTo(2);
  }

  @Test
  void newSessionNumbersAfreshFromOne() {
    link.attachNew(Map.of());
    offer(1);
    offer(2);
    sendAll();
    link.acknowledge(Map.of(0, 1L));
    link.detach();
    link.attachNew(Map.of());
    assertThat(link.oldestKept()).containsExactly(Map.entry(0, 1L));
    assertThat(sendAll()).containsExactly(2L);
    assertThat(link.polledSequence()).isEqualTo(1);
  }

  @Test
  void takeoverNumbersAfterWhatTheSessionKnows() {
    link.attachNew(Map.of(0, 41L, 2, 7L));
    offer(1, 0);
    assertThat(sendAll()).containsExactly(1L);
    assertThat(link.polledSequence()).isEqualTo(42);
    offer(2, 2);
    assertThat(sendAll()).containsExactly(2L);
    assertThat(link.polledSequence()).isEqualTo(8);
  }

  @Test
  void oldestGoesWhenFull() {
    for (int i = 1; i <= 7; i++) {
      assertThat(offer(i)).isTrue();
    }
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.OVERFLOW, 2L));
    link.attachNew(Map.of());
    assertThat(sendAll()).containsExactly(3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void newestGoesWhenAskedFor() {
    link = link(2, 3_000, Overflow.DROP_NEWEST);
    assertThat(offer(1)).isTrue();
    assertThat(offer(2)).isTrue();
    assertThat(offer(3)).isFalse();
    link.attachPlain();
    assertThat(sendAll()).containsExactly(1L, 2L);
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.OVERFLOW, 1L));
  }

  @Test
  void frameThatMadeRoomAfterItWasSentIsInDoubtUntilThePeerSpeaks() {
    link.attachNew(Map.of());
    for (int i = 1; i <= 5; i++) {
      offer(i);
    }
    sendAll();
    offer(6);
    offer(7);
    assertThat(link.counts().dropped()).isEmpty();
    assertThat(link.counts().buffered()).isEqualTo(7);
    link.acknowledge(Map.of(0, 1L));
    assertThat(link.counts().delivered()).isEqualTo(1);
    link.detach();
    // The peer got 1 only: 2, which is no longer here, is lost, and only now is that known.
    link.attachSame(Map.of(0, 1L));
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.OVERFLOW, 1L));
    assertThat(link.oldestKept()).containsExactly(Map.entry(0, 3L));
    assertThat(sendAll()).containsExactly(3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void whatIsLostInDoubtIsCountedWithTheCauseForWhichItWasGivenUp() {
    link.attachNew(Map.of());
    for (int i = 1; i <= 5; i++) {
      offer(i);
    }
    sendAll();
    offer(6);
    now += 1_000;
    link.dropAcceptedBefore(now);
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.STALE, 1L));
    assertThat(link.counts().buffered()).isEqualTo(5);
    link.detach();
    link.attachSame(Map.of(0, 0L));
    assertThat(link.counts().dropped())
        .containsExactly(Map.entry(DropCause.OVERFLOW, 1L), Map.entry(DropCause.STALE, 5L));
    assertThat(link.counts().balanced()).isTrue();
  }

  @Test
  void acknowledgementOfWhatWasNeverSentIsIgnored() {
    link.attachNew(Map.of());
    offer(1);
    offer(2);
    link.poll(now);
    link.acknowledge(Map.of(0, Long.MAX_VALUE, 9, 5L));
    assertThat(link.counts().delivered()).isEqualTo(1);
    assertThat(sendAll()).containsExactly(2L);
    link.acknowledge(Map.of(0, -1L));
    link.acknowledge(Map.of(0, 1L));
    assertThat(link.counts().delivered()).isEqualTo(1);
  }

  @Test
  void fullTrackHoldsUpNoOther() {
    link = link(100, 40, Overflow.DROP_OLDEST);
    link.attachNew(Map.of());
    for (int i = 1; i <= 4; i++) {
      offer(i, 0);
    }
    offer(10, 1);
    assertThat(sendAll()).containsExactly(1L, 2L, 10L);
    assertThat(link.hasSendable()).isFalse();
    assertThat(link.hasUnsent()).isTrue();
    link.acknowledge(Map.of(0, 1L));
    assertThat(sendAll()).containsExactly(3L);
  }

  @Test
  void tooOldGoesByTheClock() {
    offer(1);
    now += 10_000 * MS;
    offer(2);
    now += 6_000 * MS;
    link.attachPlain();
    assertThat(sendAll()).containsExactly(2L);
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.OVERFLOW, 1L));
  }

  @Test
  void staleIsSkippedAndCounted() {
    offer(1);
    now += 500 * MS;
    offer(2);
    link.dropAcceptedBefore(now - 100 * MS);
    link.attachPlain();
    assertThat(sendAll()).containsExactly(2L);
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.STALE, 1L));
  }

  @Test
  void processBudgetIsSharedBetweenSessions() {
    RetentionBudget small = new RetentionBudget(3 * 640);
    LinkLimits limits = new LinkLimits(10, 1 << 20, 15_000 * MS, 3_000 * MS, Overflow.DROP_OLDEST);
    SendLink one = new SendLink(limits, small);
    SendLink two = new SendLink(limits, small);
    one.offer(frame(1, 0), 1);
    one.offer(frame(2, 0), 2);
    two.offer(frame(3, 0), 3);
    assertThat(two.offer(frame(4, 0), 4)).isTrue();
    assertThat(two.counts().droppedTotal()).isEqualTo(1);
    two.close();
    one.close();
    assertThat(small.heldBytes()).isZero();
  }

  @Test
  void closedTakesNothing() {
    offer(1);
    link.close();
    assertThat(offer(2)).isFalse();
    assertThat(link.counts().dropped()).containsExactly(Map.entry(DropCause.CLOSED, 2L));
  }
}
