package dev.livekitbridge.server.session;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;

/**
 * Who is still there: sessions that live, and participants of closed ones that are on their way out
 * of their rooms. A bridge that shuts down waits until nobody is. Thread-safe.
 */
final class Departures {
  private final Logger log;
  // Both guarded by this.
  private int present;
  private CompletableFuture<Void> empty = CompletableFuture.completedFuture(null);

  Departures(Logger log) {
    this.log = log;
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
    left.whenComplete(
        (done, error) -> {
          if (error != null) {
            log.warn("a participant may be left behind in its room", error);
          }
          gone();
        });
  }

  /** Completes when nobody is there any more. */
  synchronized CompletableFuture<Void> whenEmpty() {
    return empty;
  }
}
