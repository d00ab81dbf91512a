package dev.livekitbridge.examples.simulate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One session id: what was said under it, from the outside. */
final class Line {
  final String sessionId;
  final Life life;
  private final long[] ackedByClient = new long[Tracks.COUNT];
  private final long[] ackedByBridge = new long[Tracks.COUNT];
  private final int[][] numbers = new int[Tracks.COUNT][64];
  // The first frame that the client said under it, by track, and when it began to.
  private final int[] first = new int[Tracks.COUNT];
  private long beganNanos;
  long arrived;
  @Nullable Seat seat;

  Line(String sessionId, Life life) {
    this.sessionId = sessionId;
    this.life = life;
  }

  /** Numbers may go on from those of an earlier line to the same bridge. */
  void follows(Line before) {
    for (int track = 0; track < numbers.length; track++) {
      numbers[track] = before.numbers[track].clone();
    }
  }

  /** The client says a frame. */
  void says(int track, int number, long now) {
    if (first[track] == 0) {
      first[track] = number;
    }
    if (beganNanos == 0) {
      beganNanos = now;
    }
  }

  /** The first frame said on a track; 0 if there is none. */
  int first(int track) {
    return first[track];
  }

  /** When the first frame of all was said. */
  long beganNanos() {
    return beganNanos;
  }

  /** The client acknowledges: never less than before. */
  void clientAcks(int track, long sequence) {
    rises("the client's", ackedByClient, track, sequence);
  }

  /** The bridge acknowledges: never less than before. */
  void bridgeAcks(int track, long sequence) {
    rises("the bridge's", ackedByBridge, track, sequence);
  }

  /** A frame of the client went under this sequence. */
  void sent(int track, long sequence, int number) {
    int[] of = numbers[track];
    if (sequence >= of.length) {
      of = Arrays.copyOf(of, (int) Math.max(2L * of.length, sequence + 1));
      numbers[track] = of;
    }
    of[(int) sequence] = number;
  }

  /** The number of the frame that went under a sequence, or 0. */
  int number(int track, long sequence) {
    int[] of = numbers[track];
    return sequence < 0 || sequence >= of.length ? 0 : of[(int) sequence];
  }

  private void rises(String whose, long[] acked, int track, long sequence) {
    if (sequence < acked[track]) {
      life.user.verdict.broken(
          whose
              + " acknowledgement went back from "
              + acked[track]
              + " to "
              + sequence
              + " on track "
              + track
              + " of "
              + life.user.id);
    }
    acked[track] = sequence;
  }
}
