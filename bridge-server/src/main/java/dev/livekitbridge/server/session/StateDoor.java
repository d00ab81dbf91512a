package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The state of a session and the only door between states: refuses what cannot be, tells the log
 * what is. Read by any thread, gone through in the session's context only.
 */
final class StateDoor {
  private final Logger log;
  private final String name;
  private volatile SessionState state = SessionState.JOINING;

  StateDoor(Logger log, String name) {
    this.log = log;
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
    log.info("session {} -> {}: {} reason={} detail={}", from, next, name, told, detail);
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
