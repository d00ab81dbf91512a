package dev.livekitbridge.core.testing;

import dev.livekitbridge.core.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: a clock, a ticker and a scheduler in one. Nothing runs but inside {@link #advance}
 * (and {@link #runDue}), on the calling thread, in order of time and then of submission. Any thread
 * may schedule and cancel; one advances.
 */
public final class FakeClock implements TimeSource {
  private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
  private final Scheduler scheduler = new Scheduler();
  private volatile long nanos = 1_000_000_000L;
  private long epochOffsetMillis = 1_700_000_000_000L;
  private long submitted;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long epochMillis() {
    return epochOffsetMillis + nanos / 1_000_000;
  }

  /** Sets the time of day forward or back; monotonic time goes on. */
  public void jumpWallClock(Duration by) {
    epochOffsetMillis += by.toMillis();
  }

  /** A scheduler and executor whose tasks run when time passes them. */
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /** Lets time pass, running what falls due on the way. */
  public void advance(Duration by) {
    long end = nanos + by.toNanos();
    for (Task<?> task; (task = takeDue(end)) != null; ) {
      task.run();
    }
    nanos = end;
  }

  /** Runs what is due now, and what that makes due. Returns how many tasks ran. */
  public int runDue() {
    int ran = 0;
    for (Task<?> task; (task = takeDue(nanos)) != null; ran++) {
      task.run();
    }
    return ran;
  }

  private @Nullable Task<?> takeDue(long end) {
    synchronized (tasks) {
      Task<?> next = tasks.peek();
      if (next == null || next.dueNanos > end) {
        return null;
      }
      tasks.remove();
      nanos = Math.max(nanos, next.dueNanos);
      return next;
    }
  }

  /** Tasks that wait. After a test none may: a leak is seen. */
  public int pendingTasks() {
    synchronized (tasks) {
      return tasks.size();
    }
  }

  /** When each waiting task is due, from now, soonest first. */
  public List<Duration> pendingDelays() {
    List<Duration> delays = new ArrayList<>();
    synchronized (tasks) {
      tasks.stream().sorted().forEach(t -> delays.add(Duration.ofNanos(t.dueNanos - nanos)));
    }
    return delays;
  }

  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private final long order;
    private final long periodNanos;
    private long dueNanos;

    Task(Callable<V> work, long dueNanos, long periodNanos) {
      super(work);
      this.order = submitted++;
      this.dueNanos = dueNanos;
      this.periodNanos = periodNanos;
    }

    @Override
    public void run() {
      if (periodNanos == 0) {
        super.run();
      } else if (runAndReset()) {
        synchronized (tasks) {
          dueNanos += periodNanos;
          tasks.add(this);
        }
      }
    }

    @Override
    protected void setException(Throwable t) {
      super.setException(t);
      // A task that throws is a defect of the code under test: show it where time is advanced.
      if (t instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (t instanceof Error error) {
        throw error;
      }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      synchronized (tasks) {
        tasks.remove(this);
      }
      return super.cancel(mayInterrupt);
    }

    @Override
    public boolean isPeriodic() {
      return periodNanos != 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> that = (Task<?>) other;
      int byTime = Long.compare(dueNanos, that.dueNanos);
      return byTime != 0 ? byTime : Long.compare(order, that.order);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final class Scheduler extends AbstractExecutorService
      implements ScheduledExecutorService {
    private boolean shutdown;

    private <V> Task<V> add(Callable<V> work, long delay, long period, TimeUnit unit) {
      synchronized (tasks) {
        Task<V> task =
            new Task<>(work, nanos + Math.max(0, unit.toNanos(delay)), unit.toNanos(period));
        tasks.add(task);
        return task;
      }
    }

    private static Callable<Void> callable(Runnable work) {
      return () -> {
        work.run();
        return null;
      };
    }

    @Override
    public void execute(Runnable work) {
      add(callable(work), 0, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
      return add(callable(work), delay, 0, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
      return add(work, delay, 0, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable work, long initialDelay, long period, TimeUnit unit) {
      return add(callable(work), initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable work, long initialDelay, long delay, TimeUnit unit) {
      return add(callable(work), initialDelay, delay, unit);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      synchronized (tasks) {
        List<Runnable> waiting = List.copyOf(tasks);
        tasks.clear();
        return waiting;
      }
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown && pendingTasks() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return isTerminated();
    }
  }
}
