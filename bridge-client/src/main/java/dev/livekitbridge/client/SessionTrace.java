package dev.livekitbridge.client;

import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.core.trace.Traces;

/**
 * The spans of a session: its opening, and each outage from the fault to the stream that ends it.
 * Confined to the session's executor, but for its making.
 */
final class SessionTrace {
  /** Why a call ended that nobody waited for any more. */
  static final String GIVEN_UP = "GIVEN_UP";

  private static final String CAUSE = "bridge.cause";

  private final String alias;
  private final Trace opening;
  private final Trace none;
  private Trace current;

  /** Made on the thread that opens the session, within whose span it is opened. */
  SessionTrace(Traces traces, String alias) {
    this.alias = alias;
    this.none = traces.root();
    this.opening = traces.begin("bridge.open").set("bridge.session", alias);
    this.current = opening;
  }

  /** What a join or a stream of now is a part of. */
  Trace current() {
    return current;
  }

  /** A try begins, this one since the opening or the fault. */
  void trying(int number) {
    current.set("bridge.tries", number);
  }

  /**
   * The one door for changes of state.
   *
   * @param resumed whether the bridge kept the session
   */
  void changed(Action.Changed change, boolean resumed) {
    switch (change.to()) {
      case RECONNECTING -> {
        current = opening.after("bridge.reconnect").set("bridge.session", alias);
        change.fault().ifPresent(this::cause);
      }
      case DEGRADED -> current.event("degraded");
      case CONNECTED -> {
        current.set("bridge.resumed", resumed).end();
        current = none;
      }
      case CLOSED -> {
        current.fail(change.fault().map(Fault::word).orElse("CLOSED"));
        current = none;
      }
      default -> {
        // The opening has begun.
      }
    }
  }

  private void cause(Fault fault) {
    current.set(CAUSE, fault.cause().name());
    fault.reason().ifPresent(reason -> current.set("bridge.reason", reason.name()));
  }
}
