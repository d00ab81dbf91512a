package dev.livekitbridge.client;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs something at a fixed pace while anyone needs it. Safe for use by many threads. */
final class Pulse {
  private final ScheduledExecutorService scheduler;
  private final long periodNanos;
  private final Runnable beat;
  private int needed;
  private @Nullable ScheduledFuture<?> running;

  Pulse(ScheduledExecutorService scheduler, long periodNanos, Runnable beat) {
    this.scheduler = scheduler;
    this.periodNanos = periodNanos;
    this.beat = beat;
  }

  synchronized void need() {
    needed++;
    if (running == null) {
      try {
        running =
            scheduler.scheduleAtFixedRate(beat, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // The client is closed: nobody needs it any more.
        running = null;
      }
    }
  }

  synchronized void needNoMore() {
    needed--;
    ScheduledFuture<?> now = running;
    if (needed == 0 && now != null) {
      now.cancel(false);
      running = null;
    }
  }
}
