package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.server.session.SessionMetrics.Attach;
import org.jspecify.annotations.Nullable;

/**
 * The state of a session and the only door between states: refuses what cannot be, tells the log
 * and the counts what is. Read by any thread, gone through in the session's context only.
 */
final class StateDoor {
  private final SessionEnvironment environment;
  private final SessionMetrics metrics;
  private final String alias;
  private final String name;
  private volatile SessionState state = SessionState.JOINING;
  private long detachedNanos;

  StateDoor(SessionEnvironment environment, String alias, String name) {
    this.environment = environment;
    this.metrics = environment.metrics();
    this.alias = alias;
    this.name = name;
  }

  SessionState state() {
    return state;
  }

  boolean isClosed() {
    return state == SessionState.CLOSED;
  }

  /**
   * Goes to another state.
   *
   * @param reason what made it so, where that has a name
   * @param detail for people
   */
  void to(SessionState next, @Nullable CloseReason reason, String detail) {
    SessionState from = state;
    if (!legal(from, next)) {
      throw new IllegalStateException(name + ": " + from + " -> " + next + " cannot be");
    }
    state = next;
    String told = reason == null ? "-" : reason.name();
    environment
        .log()
        .info("session {} -> {}: {} reason={} detail={}", from, next, name, told, detail);
    count(from, next, reason);
  }

  private void count(SessionState from, SessionState next, @Nullable CloseReason reason) {
    metrics.moved(from, next);
    if (next == SessionState.STREAMING) {
      switch (from) {
        case DETACHED -> {
          metrics.attached(Attach.RESUMED);
          metrics.timers.resumed(environment.time().nanoTime() - detachedNanos);
        }
        case STREAMING -> metrics.attached(Attach.REPLACED);
        default -> metrics.attached(Attach.FIRST);
      }
    } else if (next == SessionState.DETACHED) {
      // A takeover while nobody is attached does not end the break.
      if (from != SessionState.DETACHED) {
        detachedNanos = environment.time().nanoTime();
      }
      fault("stream broken", reason);
    } else if (next == SessionState.CLOSED) {
      fault("session closed", reason);
    }
  }

  private void fault(String what, @Nullable CloseReason reason) {
    boolean wanted =
        reason == CloseReason.LEFT
            || reason == CloseReason.DRAINING
            || reason == CloseReason.SUPERSEDED;
    if (reason != null && !wanted) {
      metrics.faults.add(environment.time().epochMillis(), what, reason, alias);
    }
  }

  private static boolean legal(SessionState from, SessionState to) {
    return switch (to) {
      case JOINING -> false;
      case READY -> from == SessionState.JOINING;
      case STREAMING, DETACHED -> from != SessionState.JOINING && from != SessionState.CLOSED;
      case CLOSED -> from != SessionState.CLOSED;
    };
  }
}
