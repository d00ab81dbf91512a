package dev.livekitbridge.server.playback;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets only so many files be decoded at one moment, the others in their turn, so that a hundred
 * that begin at once do not take the processors from the threads that pace what plays. Whoever
 * waits for the network has no turn. A turn that does not come in time is taken anyway: one decoder
 * that hangs must not hold the others.
 */
final class Turns {
  private static final long PATIENCE_MILLIS = 200;

  private final Semaphore free;

  Turns(int atOnce) {
    free = new Semaphore(atOnce, true);
  }

  /** Of one file; used by one thread at a time. */
  final class Turn {
    private boolean held;

    void take() {
      if (held) {
        return;
      }
      try {
        held = free.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void give() {
      if (held) {
        held = false;
        free.release();
      }
    }

    /** Lets others come first, if some wait. */
    void pass() {
      if (free.hasQueuedThreads()) {
        give();
        take();
      }
    }
  }
}
