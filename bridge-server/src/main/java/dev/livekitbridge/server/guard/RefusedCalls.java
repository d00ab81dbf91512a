package dev.livekitbridge.server.guard;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Counts calls that were refused, and says so at most once a minute, however many there are. */
final class RefusedCalls {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<CloseReason, LongAdder> counts =
      Map.of(
          CloseReason.UNAUTHENTICATED, new LongAdder(), CloseReason.NOT_PERMITTED, new LongAdder());
  private final TimeSource time;
  private final Logger log;
  private long quietUntilNanos;
  private long unsaid;

  RefusedCalls(@Nullable MeterRegistry registry, TimeSource time, Logger log) {
    this.time = time;
    this.log = log;
    this.quietUntilNanos = time.nanoTime();
    if (registry != null) {
      counts.forEach(
          (reason, count) ->
              FunctionCounter.builder("livekit.bridge.calls.refused", count, LongAdder::sum)
                  .description("Calls of which the caller was not known, or had no right to them")
                  .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                  .register(registry));
    }
  }

  void refused(CloseReason reason, String method, String who, String why) {
    LongAdder count = counts.get(reason);
    if (count != null) {
      count.increment();
    }
    log.debug("call refused: reason={} method={} caller={} {}", reason, method, who, why);
    long others = mayWarn();
    if (others >= 0) {
      log.warn(
          "calls refused: reason={} method={} caller={} {} ({} more since the last such line)",
          reason,
          method,
          who,
          why,
          others);
    }
  }

  /** How many were not told; -1 to say nothing now. */
  private synchronized long mayWarn() {
    if (time.nanoTime() - quietUntilNanos < 0) {
      unsaid++;
      return -1;
    }
    long others = unsaid;
    unsaid = 0;
    quietUntilNanos = time.nanoTime() + QUIET_NANOS;
    return others;
  }
}
