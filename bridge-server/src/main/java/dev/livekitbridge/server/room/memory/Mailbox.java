package dev.livekitbridge.server.room.memory;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one thing at a time, on the threads that bring them, without a lock: who finds it idle runs
 * at once and allocates nothing; who finds it busy leaves the work to the one inside. What one
 * thread brings runs in that order.
 */
final class Mailbox {
  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

  // The one inside, and what waits.
  private final AtomicInteger held = new AtomicInteger();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Enters if it is idle; then {@link #exit} must follow. */
  boolean tryEnter() {
    return held.get() == 0 && held.compareAndSet(0, 1);
  }

  /** Runs what came meanwhile, and leaves. */
  void exit() {
    while (held.decrementAndGet() != 0) {
      run(waiting.remove());
    }
  }

  /** Runs this now or after what is running. */
  void post(Runnable work) {
    if (tryEnter()) {
      run(work);
      exit();
      return;
    }
    waiting.add(work);
    if (held.getAndIncrement() == 0) {
      run(waiting.remove());
      exit();
    }
  }

  /** Tells of a listener that threw; the others go on. */
  static void failed(Throwable thrown) {
    log.warn("a listener of a memory room threw, and the room goes on without", thrown);
  }

  private static void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error thrown) {
      failed(thrown);
    }
  }
}
