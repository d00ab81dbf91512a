package dev.livekitbridge.examples.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Numbered frames of one direction: what was sent, what arrived, and when. The numbers of one run
 * (see {@link #number}) follow each other. Safe for use by many threads.
 */
final class FrameFlow {
  private static final int RUN_SHIFT = 32;

  private final String direction;
  private final int paceMillis;
  private final TreeMap<Long, Long> sent = new TreeMap<>();
  private final Map<Long, Integer> heard = new HashMap<>();
  private final Map<Long, Long> highestByRun = new HashMap<>();
  private final List<Long> arrivals = new ArrayList<>();
  private long duplicates;
  private long outOfOrder;

  FrameFlow(String direction) {
    this(direction, DemoService.FRAME_MILLIS);
  }

  /** A flow whose numbers come so many milliseconds apart. */
  FrameFlow(String direction, int paceMillis) {
    this.direction = direction;
    this.paceMillis = paceMillis;
  }

  /** Numbers of a sender that was started anew do not follow those of the one before. */
  static long number(int run, int index) {
    return ((long) run << RUN_SHIFT) | index;
  }

  String direction() {
    return direction;
  }

  synchronized void sent(long number, long millis) {
    sent.putIfAbsent(number, millis);
  }

  synchronized void heard(long number, long millis) {
    // What was heard was sent, even if its sender was killed before it could say so.
    sent.putIfAbsent(number, millis);
    arrivals.add(millis);
    if (heard.merge(number, 1, Integer::sum) > 1) {
      duplicates++;
      return;
    }
    long run = number >> RUN_SHIFT;
    long highest = highestByRun.getOrDefault(run, -1L);
    if (number < highest) {
      outOfOrder++;
    }
    highestByRun.put(run, Math.max(highest, number));
  }

  synchronized long accepted() {
    return sent.size();
  }

  synchronized long delivered() {
    return heard.size();
  }

  synchronized long lost() {
    return accepted() - delivered();
  }

  synchronized long duplicates() {
    return duplicates;
  }

  synchronized long outOfOrder() {
    return outOfOrder;
  }

  /** Whether its numbers are told by an ear, behind a codec, rather than read from samples. */
  boolean byEar() {
    return paceMillis != DemoService.FRAME_MILLIS;
  }

  /** How many of the lost ones were sent before the first that was heard, in its first moments. */
  synchronized long lostBeforeTheFirst(Duration moments) {
    if (sent.isEmpty()) {
      return 0;
    }
    long end = sent.firstEntry().getValue() + moments.toMillis();
    return sent.entrySet().stream()
        .takeWhile(entry -> !heard.containsKey(entry.getKey()) && entry.getValue() < end)
        .count();
  }

  /** How many of the lost ones were sent in a span of time. */
  synchronized long lostSentBetween(long fromMillis, long toMillis) {
    return sent.entrySet().stream()
        .filter(entry -> !heard.containsKey(entry.getKey()))
        .filter(entry -> entry.getValue() >= fromMillis && entry.getValue() < toMillis)
        .count();
  }

  /** The longest time without a frame, between the first and the last. */
  synchronized Duration longestGap() {
    long longest = 0;
    for (int i = 1; i < arrivals.size(); i++) {
      longest = Math.max(longest, arrivals.get(i) - arrivals.get(i - 1));
    }
    return Duration.ofMillis(longest);
  }

  /**
   * When frames came again after a fault: the end of the longest silence that began between it and
   * {@code onsetEnd}. Empty while none has come; the fault itself where no silence was longer than
   * {@code audible}.
   */
  synchronized OptionalLong audioAgain(long fault, long onsetEnd, Duration audible) {
    long longest = 0;
    long end = -1;
    long before = Long.MIN_VALUE;
    for (long arrival : arrivals) {
      if (arrival > fault && before > Long.MIN_VALUE && before < onsetEnd) {
        long silence = arrival - before;
        if (silence > longest) {
          longest = silence;
          end = arrival;
        }
      }
      before = arrival;
    }
    if (end < 0) {
      return OptionalLong.empty();
    }
    long heardAsGap = audible.toMillis() + paceMillis - DemoService.FRAME_MILLIS;
    return OptionalLong.of(longest > heardAsGap ? end : fault);
  }

  /** The last time that a frame came. */
  synchronized OptionalLong lastArrival() {
    return arrivals.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(arrivals.get(arrivals.size() - 1));
  }

  synchronized List<Integer> sentPerBin(long origin, Duration bin, int bins) {
    return perBin(List.copyOf(sent.values()), origin, bin, bins);
  }

  synchronized List<Integer> heardPerBin(long origin, Duration bin, int bins) {
    return perBin(arrivals, origin, bin, bins);
  }

  private static List<Integer> perBin(List<Long> times, long origin, Duration bin, int bins) {
    int[] counts = new int[bins];
    for (long time : times) {
      long index = Math.floorDiv(time - origin, bin.toMillis());
      if (index >= 0 && index < bins) {
        counts[(int) index]++;
      }
    }
    List<Integer> list = new ArrayList<>(bins);
    for (int count : counts) {
      list.add(count);
    }
    return list;
  }
}
