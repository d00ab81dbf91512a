package dev.livekitbridge.examples.roomhost;

import java.util.BitSet;

/**
 * Counts the numbered frames of one stream as they arrive: what is lost, comes twice or comes
 * behind a later one. Not thread-safe.
 */
public final class FrameTally {
  private final BitSet seen = new BitSet();
  private long frames;
  private long duplicates;
  private long disordered;
  private long first = -1;
  private long highest = -1;
  private long lastMillis;
  private long longestGapMillis;
  private long gapFromMillis;

  /**
   * A frame arrived.
   *
   * @param number its number, at most 2³¹ − 1
   * @param nowMillis when, in any milliseconds that only go on
   */
  public void add(long number, long nowMillis) {
    int bit = Math.toIntExact(number);
    if (frames++ > 0 && nowMillis - lastMillis > longestGapMillis) {
      longestGapMillis = nowMillis - lastMillis;
      gapFromMillis = lastMillis;
    }
    lastMillis = nowMillis;
    if (seen.get(bit)) {
      duplicates++;
      return;
    }
    seen.set(bit);
    if (number < highest) {
      disordered++;
    }
    highest = Math.max(highest, number);
    first = first < 0 ? number : Math.min(first, number);
  }

  /**
   * The tally of what a listener heard, of one stream.
   *
   * @param heard as the room host reports it
   * @param stream which; frames of others are left out
   * @return the tally
   */
  public static FrameTally of(HeardTrack heard, int stream) {
    FrameTally tally = new FrameTally();
    for (int i = 0; i < heard.numbers().length; i++) {
      long read = heard.numbers()[i];
      if (read >= 0 && NumberedFrames.stream(read) == stream) {
        tally.add(NumberedFrames.number(read), heard.heardAtMillis()[i]);
      }
    }
    return tally;
  }

  /**
   * Frames that arrived.
   *
   * @return duplicates included
   */
  public long frames() {
    return frames;
  }

  /**
   * Different frames that arrived.
   *
   * @return a count
   */
  public long distinct() {
    return frames - duplicates;
  }

  /**
   * Frames that had arrived before.
   *
   * @return a count
   */
  public long duplicates() {
    return duplicates;
  }

  /**
   * Frames that arrived behind a later one, for the first time.
   *
   * @return a count
   */
  public long disordered() {
    return disordered;
  }

  /**
   * The lowest number that arrived.
   *
   * @return −1 where none did
   */
  public long first() {
    return first;
  }

  /**
   * The highest number that arrived.
   *
   * @return −1 where none did
   */
  public long highest() {
    return highest;
  }

  /**
   * Numbers between the first and the highest that did not arrive.
   *
   * @return a count
   */
  public long missing() {
    return first < 0 ? 0 : missing(first, highest);
  }

  /**
   * Numbers of a range that did not arrive.
   *
   * @param from the first, included
   * @param to the last, included
   * @return a count
   */
  public long missing(long from, long to) {
    if (to < from) {
      return 0;
    }
    int begin = Math.toIntExact(from);
    int end = Math.toIntExact(to) + 1;
    return (long) end - begin - seen.get(begin, end).cardinality();
  }

  /**
   * The longest time between two arrivals.
   *
   * @return milliseconds
   */
  public long longestGapMillis() {
    return longestGapMillis;
  }

  /**
   * When the longest time between two arrivals began.
   *
   * @return the arrival before it
   */
  public long gapFromMillis() {
    return gapFromMillis;
  }

  /** All figures in one line. */
  @Override
  public String toString() {
    return "FrameTally[frames="
        + frames
        + ", missing="
        + missing()
        + ", duplicates="
        + duplicates
        + ", disordered="
        + disordered
        + ", longestGapMillis="
        + longestGapMillis
        + "]";
  }
}
