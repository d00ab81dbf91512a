package dev.livekitbridge.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.LinkLimits.Overflow;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * One direction of a link through thousands of seeded histories: streams that break with frames and
 * acknowledgements in them, slow and impatient consumers, full stores, new sessions. A failure
 * prints its seed.
 */
class LinkSimulationTest {
  private static final int HISTORIES = 4_000;
  private static final long MS = 1_000_000L;

  @Test
  void nothingIsLostWithoutACountTwiceOrOutOfOrder() {
    long base = Long.getLong("link.seed", 1);
    for (long seed = base; seed < base + HISTORIES; seed++) {
      try {
        new History(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (run with -Dlink.seed=" + seed + ")", e);
      }
    }
  }

  private record OnWire(AudioFrame frame, long sequence) {}

  private record Open(int epoch, int track, long sequence) {}

  private static final class History {
    private final Random random;
    private final RetentionBudget budget = new RetentionBudget(1 << 22);
    private final SendLink sender;
    private final ReceiveLink receiver = new ReceiveLink(10, 100 * MS);
    private final ArrayDeque<OnWire> wire = new ArrayDeque<>();
    private final ArrayDeque<Map<Integer, Long>> acknowledgements = new ArrayDeque<>();
    private final ArrayDeque<Open> consumer = new ArrayDeque<>();
    private final Map<Integer, Long> lastPassed = new HashMap<>();
    private final Map<Integer, Long> lastAcknowledged = new HashMap<>();
    private final Set<Long> passed = new HashSet<>();
    private final boolean roomy;
    private boolean attached;
    private long now;
    private long made;

    History(long seed) {
      random = new Random(seed);
      roomy = random.nextBoolean();
      int frames = roomy ? 1_500 : 5 + random.nextInt(40);
      long age = roomy ? 1_000_000 * MS : 2_000 * MS;
      long inFlight = (100 + random.nextInt(2_000)) * MS;
      Overflow overflow = random.nextInt(4) == 0 ? Overflow.DROP_NEWEST : Overflow.DROP_OLDEST;
      sender = new SendLink(new LinkLimits(frames, 1 << 20, age, inFlight, overflow), budget);
    }

    void run() {
      attachNew();
      for (int step = 0; step < 250; step++) {
        now += random.nextInt(20) * MS;
        switch (random.nextInt(20)) {
          case 0 -> cut();
          case 1, 2 -> attachSame();
          case 3 -> maybeAttachNew();
          case 4, 5, 6, 7, 8, 9 -> offer();
          case 10, 11, 12 -> send();
          case 13, 14, 15 -> receive();
          case 16, 17 -> consume(random.nextInt(5));
          case 18 -> acknowledge();
          default -> hearAcknowledgement();
        }
        check();
      }
      heal();
    }

    private void offer() {
      TrackId track = TrackId.of(random.nextInt(3));
      sender.offer(AudioFrame.wrap(new byte[640], AudioFormat.VOICE, track, ++made), now);
    }

    private void cut() {
      // What is on the way is lost, in both directions.
      wire.clear();
      acknowledgements.clear();
      sender.detach();
      attached = false;
    }

    private void attachSame() {
      if (!attached) {
        sender.attachSame(receiver.acknowledged());
        receiver.onOldestKept(sender.oldestKept());
        attached = true;
      }
    }

    private void maybeAttachNew() {
      if (random.nextInt(10) == 0) {
        attachNew();
      }
    }

    private void attachNew() {
      cut();
      receiver.attachNew();
      sender.attachNew(Map.of());
      lastAcknowledged.clear();
      // What was passed on and not acknowledged may come again, once for each new session.
      lastPassed.clear();
      attached = true;
    }

    private void send() {
      for (int i = random.nextInt(8); i > 0; i--) {
        AudioFrame frame = sender.poll(now);
        if (frame != null) {
          wire.add(new OnWire(frame, sender.polledSequence()));
        }
      }
    }

    private void receive() {
      for (int i = random.nextInt(8); i > 0 && !wire.isEmpty(); i--) {
        OnWire next = wire.remove();
        int track = next.frame.track().value();
        if (receiver.onFrame(track, next.sequence) == ReceiveLink.Verdict.PASS) {
          long id = next.frame.timestampMillis();
          Long before = lastPassed.put(track, id);
          assertThat(id).as("in order, none twice").isGreaterThan(before == null ? 0 : before);
          passed.add(id);
          consumer.add(new Open(receiver.epoch(), track, next.sequence));
        }
      }
    }

    private void consume(int count) {
      for (int i = count; i > 0 && !consumer.isEmpty(); i--) {
        Open open = random.nextInt(10) == 0 ? consumer.removeLast() : consumer.remove();
        if (random.nextInt(10) == 0) {
          receiver.dropped(open.epoch, open.track, open.sequence, DropCause.SLOW_CONSUMER, now);
        } else {
          receiver.delivered(open.epoch, open.track, open.sequence, now);
        }
      }
    }

    private void acknowledge() {
      if (attached) {
        Map<Integer, Long> word = receiver.acknowledged();
        word.forEach(
            (track, sequence) -> {
              Long before = lastAcknowledged.put(track, sequence);
              assertThat(sequence).isGreaterThanOrEqualTo(before == null ? 0 : before);
            });
        acknowledgements.add(word);
        receiver.acknowledgementSent();
      }
    }

    private void hearAcknowledgement() {
      if (!acknowledgements.isEmpty()) {
        sender.acknowledge(acknowledgements.remove());
      }
    }

    private void heal() {
      attachSame();
      for (int i = 0; i < 10_000 && sender.counts().buffered() + consumer.size() > 0; i++) {
        now += MS;
        send();
        receive();
        consume(5);
        acknowledge();
        hearAcknowledgement();
        check();
      }
      FrameCounts sent = sender.counts();
      assertThat(sent.buffered()).as("everything kept is dealt with").isZero();
      assertThat(sent.accepted()).isEqualTo(made);
      assertThat((long) passed.size())
          .as("what counts as delivered was passed on")
          .isGreaterThanOrEqualTo(sent.delivered());
      if (roomy) {
        assertThat(sent.droppedTotal()).as("nothing is lost that could be kept").isZero();
        assertThat(passed).hasSize((int) made);
      }
      assertThat(budget.heldBytes()).isZero();
    }

    private void check() {
      assertThat(sender.counts().balanced()).isTrue();
      assertThat(receiver.counts().balanced()).isTrue();
      assertThat(receiver.openFrames()).isEqualTo(consumer.size());
      assertThat(budget.heldBytes()).isEqualTo(sender.heldBytes());
    }
  }
}
