package dev.livekitbridge.examples.chaos;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * One direction of one session: which numbered frames arrived, and when. Frames of different runs
 * of the service have streams of their own. Safe for use by many threads.
 */
final class Ear {
  private static final class Stream {
    private final BitSet seen = new BitSet();
    private int highest = -1;
    private int first = -1;
  }

  private record Arrival(long millis, int stream, int run) {}

  /**
   * What it heard since the last time it was asked.
   *
   * @param lost frames that are missing before later ones
   * @param twice frames that came again
   */
  record Delta(long lost, long twice) {}

  private final Map<Integer, Stream> streams = new HashMap<>();
  private final Deque<Arrival> recent = new ArrayDeque<>();
  private final Map<Integer, Integer> highestInRun = new HashMap<>();
  private long frames;
  private long twice;
  private long disordered;
  private long toldLost;
  private long toldTwice;

  /**
   * A frame came.
   *
   * @param stream whose
   * @param number of the frame in its stream
   * @param run of whoever heard it, in which numbers only rise; -1 where that is not promised
   */
  synchronized void hear(int stream, int number, int run, long millis) {
    frames++;
    Stream of = streams.computeIfAbsent(stream, key -> new Stream());
    if (run >= 0 && number <= highestInRun.getOrDefault(run, -1)) {
      disordered++;
    }
    highestInRun.merge(run, number, Math::max);
    if (of.seen.get(number)) {
      twice++;
    } else if (run < 0 && number < of.highest) {
      disordered++;
    }
    of.seen.set(number);
    of.highest = Math.max(of.highest, number);
    of.first = of.first < 0 ? number : Math.min(of.first, number);
    recent.addLast(new Arrival(millis, stream, run));
  }

  /** Looks at arrivals from then on only. */
  synchronized void forgetBefore(long millis) {
    while (!recent.isEmpty() && recent.getFirst().millis() < millis) {
      recent.removeFirst();
    }
  }

  /** How many frames of a stream (or heard in a run) came after that moment. */
  synchronized long since(long millis, int stream, int run) {
    return recent.stream()
        .filter(each -> each.millis() > millis)
        .filter(each -> stream < 0 || each.stream() == stream)
        .filter(each -> run < 0 || each.run() == run)
        .count();
  }

  /** The first such frame after that moment; -1 if none came. */
  synchronized long firstSince(long millis, int stream, int run) {
    return recent.stream()
        .filter(each -> each.millis() > millis)
        .filter(each -> stream < 0 || each.stream() == stream)
        .filter(each -> run < 0 || each.run() == run)
        .mapToLong(Arrival::millis)
        .findFirst()
        .orElse(-1);
  }

  /** When the longest silence between then and then ended, and how long it was. */
  synchronized long[] longestSilence(long from, long to) {
    long before = from;
    long longest = 0;
    long end = from;
    for (Arrival arrival : recent) {
      if (arrival.millis() <= from || arrival.millis() > to) {
        continue;
      }
      if (arrival.millis() - before > longest) {
        longest = arrival.millis() - before;
        end = arrival.millis();
      }
      before = arrival.millis();
    }
    return new long[] {longest, end};
  }

  synchronized Delta delta() {
    long lost = lost();
    Delta delta = new Delta(lost - toldLost, twice - toldTwice);
    toldLost = lost;
    toldTwice = twice;
    return delta;
  }

  synchronized long frames() {
    return frames;
  }

  synchronized long disordered() {
    return disordered;
  }

  synchronized long lost() {
    long lost = 0;
    for (Stream each : streams.values()) {
      if (each.first >= 0) {
        lost += each.highest + 1 - each.first - each.seen.cardinality();
      }
    }
    return lost;
  }
}
