package dev.livekitbridge.server.session;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.livekitbridge.core.TimeSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps old callers out: remembers for a while, by user and instance, the last attempt and whether
 * another instance has taken the session over. A join may come late from a process that is dead by
 * then: where the one that took over opens no stream, the one before may come back. Guarded by the
 * registry.
 */
final class Fences {
  // A bound for a caller that makes instances up; the oldest memory goes first.
  private static final int MAX_INSTANCES = 100_000;

  // Who lives opens a stream within that.
  private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_DEAD = 16;

  // A caller that does not say: nothing is known of it.
  private static final String UNKNOWN = "?";

  private record Key(String userId, String instance) {}

  /** {@code by}: the instance that took the session over; empty for none. */
  private record Mark(long lastAttempt, String by, long joinedNanos, boolean attached) {}

  private static final Mark NEW = new Mark(0, "", 0, false);

  private final TimeSource time;
  private final Cache<Key, Mark> marks;

  Fences(TimeSource time, long memoryNanos) {
    this.time = time;
    marks =
        CacheBuilder.newBuilder()
            .concurrencyLevel(1)
            .maximumSize(MAX_INSTANCES)
            .expireAfterWrite(Duration.ofNanos(memoryNanos))
            .ticker(Clocks.ticker(time))
            .build();
  }

  /**
   * Whether a call may go on; if so it is the last one known of its instance.
   *
   * @param instance empty for a caller that does not count: it is never kept out
   * @param attempt 0 for a call without a number: only a takeover keeps it out
   * @param holder whose the session is now; empty if there is none, or nobody says
   */
  boolean admit(String userId, String instance, long attempt, String holder) {
    if (instance.isEmpty()) {
      return true;
    }
    Mark mark = find(userId, instance);
    boolean late = attempt != 0 && attempt <= mark.lastAttempt();
    if (late || (!mark.by().isEmpty() && !onlyByTheDead(userId, mark, holder))) {
      return false;
    }
    long last = Math.max(attempt, mark.lastAttempt());
    // Who asks again lives, and has the time for a stream anew.
    put(userId, instance, new Mark(last, "", time.nanoTime(), mark.attached()));
    return true;
  }

  /** It holds the session now, in place of the other one, which is kept out from now on. */
  void supersede(String userId, String old, String instance) {
    if (!old.isEmpty()) {
      Mark mark = find(userId, old);
      String by = instance.isEmpty() ? UNKNOWN : instance;
      put(userId, old, new Mark(mark.lastAttempt(), by, mark.joinedNanos(), mark.attached()));
    }
    if (!instance.isEmpty()) {
      long last = find(userId, instance).lastAttempt();
      put(userId, instance, new Mark(last, "", time.nanoTime(), false));
    }
  }

  /** It has opened a stream, so it lived when it took the session over. */
  void attached(String userId, String instance) {
    if (!instance.isEmpty()) {
      Mark mark = find(userId, instance);
      put(userId, instance, new Mark(mark.lastAttempt(), mark.by(), mark.joinedNanos(), true));
    }
  }

  /**
   * Whether all that took the session over from there never opened a stream, although they had the
   * time: their joins came late, from processes that were dead by then.
   */
  private boolean onlyByTheDead(String userId, Mark superseded, String holder) {
    Mark mark = superseded;
    String last = holder;
    for (int i = 0; i < MOST_DEAD && !mark.by().isEmpty(); i++) {
      last = mark.by();
      mark = find(userId, last);
      if (mark.equals(NEW)
          || mark.attached()
          || time.nanoTime() - mark.joinedNanos() < ALIVE_NANOS) {
        return false;
      }
    }
    return mark.by().isEmpty() && (holder.isEmpty() || last.equals(holder));
  }

  private void put(String userId, String instance, Mark mark) {
    marks.put(new Key(userId, instance), mark);
  }

  private Mark find(String userId, String instance) {
    Mark mark = marks.getIfPresent(new Key(userId, instance));
    return mark == null ? NEW : mark;
  }
}
