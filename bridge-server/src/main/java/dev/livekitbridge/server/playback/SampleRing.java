package dev.livekitbridge.server.playback;

/**
 * Samples on their way from one thread to another, without a lock: a writer that is put off its
 * processor cannot hold up the reader. One thread writes at a time, one reads at a time.
 */
final class SampleRing {
  private final short[] samples;
  private volatile long written;
  private volatile long read;

  SampleRing(int capacity) {
    samples = new short[capacity];
  }

  int capacity() {
    return samples.length;
  }

  int available() {
    return (int) (written - read);
  }

  int room() {
    return samples.length - available();
  }

  /** Takes all of them; there must be room. */
  void write(short[] from, int offset, int count) {
    if (count > room()) {
      throw new IllegalArgumentException("count: " + count + " (expected: at most " + room() + ")");
    }
    long before = written;
    int at = (int) (before % samples.length);
    int first = Math.min(count, samples.length - at);
    System.arraycopy(from, offset, samples, at, first);
    System.arraycopy(from, offset + first, samples, 0, count - first);
    // The only writer: this publishes the samples.
    written = before + count;
  }

  /** Gives at most so many; returns how many. */
  int read(short[] into, int offset, int most) {
    int count = Math.min(most, available());
    long before = read;
    int at = (int) (before % samples.length);
    int first = Math.min(count, samples.length - at);
    System.arraycopy(samples, at, into, offset, first);
    System.arraycopy(samples, 0, into, offset + first, count - first);
    read = before + count;
    return count;
  }
}
