package dev.livekitbridge.server.session;

import dev.livekitbridge.core.TimeSource;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One deadline of a session. Moving it later costs nothing, since the timer looks again when it
 * fires: so a deadline may be moved with each frame. Confined to the session's context.
 */
final class Alarm {
  private final SynchronizationContext context;
  private final ScheduledExecutorService scheduler;
  private final TimeSource time;
  private final Runnable action;
  private final Runnable fire = this::fire;
  private boolean armed;
  private long deadlineNanos;
  private @Nullable ScheduledHandle timer;
  private long timerNanos;

  Alarm(SynchronizationContext context, SessionEnvironment environment, Runnable action) {
    this.context = context;
    this.scheduler = environment.scheduler();
    this.time = environment.time();
    this.action = action;
  }

  /** Runs the action at that time, and not at the one set before. */
  void arm(long atNanos) {
    armed = true;
    deadlineNanos = atNanos;
    if (timer != null && timerNanos - atNanos <= 0) {
      return;
    }
    stopTimer();
    schedule();
  }

  /** Runs nothing, unless armed again. A timer may still be pending: see {@link #cancel}. */
  void disarm() {
    armed = false;
  }

  /** Like {@link #disarm}, and leaves no timer behind. */
  void cancel() {
    armed = false;
    stopTimer();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void schedule() {
    timerNanos = deadlineNanos;
    long delay = Math.max(0, deadlineNanos - time.nanoTime());
    timer = context.schedule(fire, delay, TimeUnit.NANOSECONDS, scheduler);
  }

  private void fire() {
    timer = null;
    if (!armed) {
      return;
    }
    if (deadlineNanos - time.nanoTime() > 0) {
      schedule();
      return;
    }
    armed = false;
    action.run();
  }
}
