package dev.livekitbridge.client;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a try, as a function of how many were made and how old the outage is;
 * full jitter. Holds no state of an outage, and is safe to share.
 */
final class BackoffSchedule {
  private static final Duration AT_ONCE = Duration.ofMillis(50);
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration EARLY_CAP = Duration.ofMillis(150);
  private static final Duration MIDDLE_CAP = Duration.ofMillis(500);
  private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long MIDDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
  // Beyond this many doublings every cap is reached; the interval function counts from 1.
  private static final int MOST_DOUBLINGS = 30;

  private final IntervalFunction early;
  private final IntervalFunction middle;
  private final IntervalFunction late;
  private final RandomGenerator random;

  BackoffSchedule(Duration maxDelay, RandomGenerator random) {
    this.early = growing(FIRST.multipliedBy(2), min(EARLY_CAP, maxDelay));
    this.middle = growing(FIRST.multipliedBy(2), min(MIDDLE_CAP, maxDelay));
    this.late = growing(MIDDLE_CAP, maxDelay);
    this.random = random;
  }

  /**
   * The wait before the next try, in nanoseconds.
   *
   * @param tries tries of this outage that failed, from 0
   * @param lateTries those of them that were made after 10 s
   * @param elapsedNanos age of the outage
   */
  long delayNanos(int tries, int lateTries, long elapsedNanos) {
    return jittered(ceilingNanos(tries, lateTries, elapsedNanos));
  }

  /** The longest that the wait may be. */
  long ceilingNanos(int tries, int lateTries, long elapsedNanos) {
    if (elapsedNanos >= MIDDLE_NANOS) {
      return nanos(late, lateTries + 2);
    }
    if (tries == 0) {
      return AT_ONCE.toNanos();
    }
    return nanos(elapsedNanos < EARLY_NANOS ? early : middle, tries);
  }

  /** A random part of it. */
  long jittered(long ceilingNanos) {
    return ceilingNanos <= 0 ? 0 : random.nextLong(ceilingNanos + 1);
  }

  private static IntervalFunction growing(Duration first, Duration cap) {
    return IntervalFunction.ofExponentialBackoff(min(first, cap), 2.0, cap);
  }

  private static long nanos(IntervalFunction interval, int number) {
    return TimeUnit.MILLISECONDS.toNanos(interval.apply(Math.min(number, MOST_DOUBLINGS)));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
