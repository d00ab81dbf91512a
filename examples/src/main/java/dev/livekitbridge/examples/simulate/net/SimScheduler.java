package dev.livekitbridge.examples.simulate.net;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A process's timers and threads on virtual time. What a task throws ends the simulation. */
final class SimScheduler extends SimExecutor implements ScheduledExecutorService {
  private final VirtualTime time;
  private final SimProcess process;

  SimScheduler(VirtualTime time, SimProcess process) {
    this.time = time;
    this.process = process;
  }

  @Override
  public void execute(Runnable work) {
    VirtualTime.Event unused = time.after(0, process, work);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    return new Timer(work, unit.toNanos(delay), 0);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
    // Nobody here waits for the value.
    @SuppressWarnings("unchecked")
    ScheduledFuture<V> timer =
        (ScheduledFuture<V>)
            schedule(
                () -> {
                  try {
                    V unused = work.call();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                },
                delay,
                unit);
    return timer;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable work, long initialDelay, long period, TimeUnit unit) {
    return new Timer(work, unit.toNanos(initialDelay), unit.toNanos(period));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(work, initialDelay, delay, unit);
  }

  private final class Timer implements ScheduledFuture<Object>, Runnable {
    private final Runnable work;
    private final long periodNanos;
    private final VirtualTime.Event event;
    private boolean done;

    Timer(Runnable work, long delayNanos, long periodNanos) {
      this.work = work;
      this.periodNanos = periodNanos;
      this.event = time.after(delayNanos, process, this);
    }

    @Override
    public void run() {
      if (event.isCancelled()) {
        return;
      }
      if (periodNanos == 0) {
        done = true;
      } else {
        time.enter(event, time.nanoTime() + periodNanos);
      }
      work.run();
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(event.dueNanos() - time.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean first = !done && !event.isCancelled();
      event.cancel();
      return first;
    }

    @Override
    public boolean isCancelled() {
      return event.isCancelled();
    }

    @Override
    public boolean isDone() {
      return done || event.isCancelled();
    }

    @Override
    public Object get() {
      throw new UnsupportedOperationException("nobody waits here");
    }

    @Override
    public Object get(long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException("nobody waits here");
    }
  }
}
