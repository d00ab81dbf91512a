package dev.livekitbridge.examples.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs histories of consecutive seeds on several threads, until one breaks a promise. */
public final class Simulation {
  /**
   * A seed that broke a promise.
   *
   * @param seed which
   * @param broken the promise
   * @param story what happened, line by line
   */
  public record Failure(long seed, String broken, List<String> story) {
    /** Takes a copy of the story. */
    public Failure {
      story = List.copyOf(story);
    }
  }

  /**
   * How far a simulation is.
   *
   * @param histories that are over
   * @param frames that were said in them
   * @param virtualNanos how long they lasted, all together
   * @param failure the one of the lowest seed; null while all is well
   */
  public record Report(long histories, long frames, long virtualNanos, @Nullable Failure failure) {}

  private final long firstSeed;
  private final long histories;
  private final int threads;
  private final AtomicLong next;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong virtualNanos = new AtomicLong();
  // Guarded by itself: what broke, by seed.
  private final TreeMap<Long, String> broken = new TreeMap<>();
  private volatile long firstBroken = Long.MAX_VALUE;

  /**
   * A simulation that has not begun.
   *
   * @param firstSeed of the first history
   * @param histories how many, at most
   * @param threads how many run at once
   */
  public Simulation(long firstSeed, long histories, int threads) {
    this.firstSeed = firstSeed;
    this.histories = histories;
    this.threads = threads;
    this.next = new AtomicLong(firstSeed);
  }

  /**
   * Runs it, on this thread and others. Histories of lower seeds than a broken one are finished, so
   * the failure reported is that of the lowest seed.
   *
   * @param progress hears now and then how far it is
   * @return how it went, with the story of the first failure
   */
  public Report run(Consumer<Report> progress) throws InterruptedException {
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      Thread other = new Thread(() -> work(report -> {}), "simulation-" + i);
      other.setDaemon(true);
      other.start();
      others.add(other);
    }
    work(progress);
    for (Thread other : others) {
      other.join();
    }
    return report(true);
  }

  /**
   * Runs one history and tells its story, whatever came of it.
   *
   * @param seed which
   * @return its lines, the last of which says how it ended
   */
  public static List<String> story(long seed) {
    History.Outcome outcome = History.run(seed, true);
    List<String> lines = new ArrayList<>(outcome.story());
    lines.add(outcome.broken() == null ? "every promise was kept" : "BROKEN: " + outcome.broken());
    return lines;
  }

  /**
   * A number that says what happened in a history.
   *
   * @param seed which
   * @return the same for two runs only if the same happened at the same times in both
   */
  public static long digest(long seed) {
    return History.run(seed, false).digest();
  }

  private void work(Consumer<Report> progress) {
    while (true) {
      long seed = next.getAndIncrement();
      if (seed - firstSeed >= histories || seed > firstBroken) {
        return;
      }
      History.Outcome outcome = History.run(seed, false);
      frames.addAndGet(outcome.frames());
      virtualNanos.addAndGet(outcome.virtualNanos());
      if (outcome.broken() != null) {
        synchronized (broken) {
          broken.put(seed, outcome.broken());
          firstBroken = broken.firstKey();
        }
      }
      if (done.incrementAndGet() % 100 == 0) {
        progress.accept(report(false));
      }
    }
  }

  private Report report(boolean whole) {
    Failure failure = null;
    synchronized (broken) {
      if (whole && !broken.isEmpty()) {
        Map.Entry<Long, String> first = broken.firstEntry();
        long seed = first.getKey();
        failure = new Failure(seed, first.getValue(), History.run(seed, true).story());
      }
    }
    return new Report(done.get(), frames.get(), virtualNanos.get(), failure);
  }
}
