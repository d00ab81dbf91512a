package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.TimeSource;
import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a machine when its deadline has come. A deadline that moves back costs nothing: the timer
 * fires, sees that it is early, and waits on.
 */
final class MachineTimer {
  // Event loops wait in milliseconds: a deadline that is nearer counts as reached.
  private static final long GRAIN_NANOS = 200_000;

  private final EventLoop loop;
  private final TimeSource time;
  private final Runnable due;
  private final Runnable fire = this::fire;
  private @Nullable Future<?> scheduled;
  private long scheduledNanos;
  private long deadlineNanos = Long.MAX_VALUE;

  MachineTimer(EventLoop loop, TimeSource time, Runnable due) {
    this.loop = loop;
    this.time = time;
    this.due = due;
  }

  /** The machine's deadline; {@link Long#MAX_VALUE} for none. */
  void at(long nanos) {
    deadlineNanos = nanos;
    if (nanos == Long.MAX_VALUE) {
      return;
    }
    if (scheduled != null) {
      if (nanos - scheduledNanos >= -GRAIN_NANOS) {
        return;
      }
      scheduled.cancel(false);
    }
    scheduledNanos = nanos;
    long wait = Math.max(0, nanos - time.nanoTime());
    scheduled = loop.schedule(fire, wait, TimeUnit.NANOSECONDS);
  }

  private void fire() {
    scheduled = null;
    if (deadlineNanos == Long.MAX_VALUE) {
      return;
    }
    if (deadlineNanos - time.nanoTime() > GRAIN_NANOS) {
      at(deadlineNanos);
    } else {
      deadlineNanos = Long.MAX_VALUE;
      due.run();
    }
  }

  void cancel() {
    deadlineNanos = Long.MAX_VALUE;
    if (scheduled != null) {
      scheduled.cancel(false);
      scheduled = null;
    }
  }
}
