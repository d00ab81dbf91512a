package dev.livekitbridge.core.link;

/**
 * What one track of a receiving half knows: the highest sequence passed on, and which of those
 * passed on are not yet dealt with (in order; a negative entry is dealt with but waits for an older
 * one).
 */
final class ReceiveTrack {
  final int track;
  private long highest;
  // Without what was skipped.
  private long came;
  private long[] open = new long[16];
  private int head;
  private int size;

  ReceiveTrack(int track) {
    this.track = track;
  }

  long highest() {
    return highest;
  }

  /**
   * Sequences up to here are dealt with: delivered, dropped and counted, or a gap. A gap that the
   * peer told with its attach is none before something behind it has come: until then the peer may
   * not have heard what did come of it, and would take the gap for delivered.
   */
  long acknowledged() {
    return size == 0 ? came : Math.abs(open[head]) - 1;
  }

  int open() {
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (open[index(i)] > 0) {
        count++;
      }
    }
    return count;
  }

  void skipTo(long sequence) {
    highest = Math.max(highest, sequence);
  }

  void pass(long sequence) {
    if (size == open.length) {
      grow();
    }
    open[index(size)] = sequence;
    size++;
    highest = sequence;
    came = sequence;
  }

  /** Returns false if this sequence was not open. */
  boolean dealt(long sequence) {
    int at = find(sequence);
    if (at < 0) {
      return false;
    }
    open[index(at)] = -sequence;
    while (size > 0 && open[head] < 0) {
      head = (head + 1) & (open.length - 1);
      size--;
    }
    return true;
  }

  private int find(long sequence) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long value = Math.abs(open[index(middle)]);
      if (value == sequence) {
        return open[index(middle)] > 0 ? middle : -1;
      }
      if (value < sequence) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int index(int offset) {
    return (head + offset) & (open.length - 1);
  }

  private void grow() {
    long[] more = new long[2 * open.length];
    for (int i = 0; i < size; i++) {
      more[i] = open[index(i)];
    }
    open = more;
    head = 0;
  }
}
