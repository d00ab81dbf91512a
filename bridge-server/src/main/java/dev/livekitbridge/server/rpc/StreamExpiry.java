package dev.livekitbridge.server.rpc;

import dev.livekitbridge.server.guard.Callers;
import dev.livekitbridge.server.session.AttachedStream;
import dev.livekitbridge.server.session.SessionEnvironment;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends a stream when the credentials it was opened with have run out. Safe for many threads. */
final class StreamExpiry {
  // Further ahead no clock is looked at.
  private static final long FAR_MILLIS = TimeUnit.DAYS.toMillis(365);

  private final SessionEnvironment environment;
  private final long endsMillis;
  private @Nullable Future<?> timer;
  private boolean over;

  private StreamExpiry(SessionEnvironment environment, long endsMillis) {
    this.environment = environment;
    this.endsMillis = endsMillis;
  }

  /** Of the call that is being handled; null if it has none. */
  static @Nullable StreamExpiry current(SessionEnvironment environment) {
    long ends = Callers.endsMillis();
    return ends == Long.MAX_VALUE ? null : new StreamExpiry(environment, ends);
  }

  synchronized void begin(AttachedStream stream) {
    long left = endsMillis - environment.time().epochMillis();
    if (!over && left < FAR_MILLIS) {
      timer =
          environment
              .scheduler()
              .schedule(stream::onExpired, Math.max(0, left), TimeUnit.MILLISECONDS);
    }
  }

  synchronized void cancel() {
    over = true;
    Future<?> pending = timer;
    timer = null;
    if (pending != null) {
      pending.cancel(false);
    }
  }
}
