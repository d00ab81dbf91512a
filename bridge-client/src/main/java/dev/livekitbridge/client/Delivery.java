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
  private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String what;
  private final Consumer<AudioFrame> consumer;
  private final Executor executor;
  private final TimeSource time;
  private final int maxFrames;
  private final long maxBytes;

  private final Object lock = new Object();
  private final FrameQueue waiting = new FrameQueue();
  private final FrameQueue done = new FrameQueue();
  private boolean scheduled;
  private boolean closed;
  private boolean failing;
  private long loggedNanos;
  private volatile boolean anyDone;
  private volatile long firstDoneNanos;

  Delivery(
      String what,
      Consumer<AudioFrame> consumer,
      Executor executor,
      TimeSource time,
      BufferOptions options) {
    this.what = what;
    this.consumer = consumer;
    this.executor = executor;
    this.time = time;
    this.maxFrames = options.receiveFrames();
    this.maxBytes = options.maxBytes();
  }

  /** Takes a frame; the oldest that wait make room and are told to the books at once. */
  void offer(AudioFrame frame, int epoch, Books books) {
    boolean start;
    synchronized (lock) {
      if (closed) {
        books.dropped(frame, epoch);
        return;
      }
      while (waiting.size() > 0
          && (waiting.size() >= maxFrames || waiting.bytes() + frame.size() > maxBytes)) {
        int oldEpoch = waiting.firstEpoch();
        books.dropped(waiting.remove(), oldEpoch);
      }
      waiting.add(frame, epoch);
      start = !scheduled;
      scheduled = true;
    }
    if (start) {
      schedule();
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
      }
      consume(frame);
      synchronized (lock) {
        done.add(frame, epoch);
        if (!anyDone) {
          firstDoneNanos = time.nanoTime();
          anyDone = true;
        }
      }
    }
    schedule();
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
