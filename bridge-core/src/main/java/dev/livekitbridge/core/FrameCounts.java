package dev.livekitbridge.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the frames of one direction at one end of a link. The law of frames: {@code
 * accepted = delivered + dropped + buffered}, at every moment.
 *
 * @param accepted frames taken in, each counted once
 * @param delivered frames handed on for good: a sender's were acknowledged (or handed to the
 *     stream, where the peer does not acknowledge), a receiver's were consumed
 * @param dropped frames given up, by cause
 * @param buffered frames held: waiting, or sent and not yet acknowledged
 * @param replayed times that a frame was sent again after a break
 * @param duplicates frames that came again and were not passed on again
 * @param missing sequence numbers that the other side gave up before they came here
 */
public record FrameCounts(
    long accepted,
    long delivered,
    Map<DropCause, Long> dropped,
    long buffered,
    long replayed,
    long duplicates,
    long missing) {

  /** Nothing happened yet. */
  public static final FrameCounts NONE = new FrameCounts(0, 0, Map.of(), 0, 0, 0, 0);

  /**
   * Takes a copy of the map.
   *
   * @param accepted frames taken in, each counted once
   * @param delivered frames handed on for good: a sender's were acknowledged (or handed to the
   *     stream, where the peer does not acknowledge), a receiver's were consumed
   * @param dropped frames given up, by cause
   * @param buffered frames held: waiting, or sent and not yet acknowledged
   * @param replayed times that a frame was sent again after a break
   * @param duplicates frames that came again and were not passed on again
   * @param missing sequence numbers that the other side gave up before they came here
   */
  public FrameCounts {
    EnumMap<DropCause, Long> copy = new EnumMap<>(DropCause.class);
    copy.putAll(dropped);
    dropped = Collections.unmodifiableMap(copy);
  }

  /**
   * Frames given up for any cause.
   *
   * @return their number
   */
  public long droppedTotal() {
    long sum = 0;
    for (long count : dropped.values()) {
      sum += count;
    }
    return sum;
  }

  /**
   * Whether the law of frames holds.
   *
   * @return true if every accepted frame is accounted for
   */
  public boolean balanced() {
    return unaccounted() == 0;
  }

  /**
   * By how much the law of frames is broken: accepted − delivered − dropped − buffered.
   *
   * @return 0 while it holds; more for frames lost without a count, less for frames counted twice
   */
  public long unaccounted() {
    return accepted - delivered - droppedTotal() - buffered;
  }

  /**
   * The sum of two.
   *
   * @param other counts of another session or direction
   * @return a new value
   */
  public FrameCounts plus(FrameCounts other) {
    EnumMap<DropCause, Long> sum = new EnumMap<>(DropCause.class);
    sum.putAll(dropped);
    other.dropped.forEach((cause, count) -> sum.merge(cause, count, Long::sum));
    return new FrameCounts(
        accepted + other.accepted,
        delivered + other.delivered,
        sum,
        buffered + other.buffered,
        replayed + other.replayed,
        duplicates + other.duplicates,
        missing + other.missing);
  }
}
