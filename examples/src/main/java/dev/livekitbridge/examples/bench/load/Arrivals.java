package dev.livekitbridge.examples.bench.load;

import com.google.protobuf.ByteString;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts the frames that arrive and how late they are. Calls for one session are serial; sessions
 * may be on any threads.
 */
public final class Arrivals {
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final int[] expected;
  private final Recorder latency = new Recorder(LONGEST_NANOS, 3);
  private final LongAdder received = new LongAdder();
  private final LongAdder missing = new LongAdder();
  private final LongAdder disordered = new LongAdder();

  /** None has arrived yet. */
  public Arrivals(int sessions) {
    expected = new int[sessions];
  }

  /** Takes a frame that {@link Pacer} made. */
  public void arrived(ByteString pcm) {
    long lateNanos = System.nanoTime() - Stamp.dueNanos(pcm);
    int session = Stamp.session(pcm);
    int number = Stamp.number(pcm);
    int next = expected[session];
    if (number < next) {
      disordered.increment();
      return;
    }
    if (number > next) {
      missing.add(number - next);
    }
    expected[session] = number + 1;
    received.increment();
    latency.recordValue(Math.max(0, Math.min(lateNanos, LONGEST_NANOS)));
  }

  /** Frames that arrived, none twice. */
  public long received() {
    return received.sum();
  }

  /** Frames that a later one of their session overtook for good. */
  public long missing() {
    return missing.sum();
  }

  /** Frames that came twice or behind a later one. */
  public long disordered() {
    return disordered.sum();
  }

  /** Latencies since the last call. */
  public Histogram takeLatencies() {
    return latency.getIntervalHistogram();
  }
}
