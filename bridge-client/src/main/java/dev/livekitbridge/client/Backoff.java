package dev.livekitbridge.client;

import java.util.concurrent.TimeUnit;

/**
 * Where an outage is in its schedule. It starts anew only after success has lasted; a shorter one
 * stops its clock. Pure; confined to its owner.
 */
final class Backoff {
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final BackoffSchedule schedule;
  private final long resetAfterNanos;
  private boolean inOutage;
  private boolean up;
  private long startNanos;
  private long upSinceNanos;
  private int tries;
  private int lateTries;

  Backoff(BackoffSchedule schedule, long resetAfterNanos) {
    this.schedule = schedule;
    this.resetAfterNanos = resetAfterNanos;
  }

  /** It works, as of now. */
  void succeeded(long nowNanos) {
    if (!up) {
      up = true;
      upSinceNanos = nowNanos;
    }
  }

  /** It does not work, or not any more; returns how long to wait before the next try. */
  long failed(long nowNanos) {
    if (up) {
      long lasted = nowNanos - upSinceNanos;
      if (lasted >= resetAfterNanos) {
        inOutage = false;
      } else {
        // An outage is as old as the time without a bridge.
        startNanos += lasted;
      }
      up = false;
    }
    if (!inOutage) {
      inOutage = true;
      startNanos = nowNanos;
      tries = 0;
      lateTries = 0;
    }
    long elapsed = nowNanos - startNanos;
    long delay = schedule.delayNanos(tries, lateTries, elapsed);
    tries++;
    if (elapsed >= LATE_NANOS) {
      lateTries++;
    }
    return delay;
  }
}
