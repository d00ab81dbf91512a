package dev.livekitbridge.examples.simulate.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A process: what it has asked for runs while it lives and is not frozen. Death is sudden, as by
 * SIGKILL: nothing of it runs any more. A frozen one, as by SIGSTOP, makes up for it when it thaws.
 */
public final class SimProcess {
  private final String name;
  private final VirtualTime time;
  private final SimScheduler scheduler;
  private final List<Runnable> missed = new ArrayList<>();
  private boolean alive = true;
  private boolean frozen;
  private long thawedNanos = Long.MIN_VALUE / 2;

  /** A living process. */
  public SimProcess(String name, VirtualTime time) {
    this.time = time;
    this.name = name;
    this.scheduler = new SimScheduler(time, this);
  }

  /** What people call it. */
  public String name() {
    return name;
  }

  /** Its timers and threads, all in one. */
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /** Whether it was not killed. */
  public boolean isAlive() {
    return alive;
  }

  /** Whether it stands still. */
  public boolean isFrozen() {
    return frozen;
  }

  /** When it went on after it had stood still; long ago if it never did. */
  public long thawedNanos() {
    return thawedNanos;
  }

  /** Ends it, in the middle of whatever it is doing. */
  public void kill() {
    alive = false;
    missed.clear();
  }

  /** Stops it. */
  public void freeze() {
    frozen = true;
  }

  /** Lets it go on; what fell due and came in meanwhile runs now, in order. */
  public void thaw() {
    frozen = false;
    thawedNanos = time.nanoTime();
    List<Runnable> now = List.copyOf(missed);
    missed.clear();
    for (Runnable work : now) {
      run(work);
    }
  }

  /** Runs a part of it now, or when it can. */
  public void run(Runnable work) {
    if (frozen) {
      missed.add(work);
    } else if (alive) {
      work.run();
    }
  }
}
