package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long S = TimeUnit.SECONDS.toNanos(1);

  private final BackoffSchedule schedule =
      new BackoffSchedule(Duration.ofSeconds(30), new Random(1));

  @Test
  void theFirstTryComesWithin50Ms() {
    assertThat(schedule.ceilingNanos(0, 0, 0)).isEqualTo(50 * MS);
  }

  @Test
  void itDoublesUpTo150MsInTheFirst3Seconds() {
    assertThat(schedule.ceilingNanos(1, 0, 10 * MS)).isEqualTo(100 * MS);
    assertThat(schedule.ceilingNanos(2, 0, 10 * MS)).isEqualTo(150 * MS);
    assertThat(schedule.ceilingNanos(60, 0, 3 * S - 1)).isEqualTo(150 * MS);
  }

  @Test
  void itGrowsTo500MsUntil10Seconds() {
    assertThat(schedule.ceilingNanos(3, 0, 3 * S)).isEqualTo(400 * MS);
    assertThat(schedule.ceilingNanos(40, 0, 3 * S)).isEqualTo(500 * MS);
    assertThat(schedule.ceilingNanos(40, 0, 10 * S - 1)).isEqualTo(500 * MS);
  }

  @Test
  void thenItGrowsTo30Seconds() {
    assertThat(schedule.ceilingNanos(50, 0, 10 * S)).isEqualTo(1 * S);
    assertThat(schedule.ceilingNanos(50, 1, 11 * S)).isEqualTo(2 * S);
    assertThat(schedule.ceilingNanos(50, 4, 30 * S)).isEqualTo(16 * S);
    assertThat(schedule.ceilingNanos(50, 5, 60 * S)).isEqualTo(30 * S);
    assertThat(schedule.ceilingNanos(5_000, 4_000, 9_999 * S)).isEqualTo(30 * S);
  }

  @Test
  void jitterIsFull() {
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int i = 0; i < 10_000; i++) {
      long delay = schedule.delayNanos(5, 0, S);
      least = Math.min(least, delay);
      most = Math.max(most, delay);
    }
    assertThat(least).isBetween(0L, MS);
    assertThat(most).isBetween(149 * MS, 150 * MS);
  }

  @Test
  void aLowerLimitOfTheCallerHoldsInEveryPhase() {
    BackoffSchedule quick = new BackoffSchedule(Duration.ofMillis(80), new Random(1));
    assertThat(quick.ceilingNanos(5, 0, S)).isEqualTo(80 * MS);
    assertThat(quick.ceilingNanos(5, 0, 5 * S)).isEqualTo(80 * MS);
    assertThat(quick.ceilingNanos(5, 9, 50 * S)).isEqualTo(80 * MS);
  }

  @Test
  void itStartsAnewOnlyAfterSuccessHasLasted() {
    Backoff backoff = new Backoff(schedule, 10 * S);
    long now = 0;
    for (int i = 0; i < 20; i++) {
      now += backoff.failed(now);
    }
    now = 60 * S;
    long unused = backoff.failed(now);
    // Up for 9 s: the outage goes on where it was, and is late by now.
    backoff.succeeded(now);
    assertThat(worst(backoff, now + 9 * S)).isGreaterThan(500 * MS);
    // Up for 10 s: it is a new one.
    backoff.succeeded(now + 10 * S);
    assertThat(backoff.failed(now + 20 * S)).isLessThanOrEqualTo(50 * MS);
  }

  @Test
  void whatWorkedForAWhileStopsTheClockOfTheOutage() {
    Backoff backoff = new Backoff(schedule, 10 * S);
    long now = 0;
    for (int i = 0; i < 40; i++) {
      // Down for 50 ms, up for 9 s, again and again: six minutes, of which two seconds are outage.
      assertThat(backoff.failed(now)).isLessThanOrEqualTo(150 * MS);
      now += 50 * MS;
      backoff.succeeded(now);
      now += 9 * S;
    }
  }

  private static long worst(Backoff backoff, long now) {
    long worst = 0;
    for (int i = 0; i < 20; i++) {
      worst = Math.max(worst, backoff.failed(now));
    }
    return worst;
  }
}
