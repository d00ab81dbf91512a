package dev.livekitbridge.server.session;

import dev.livekitbridge.core.TimeSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Who is still there: sessions that live, and participants of closed ones that are on their way out
 * of their rooms. A bridge that shuts down waits until nobody is. Thread-safe.
 */
final class Departures {
  private final Logger log;
  private final TimeSource time;
  private final SessionMetrics metrics;
  // Those on their way out, and since when.
  private final Map<Object, Long> leaving = new ConcurrentHashMap<>();
  // Both guarded by this.
  private int present;
  private CompletableFuture<Void> empty = CompletableFuture.completedFuture(null);

  Departures(SessionEnvironment environment) {
    this.log = environment.log();
    this.time = environment.time();
    this.metrics = environment.metrics();
  }

  synchronized void arrived() {
    present++;
    if (empty.isDone()) {
      empty = new CompletableFuture<>();
    }
  }

  void gone() {
    CompletableFuture<Void> done;
    synchronized (this) {
      present--;
      if (present > 0) {
        return;
      }
      done = empty;
    }
    done.complete(null);
  }

  /** A participant is on its way out. */
  void leaving(CompletableFuture<Void> left) {
    arrived();
    Object one = new Object();
    leaving.put(one, time.nanoTime());
    left.whenComplete(
        (done, error) -> {
          leaving.remove(one);
          if (error != null) {
            metrics.leaveFailed();
            log.warn("a participant may be left behind in its room", error);
          }
          gone();
        });
  }

  /** Participants on their way out. */
  int leaving() {
    return leaving.size();
  }

  /** Those of them who set out before this time. */
  int leavingSince(long nanos) {
    int count = 0;
    for (long since : leaving.values()) {
      if (since - nanos < 0) {
        count++;
      }
    }
    return count;
  }

  /** Completes when nobody is there any more. */
  synchronized CompletableFuture<Void> whenEmpty() {
    return empty;
  }
}
