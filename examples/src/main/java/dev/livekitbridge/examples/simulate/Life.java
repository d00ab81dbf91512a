package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.examples.simulate.net.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A session of a user in one service process: what it said and heard. */
final class Life {
  // The bridge gives a stream up after 10 s, and says what it had: it takes 4 s ahead.
  private static final long LATE_NANOS = 14_000_000_000L;

  // The old bridge is waited for 5 s, and events are told up to 400 ms late.
  private static final long IN_PEACE_NANOS = 4_000_000_000L;

  private record Hole(long nanos, int frames, int passedOver) {}

  private record Arrived(Line line, long sequence, int number) {}

  private record Owed(Line line, long sequence, long nanos) {}

  final User user;
  final int number;
  final SimProcess process;
  private final VirtualTime time;
  private final Story story;
  private final boolean oneBridge;
  private final boolean skipsLate;
  private final BitSet[] accepted = bits();
  private final BitSet[] heard = bits();
  // By whatever way.
  private final BitSet came = new BitSet();
  private final int[] said = new int[Tracks.COUNT];
  private final int[] acked = new int[Tracks.COUNT];
  private final Deque<Arrived> unconsumed = new ArrayDeque<>();
  private final Set<Integer> ackedUnconsumed = new HashSet<>();
  // Consumed, and not yet acknowledged.
  private final Deque<Owed> owing = new ArrayDeque<>();
  // When it said each number; of tracks only one is spoken on.
  private long[] saidNanos = new long[64];
  private final LongSupplier slowestNanos;
  // Under which it said anything, in that order.
  private final Set<Line> spoken = new LinkedHashSet<>();
  private @Nullable Line speaking;
  // The stream that was up last, and since when.
  private @Nullable Line streaming;
  private long upNanos;
  private @Nullable Object stream;
  private final Set<Seat> leftInPeace = new HashSet<>();
  private long drainNanos;
  private @Nullable BridgeSession session;
  int sends;
  int refused;
  int consumed;
  int firstConsumed;
  int lastConsumed;
  // Frames that a bridge said which the session had gone away from.
  int late;
  @Nullable Seat firstSeat;
  long ackedAtFirst;
  int holes;
  int dropped;
  // As its books said last.
  long droppedByBooks;
  long lostFrames;
  boolean lostUnknown;
  private boolean toldOfHole;
  // The last frame of the place that was left, if a slow consumer had yet to get it.
  private int waitedWhenTold;
  private long toldAhead;
  private final Deque<Hole> untold = new ArrayDeque<>();
  int twice;
  long lastAckNanos;
  // As the last audit found it.
  long lost;
  long heldBefore;
  long sendsBefore;
  int ackedBefore;
  // How many were lost when that was acknowledged.
  long lostAtAck;
  boolean closing;
  @Nullable CloseReason closed;

  /** {@code slowestNanos}: for how long its process's callbacks may wait. */
  Life(User user, int number, SimProcess process, World world, LongSupplier slowestNanos) {
    this.slowestNanos = slowestNanos;
    this.oneBridge = world.plan.bridges() == 1;
    this.skipsLate = world.plan.liveMaxDelayNanos() > 0;
    this.time = world.time;
    this.user = user;
    this.number = number;
    this.process = process;
    this.story = world.story;
  }

  private static BitSet[] bits() {
    BitSet[] bits = new BitSet[Tracks.COUNT];
    Arrays.setAll(bits, track -> new BitSet());
    return bits;
  }

  void runs(BridgeSession with) {
    session = with;
  }

  BridgeSession session() {
    BridgeSession running = session;
    if (running == null) {
      throw new IllegalStateException("not opened yet");
    }
    return running;
  }

  boolean isConnected() {
    return session().state() == ConnectionState.CONNECTED;
  }

  /** Ends it in peace. */
  void close(Duration atMost) {
    story.tell(user.id, () -> "#" + number + " closes");
    closing = true;
    CompletionStage<CloseReason> unused = session().beginClose(atMost);
  }

  boolean isOver() {
    return session().state() == ConnectionState.CLOSED;
  }

  SessionStats stats() {
    return session().stats();
  }

  /** The next number to say on a track, which it says now. */
  int next(int track) {
    int frame = ++said[track];
    if (frame >= saidNanos.length) {
      saidNanos = Arrays.copyOf(saidNanos, 2 * frame);
    }
    saidNanos[frame] = time.nanoTime();
    return frame;
  }

  void took(int track, int frame, boolean taken) {
    sends++;
    if (taken) {
      accepted[track].set(frame);
    } else {
      refused++;
    }
  }

  /** A chunk with audio goes out: never one that the bridge has dealt with. */
  void sent(int track, int frame) {
    if (frame > 0 && frame <= acked[track]) {
      user.verdict.broken(
          user.id
              + " sends frame "
              + frame
              + " again, which was acknowledged ("
              + acked[track]
              + ")");
    }
  }

  /** How long ago it said a frame. */
  long ageNanos(int frame) {
    return time.nanoTime() - saidNanos[Math.min(frame, saidNanos.length - 1)];
  }

  /** The last frame that it said on a track. */
  int lastSaid(int track) {
    return said[track];
  }

  /** The highest frame of a track that was acknowledged. */
  int acknowledged(int track) {
    return acked[track];
  }

  /** Since when a frame that was consumed waits to be acknowledged on a stream; -1 if none does. */
  long owingSinceNanos() {
    Owed first = owing.peek();
    return first == null || first.line() != streaming ? -1 : Math.max(first.nanos(), upNanos);
  }

  /** Whether a call is another stream than the one of before. */
  boolean streamed(Object call) {
    boolean other = call != stream;
    stream = call;
    return other;
  }

  /** A stream is up: the bridge's first chunk came. */
  void up(Line line) {
    streaming = line;
    upNanos = time.nanoTime();
  }

  void acknowledged(int track, int frame, long now) {
    if (frame > acked[track]) {
      acked[track] = frame;
      lastAckNanos = now;
    }
  }

  /** The client says a frame under a session id. */
  void says(Line line, int track, int frame) {
    line.says(track, frame, time.nanoTime());
    spoken.add(line);
    speaking = line;
  }

  /**
   * The room heard a frame of this life: from one bridge at a time, and none that was before. But
   * who is cut off does not know that the session went on elsewhere: for a while it says what it
   * had, which was sent to the next one again.
   */
  void heard(Seat from, int track, int frame) {
    Line now = speaking;
    if (now != null && now.seat != from) {
      late(from, track, frame);
    }
    if (heard[track].get(frame)) {
      twice++;
    }
    heard[track].set(frame);
  }

  private void late(Seat from, int track, int frame) {
    late++;
    Line next = null;
    for (Line each : spoken) {
      if (each.seat == from) {
        next = null;
      } else if (next == null) {
        next = each;
      }
    }
    if (next == null) {
      return;
    }
    int again = next.first(track);
    long after = time.nanoTime() - Math.max(next.beganNanos(), from.process.thawedNanos());
    story.tell(
        user.id,
        () -> from.bridge + " says frame " + frame + " late, " + after / 1_000_000 + " ms after");
    // What was too late to be sent again was skipped, and counted.
    boolean known = again == 0 || frame >= again || skipsLate;
    if (oneBridge || leftInPeace.contains(from) || !known || after > LATE_NANOS) {
      user.verdict.broken(
          "two bridges speak for "
              + user.id
              + ": "
              + from.bridge
              + " says frame "
              + frame
              + ", "
              + after / 1_000_000
              + " ms after the session went on elsewhere from frame "
              + again);
    }
  }

  /** Whether the room heard a frame, of those that were spoken. */
  boolean wasHeard(int frame) {
    return frame == 0 || heard[Tracks.SPOKEN].get(frame);
  }

  /** Frames that were accepted and that the room never heard. */
  int unheard() {
    int sum = 0;
    for (int track = 0; track < Tracks.COUNT; track++) {
      BitSet missing = (BitSet) accepted[track].clone();
      missing.andNot(heard[track]);
      sum += missing.cardinality();
    }
    return sum;
  }

  /** A frame of the room came over the network, not seen before under this session id. */
  void arrived(Line line, long sequence, int frame) {
    unconsumed.add(new Arrived(line, sequence, frame));
    came.set(frame);
  }

  /** The client acknowledges: all that came up to there was consumed, or dropped. */
  void acknowledges(Line line, long sequence) {
    Owed owed;
    while ((owed = owing.peek()) != null && (owed.line() != line || owed.sequence() <= sequence)) {
      owing.remove();
    }
    if (!oneBridge) {
      // A second place acknowledges what is heard by way of the first.
      unconsumed.removeIf(each -> each.line() == line && each.sequence() <= sequence);
      return;
    }
    Arrived first;
    while ((first = unconsumed.peek()) != null
        && first.line() == line
        && first.sequence() <= sequence) {
      unconsumed.remove();
      ackedUnconsumed.add(first.number());
      dropped++;
    }
  }

  /** The service's consumer got a frame. */
  void consume(AudioFrame frame) {
    int n = Numbered.number(frame.toByteString());
    if (ackedUnconsumed.contains(n)) {
      user.verdict.broken(user.id + " had acknowledged frame " + n + " before it was consumed");
    }
    Arrived first;
    while ((first = unconsumed.peek()) != null && first.number() <= n) {
      unconsumed.remove();
      if (first.number() == n) {
        owing.add(new Owed(first.line(), first.sequence(), time.nanoTime()));
      }
      dropped += first.number() == n || !oneBridge ? 0 : 1;
    }
    if (n <= lastConsumed) {
      user.verdict.broken(
          user.id + " hears frame " + n + " of the room after frame " + lastConsumed);
    }
    if (firstConsumed == 0) {
      story.tell(user.id, () -> "#" + number + " hears frame " + n + " first");
      firstConsumed = n;
    }
    // What only the second place brought may be lost together with it: that is told to who has
    // heard something before.
    boolean hole = lastConsumed > 0 && n > lastConsumed + 1;
    if (hole) {
      hole(lastConsumed + 1, n);
    }
    // The hole of a hand-over is behind what the place that was left had brought.
    toldOfHole &= !hole && n <= waitedWhenTold;
    lastConsumed = n;
    consumed++;
    user.consumed(n);
  }

  private void hole(int from, int to) {
    story.tell(user.id, () -> "#" + number + " hears frame " + to + ", not those from " + from);
    int passedOver = 0;
    for (int i = from; i < to && !oneBridge; i++) {
      passedOver += came.get(i) ? 1 : 0;
    }
    holes += to - from;
    boolean told = toldOfHole || toldAhead >= to - from;
    toldAhead = Math.max(0, toldAhead - (to - from));
    if (!told) {
      untold.add(new Hole(time.nanoTime(), to - from, passedOver));
    }
  }

  /** Events are told on a thread of their own: a hole may be heard before it is told. */
  void settle() {
    Hole first;
    long since = time.nanoTime() - slowestNanos.getAsLong();
    while ((first = untold.peek()) != null && first.nanos() < since) {
      untold.remove();
      dropped += first.passedOver();
    }
  }

  /** Frames missing of which a process that died had no time to hear. */
  int untold() {
    return process.isAlive() ? 0 : untold.stream().mapToInt(Hole::frames).sum();
  }

  /** Without a fault the old bridge has played out before, unless that took it too long. */
  private void handedOver(SessionEvent.HandedOver moved) {
    for (Arrived each : unconsumed) {
      Seat seat = each.line().seat;
      boolean old = seat != null && seat.bridge.equals(moved.from());
      waitedWhenTold = old ? Math.max(waitedWhenTold, each.number()) : waitedWhenTold;
    }
    Seat left = null;
    for (Line line : spoken) {
      Seat seat = line.seat;
      left = seat != null && seat.bridge.equals(moved.from()) ? seat : left;
    }
    if (left != null && moved.fault().isEmpty() && time.nanoTime() - drainNanos < IN_PEACE_NANOS) {
      leftInPeace.add(left);
    }
  }

  void event(SessionEvent event) {
    story.tell(user.id, () -> "#" + number + " " + event);
    if (event instanceof SessionEvent.FramesLost lost) {
      lostFrames += lost.span().frames();
      boolean unknown = lost.span().fromSequence() == 0;
      lostUnknown |= unknown;
      toldOfHole |= unknown;
      waitedWhenTold = 0;
      // Where nobody waits to be told, it is the hole that comes next.
      toldAhead += unknown || !untold.isEmpty() ? 0 : lost.span().frames();
      untold.clear();
    } else if (event instanceof SessionEvent.Draining) {
      drainNanos = time.nanoTime();
    } else if (event instanceof SessionEvent.HandedOver moved) {
      handedOver(moved);
    } else if (event instanceof SessionEvent.Closed over) {
      closed = over.reason();
    }
  }
}
