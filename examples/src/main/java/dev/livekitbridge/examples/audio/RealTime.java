package dev.livekitbridge.examples.audio;

import dev.livekitbridge.core.TimeSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The pace of real time: each tick comes a period after the one before, without drift. */
public final class RealTime {
  private final TimeSource time;
  private final long periodNanos;
  private long next;

  /**
   * Begins now.
   *
   * @param time the clock
   * @param period between two ticks
   */
  public RealTime(TimeSource time, Duration period) {
    this.time = time;
    this.periodNanos = period.toNanos();
    this.next = time.nanoTime();
  }

  /**
   * Waits for the next tick; the first is at once. Who comes late waits for none until it has
   * caught up.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitTick() throws InterruptedException {
    long wait = next - time.nanoTime();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
    next += periodNanos;
  }
}
