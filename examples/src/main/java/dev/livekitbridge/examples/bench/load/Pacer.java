package dev.livekitbridge.examples.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends one frame for each session in each frame time, spread evenly over ticks of one millisecond.
 * Each frame is stamped with the time at which its tick was due, so that a generator that falls
 * behind shows as latency and cannot hide it.
 */
public final class Pacer {
  /** Sends a frame. The array is never changed again. */
  public interface Sender {
    /** Returns false if the session can take none yet. */
    boolean send(int session, byte[] pcm);
  }

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final LoadPlan plan;
  private final Sender sender;
  private final int[] numbers;
  private final Thread thread;
  private volatile boolean resting;
  private volatile boolean stopped;
  private volatile long sent;

  /** One that has not begun. */
  public Pacer(LoadPlan plan, Sender sender) {
    this.plan = plan;
    this.sender = sender;
    this.numbers = new int[plan.sessions()];
    this.thread = new Thread(this::run, "bench-pacer");
    thread.setDaemon(true);
  }

  /** Begins, on a thread of its own. */
  public void start() {
    thread.start();
  }

  /** Sends nothing until told to go on, so that what is on its way can arrive. */
  void rest(boolean rest) {
    resting = rest;
  }

  /** Frames that were taken. */
  public long sent() {
    return sent;
  }

  /** Ends; when it returns nothing more is sent. */
  public void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  private void run() {
    long startNanos = System.nanoTime();
    long restedNanos = 0;
    long count = 0;
    for (long tick = 0; !stopped; tick++) {
      long dueNanos = startNanos + restedNanos + tick * TICK_NANOS;
      while (resting && !stopped) {
        LockSupport.parkNanos(TICK_NANOS);
        restedNanos += Math.max(0, System.nanoTime() - dueNanos);
        dueNanos = startNanos + restedNanos + tick * TICK_NANOS;
      }
      for (long wait; (wait = dueNanos - System.nanoTime()) > 0; ) {
        LockSupport.parkNanos(wait);
      }
      int active = active(tick * TICK_NANOS);
      for (int i = (int) (tick % plan.frameMillis()); i < active; i += plan.frameMillis()) {
        byte[] pcm = new byte[plan.frameBytes()];
        Stamp.write(pcm, dueNanos, i, numbers[i]);
        if (sender.send(i, pcm)) {
          numbers[i]++;
          count++;
        }
      }
      sent = count;
    }
  }

  /**
   * A cold JVM is slow: sessions come in one after the other over the first half of the warm-up.
   */
  private int active(long elapsedNanos) {
    long rampNanos = TimeUnit.SECONDS.toNanos(plan.warmupSeconds()) / 2;
    return elapsedNanos >= rampNanos
        ? plan.sessions()
        : (int) (plan.sessions() * elapsedNanos / rampNanos);
  }
}
