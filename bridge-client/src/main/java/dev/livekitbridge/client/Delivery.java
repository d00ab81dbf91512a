package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands frames to a consumer of the caller on its executor, one at a time, and keeps a bounded
 * number for it. A lock guards the two queues for the moment of a change; it is never held while
 * the consumer runs.
 */
final class Delivery implements Runnable {
  /** Hears what became of a frame. */
  interface Books {
    /** It was consumed. */
    void delivered(AudioFrame frame, int epoch, long doneNanos);

    /** It made room for a newer one. */
    void dropped(AudioFrame frame, int epoch);
  }

  private static final Logger log = LoggerFactory.getLogger(Delivery.class);
  private static final int BATCH = 64;
  // As many as a bridge keeps for a session, so that what is open here can still come again.
  private static final int OPEN_FRAMES = 1_500;
  // What a bridge kept comes all at once: so long after a break it may wait like what is open.
  private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String what;
  private final Consumer<AudioFrame> consumer;
  private final Executor executor;
  private final TimeSource time;
  private final int maxFrames;
  private final long maxBytes;
  private final boolean byHand;

  private final Object lock = new Object();
  private final FrameQueue waiting = new FrameQueue();
  // Handed over and not yet acknowledged by hand.
  private final FrameQueue open = new FrameQueue();
  private final FrameQueue done = new FrameQueue();
  private boolean scheduled;
  private boolean closed;
  private boolean failing;
  private boolean burst;
  private long burstNanos;
  private long loggedNanos;
  private volatile boolean anyDone;
  private volatile long firstDoneNanos;

  /**
   * For one consumer.
   *
   * @param byHand whether a frame is done with {@link #acknowledge}, not when the consumer returns
   */
  Delivery(
      String what,
      Consumer<AudioFrame> consumer,
      Executor executor,
      TimeSource time,
      BufferOptions options,
      boolean byHand) {
    this.what = what;
    this.consumer = consumer;
    this.executor = executor;
    this.time = time;
    this.maxFrames = options.receiveFrames();
    this.maxBytes = options.maxBytes();
    this.byHand = byHand;
  }

  /** Takes a frame; the oldest that wait make room and are told to the books at once. */
  void offer(AudioFrame frame, int epoch, Books books) {
    boolean start;
    synchronized (lock) {
      if (closed) {
        books.dropped(frame, epoch);
        return;
      }
      int most = mostFrames();
      while (waiting.size() > 0
          && (waiting.size() >= most || waiting.bytes() + frame.size() > maxBytes)) {
        int oldEpoch = waiting.firstEpoch();
        books.dropped(waiting.remove(), oldEpoch);
      }
      while (open.size() >= OPEN_FRAMES || open.bytes() > maxBytes) {
        int oldEpoch = open.firstEpoch();
        books.dropped(open.remove(), oldEpoch);
      }
      waiting.add(frame, epoch);
      start = !scheduled;
      scheduled = true;
    }
    if (start) {
      schedule();
    }
  }

  /** What was kept through a break comes now. */
  void expectBurst() {
    synchronized (lock) {
      burst = true;
      burstNanos = time.nanoTime();
    }
  }

  /** Only under the lock. */
  private int mostFrames() {
    if (burst && waiting.size() < maxFrames && time.nanoTime() - burstNanos > BURST_NANOS) {
      burst = false;
    }
    return burst ? Math.max(maxFrames, OPEN_FRAMES) : maxFrames;
  }

  /** Any thread: this frame is done, and each that was handed over before it. */
  void acknowledge(AudioFrame frame) {
    synchronized (lock) {
      if (!open.contains(frame)) {
        return;
      }
      AudioFrame oldest;
      do {
        int epoch = open.firstEpoch();
        oldest = open.remove();
        finished(oldest, epoch);
      } while (oldest != frame);
    }
  }

  /** Whether frames were consumed and not yet collected, and since when. */
  boolean anyDone() {
    return anyDone;
  }

  long firstDoneNanos() {
    return firstDoneNanos;
  }

  /** Tells the books what was consumed since the last time. */
  void collect(Books books) {
    if (!anyDone) {
      return;
    }
    synchronized (lock) {
      anyDone = false;
      while (done.size() > 0) {
        int epoch = done.firstEpoch();
        books.delivered(done.remove(), epoch, firstDoneNanos);
      }
    }
  }

  /** Nothing more is handed over; what waits is told to the books as dropped. */
  void close(Books books) {
    collect(books);
    synchronized (lock) {
      closed = true;
      while (waiting.size() > 0) {
        int epoch = waiting.firstEpoch();
        books.dropped(waiting.remove(), epoch);
      }
      while (open.size() > 0) {
        int epoch = open.firstEpoch();
        books.dropped(open.remove(), epoch);
      }
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < BATCH; i++) {
      AudioFrame frame;
      int epoch;
      synchronized (lock) {
        if (waiting.size() == 0) {
          scheduled = false;
          return;
        }
        epoch = waiting.firstEpoch();
        frame = waiting.remove();
        if (byHand) {
          // Before the consumer has it: it may acknowledge within its own call.
          open.add(frame, epoch);
        }
      }
      consume(frame);
      if (!byHand) {
        synchronized (lock) {
          finished(frame, epoch);
        }
      }
    }
    schedule();
  }

  /** Only under the lock. */
  private void finished(AudioFrame frame, int epoch) {
    done.add(frame, epoch);
    if (!anyDone) {
      firstDoneNanos = time.nanoTime();
      anyDone = true;
    }
  }

  private void schedule() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      synchronized (lock) {
        scheduled = false;
      }
      note(e);
    }
  }

  private void consume(AudioFrame frame) {
    try {
      consumer.accept(frame);
      failing = false;
    } catch (Throwable e) {
      note(e);
    }
  }

  /** Once a burst, not once a frame. */
  private void note(Throwable error) {
    long now = time.nanoTime();
    if (!failing || now - loggedNanos >= LOG_EVERY_NANOS) {
      loggedNanos = now;
      log.warn("{} failed; audio goes on", what, error);
    }
    failing = true;
  }
}
