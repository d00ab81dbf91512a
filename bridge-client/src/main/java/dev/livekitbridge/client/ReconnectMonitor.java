package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts reconnections in a moving window, for each session and for the client, and says when there
 * are too many: once, and again only after it has cleared. Pure; safe for use by many threads.
 */
final class ReconnectMonitor {
  /** One session alone is covered by its own limit. */
  private static final int LEAST_SESSIONS = 2;

  private static final class History {
    final Deque<Long> times = new ArrayDeque<>();
    boolean alerted;
  }

  /** What to tell. */
  record Alerts(Optional<ReconnectAlert> session, Optional<ReconnectAlert> client) {}

  private final ReconnectOptions options;
  private final long windowNanos;
  private final Map<Object, History> histories = new HashMap<>();
  private boolean clientAlerted;

  ReconnectMonitor(ReconnectOptions options) {
    this.options = options;
    this.windowNanos = options.alertWindow().toNanos();
  }

  /** A session came back after a fault. */
  synchronized Alerts reconnected(Object session, String userId, int sessions, long now) {
    History history = histories.computeIfAbsent(session, key -> new History());
    history.times.add(now);
    forgetOld(sessions, now);
    Optional<ReconnectAlert> own = Optional.empty();
    int count = history.times.size();
    if (count > options.alertReconnects() && !history.alerted) {
      history.alerted = true;
      own =
          Optional.of(
              new ReconnectAlert(
                  Optional.of(userId), count, options.alertReconnects(), options.alertWindow()));
    }
    Optional<ReconnectAlert> all = Optional.empty();
    int reconnecting = histories.size();
    if (tooMany(reconnecting, sessions) && !clientAlerted) {
      clientAlerted = true;
      all =
          Optional.of(
              new ReconnectAlert(Optional.empty(), reconnecting, sessions, options.alertWindow()));
    }
    return new Alerts(own, all);
  }

  /** A session is over. */
  synchronized void forget(Object session) {
    histories.remove(session);
  }

  /** Lets what has calmed down calm down; for times without reconnections. */
  synchronized void tick(int sessions, long now) {
    forgetOld(sessions, now);
  }

  private void forgetOld(int sessions, long now) {
    histories
        .values()
        .removeIf(
            history -> {
              while (!history.times.isEmpty() && now - history.times.peek() >= windowNanos) {
                history.times.remove();
              }
              if (history.times.size() <= options.alertReconnects()) {
                history.alerted = false;
              }
              return history.times.isEmpty();
            });
    if (!tooMany(histories.size(), sessions)) {
      clientAlerted = false;
    }
  }

  private boolean tooMany(int reconnecting, int sessions) {
    return reconnecting >= LEAST_SESSIONS && reconnecting >= options.alertShare() * sessions;
  }
}
