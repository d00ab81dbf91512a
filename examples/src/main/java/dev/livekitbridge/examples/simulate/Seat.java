package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.examples.simulate.net.CallTag;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A bridge's place in a room for a user, and what went through it, from the outside. */
final class Seat {
  final User user;
  final int order;
  final String bridge;
  final SimProcess process;

  private record Said(long sequence, long nanos) {}

  private final Deque<Long>[] unheard = queues();
  private final Set<Long> ackedUnheard = new HashSet<>();
  private final long[] arrived = new long[Tracks.COUNT];
  private final int[] lastTurn = new int[Tracks.COUNT];
  private final Map<Life, Integer> turnOf = new HashMap<>();
  private @Nullable Life entrant;
  private int turns;
  private final Map<Life, int[]> lastHeard = new HashMap<>();
  private int[] heardFromRoom = new int[64];
  private long[] heardNanos = new long[64];
  // Since when the frames that the room was given have not been acknowledged, by track.
  private final Deque<Said>[] owing = queues();
  // When a client's frames came, where they may be skipped for being late.
  private final Map<Long, Long> cameNanos = new HashMap<>();
  boolean strangers;
  // Its bridge knows that it has left.
  boolean over;
  int fromRoom;
  int toRoom;
  int skipped;
  long ackedByClient;
  // Frames of the room that its bridge said are gone, and up to which.
  long gaveUp;
  private long gaveUpTo;
  long lastTrafficNanos;
  long leftNanos;
  // How long the frame that was said last had waited here; 0 where that is not known.
  long waitedNanos;
  long attachedNanos;
  @Nullable CallTag stream;
  @Nullable CloseReason left;
  FrameCounts toClientCounts = FrameCounts.NONE;
  FrameCounts toRoomCounts = FrameCounts.NONE;

  Seat(User user, int order, String bridge, SimProcess process) {
    this.user = user;
    this.order = order;
    this.bridge = bridge;
    this.process = process;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> Deque<T>[] queues() {
    Deque<T>[] queues = new Deque[Tracks.COUNT];
    Arrays.setAll(queues, track -> new ArrayDeque<>());
    return queues;
  }

  /** Whether a living bridge sits in it. */
  boolean isTaken() {
    return left == null && process.isAlive();
  }

  /** A process opens a stream: from now on it has the seat, and nobody before it. */
  void enters(Life life) {
    if (life != entrant) {
      entrant = life;
      turnOf.put(life, ++turns);
    }
  }

  /** The room's frame came to the bridge. */
  void hear(int number, long nanos) {
    if (fromRoom == heardFromRoom.length) {
      heardFromRoom = Arrays.copyOf(heardFromRoom, 2 * fromRoom);
      heardNanos = Arrays.copyOf(heardNanos, 2 * fromRoom);
    }
    heardNanos[fromRoom] = nanos;
    heardFromRoom[fromRoom++] = number;
  }

  /** Its bridge says that frames up to there, which nobody has acknowledged, are gone. */
  void giveUp(long last) {
    gaveUp += Math.max(0, last - Math.max(ackedByClient, gaveUpTo));
    gaveUpTo = last;
  }

  /** When the room said the frame that the bridge sends under a sequence. */
  long heardNanos(long sequence) {
    return heardNanos[(int) Math.min(Math.max(sequence, 1), fromRoom) - 1];
  }

  /** The number of the frame that the bridge sends under a sequence. */
  int number(long sequence) {
    return sequence < 1 || sequence > fromRoom ? 0 : heardFromRoom[(int) sequence - 1];
  }

  /** A client's frame came to the bridge; {@code nanos} is negative where nobody asks when. */
  void arrive(int track, long sequence, long nanos) {
    if (sequence > arrived[track]) {
      arrived[track] = sequence;
      unheard[track].add(sequence);
      if (nanos >= 0) {
        cameNanos.put(key(track, sequence), nanos);
      }
    }
  }

  /** The bridge acknowledges: all that came up to there was handed to the room, or dropped. */
  void acknowledge(int track, long sequence) {
    Deque<Said> said = owing[track];
    while (!said.isEmpty() && said.peek().sequence() <= sequence) {
      said.remove();
    }
    Deque<Long> waiting = unheard[track];
    while (!waiting.isEmpty() && waiting.peek() <= sequence) {
      ackedUnheard.add(key(track, waiting.remove()));
      skipped++;
    }
  }

  /** The bridge hands a client's frame to the room. */
  void say(int track, long sequence, Life life, int number, long now) {
    toRoom++;
    owing[track].add(new Said(sequence, now));
    Long came = cameNanos.isEmpty() ? null : cameNanos.remove(key(track, sequence));
    waitedNanos = came == null || came <= process.thawedNanos() ? 0 : now - came;
    if (ackedUnheard.remove(key(track, sequence))) {
      user.verdict.broken(
          "the bridge acknowledged frame " + number + " of " + user.id + " before the room had it");
    }
    Deque<Long> waiting = unheard[track];
    while (!waiting.isEmpty() && waiting.peek() <= sequence) {
      skipped += waiting.remove() == sequence ? 0 : 1;
    }
    int turn = turnOf.getOrDefault(life, 0);
    if (turn < lastTurn[track]) {
      user.verdict.broken("an old process of " + user.id + " is heard after the new one");
    }
    lastTurn[track] = turn;
    int[] last = lastHeard.computeIfAbsent(life, of -> new int[Tracks.COUNT]);
    if (number <= last[track]) {
      user.verdict.broken(
          "frame " + number + " of " + user.id + " is heard twice, after " + last[track]);
    }
    last[track] = number;
  }

  /** The bridge says silence that the client sent. */
  void saySilence(int track, long sequence) {
    toRoom++;
    boolean unused = unheard[track].remove(sequence);
  }

  /** Since when a frame that the room was given is not acknowledged; -1 if all are. */
  long owingSinceNanos() {
    long since = -1;
    for (Deque<Said> said : owing) {
      Said first = said.peek();
      since = first == null || (since >= 0 && since < first.nanos()) ? since : first.nanos();
    }
    return since;
  }

  /** Frames that came from the client and that the room has not heard. */
  int unheard() {
    int sum = 0;
    for (Deque<Long> waiting : unheard) {
      sum += waiting.size();
    }
    return sum;
  }

  /** Frames that a bridge which left had acknowledged and not said; its last books are not seen. */
  int passedOverAtItsEnd() {
    return left == null ? 0 : skipped;
  }

  private static long key(int track, long sequence) {
    return sequence << 8 | track;
  }
}
