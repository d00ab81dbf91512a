package dev.livekitbridge.server.guard;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** How often each caller joins. It forgets a caller after a minute, and knows 10,000 at most. */
final class JoinRates {
  private static final int MAX_CALLERS = 10_000;

  private final RateLimiterConfig config;
  private final Cache<String, RateLimiter> limiters =
      CacheBuilder.newBuilder()
          .maximumSize(MAX_CALLERS)
          .expireAfterAccess(Duration.ofMinutes(1))
          .build();

  JoinRates(int joins, Duration per) {
    config =
        RateLimiterConfig.custom()
            .limitForPeriod(joins)
            .limitRefreshPeriod(per)
            .timeoutDuration(Duration.ZERO)
            .build();
  }

  /** Whether the caller may join now; never waits. */
  boolean admit(String caller) {
    try {
      return limiters.get(caller, () -> RateLimiter.of("joins", config)).acquirePermission();
    } catch (ExecutionException e) {
      throw new IllegalStateException("no limiter", e);
    }
  }

  long callers() {
    limiters.cleanUp();
    return limiters.size();
  }
}
