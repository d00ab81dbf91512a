package dev.livekitbridge.server.session;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.livekitbridge.core.TimeSource;
import java.time.Duration;

/**
 * Keeps old callers out: remembers for a while, by user and instance, the last attempt and whether
 * another instance has taken the session over. Guarded by the registry.
 */
final class Fences {
  // A bound for a caller that makes instances up; the oldest memory goes first.
  private static final int MAX_INSTANCES = 100_000;

  private record Key(String userId, String instance) {}

  private record Mark(long lastAttempt, boolean superseded) {}

  private static final Mark NEW = new Mark(0, false);

  private final Cache<Key, Mark> marks;

  Fences(TimeSource time, long memoryNanos) {
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
   */
  boolean admit(String userId, String instance, long attempt) {
    if (instance.isEmpty()) {
      return true;
    }
    Key key = new Key(userId, instance);
    Mark mark = find(key);
    if (mark.superseded() || (attempt != 0 && attempt <= mark.lastAttempt())) {
      return false;
    }
    marks.put(key, new Mark(Math.max(attempt, mark.lastAttempt()), false));
    return true;
  }

  /** Another instance took the session over. */
  void supersede(String userId, String instance) {
    if (!instance.isEmpty()) {
      Key key = new Key(userId, instance);
      marks.put(key, new Mark(find(key).lastAttempt(), true));
    }
  }

  private Mark find(Key key) {
    Mark mark = marks.getIfPresent(key);
    return mark == null ? NEW : mark;
  }
}
