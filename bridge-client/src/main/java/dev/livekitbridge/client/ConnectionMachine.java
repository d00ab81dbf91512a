package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a session tries, waits, degrades and gives up. Pure: takes an event and the time,
 * answers with what to do; no socket, thread or clock. Confined to its session's executor.
 *
 * <p>The owner reports each outcome once, asks {@link #nanosToWake} after every call and calls
 * {@link #onWake} then. Outcomes of a call or stream that was abandoned must not be reported.
 */
final class ConnectionMachine {
  private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum Phase {
    IDLE,
    WAITING,
    TRYING,
    LIVE,
    CLOSED
  }

  private final Backoff backoff;
  private final long degradedAfterNanos;
  private final long attachTimeoutNanos;

  private Phase phase = Phase.IDLE;
  private ConnectionState state = ConnectionState.IDLE;
  private boolean bridgeUsable = true;
  private long retryAtNanos;
  private long downSinceNanos;
  private @Nullable Fault firstFault;
  private @Nullable Fault lastFault;
  private int tries;
  private long triesEver;
  private long attempt;
  private boolean joinNext;
  private boolean elsewhereNext;
  private boolean bridgeMissing;
  private boolean attaching;
  private boolean streamOpening;
  private long streamDeadlineNanos;
  private boolean freshTokenTried;
  private boolean freshCredentialsTried;

  ConnectionMachine(Backoff backoff, ReconnectOptions options) {
    this.backoff = backoff;
    this.degradedAfterNanos = options.degradedAfter().toNanos();
    this.attachTimeoutNanos = options.attachTimeout().toNanos();
  }

  ConnectionState state() {
    return state;
  }

  boolean live() {
    return phase == Phase.LIVE;
  }

  boolean closed() {
    return phase == Phase.CLOSED;
  }

  /** Joins and attaches begun. */
  long tries() {
    return triesEver;
  }

  /** The number of the next call to a bridge: rising over joins and streams. */
  long nextAttempt() {
    return ++attempt;
  }

  /** Another place of the session begins a join or attach; returns its number. */
  long countTry() {
    return ++triesEver;
  }

  List<Action> open(boolean usable, long now) {
    List<Action> out = new ArrayList<>();
    if (phase == Phase.IDLE) {
      bridgeUsable = usable;
      downSinceNanos = now;
      retryAtNanos = now;
      phase = Phase.WAITING;
      move(ConnectionState.CONNECTING, null, out);
      tryIfDue(now, out);
    }
    return out;
  }

  /**
   * Some bridge answers, or none does any more; sessions come back spread over the jitter.
   *
   * @param returned whether one was away and is back: who waited for that alone waits no more,
   *     however long the outages before have made the backoff
   */
  List<Action> onBridge(boolean usable, boolean returned, long jitterNanos, long now) {
    List<Action> out = new ArrayList<>();
    if (usable && !bridgeUsable && phase == Phase.WAITING) {
      long spread = now + jitterNanos;
      boolean longer = retryAtNanos - spread > 0;
      retryAtNanos = longer && !(returned && bridgeMissing) ? retryAtNanos : spread;
    }
    bridgeUsable = usable;
    tryIfDue(now, out);
    return out;
  }

  /** What keeps the session away is known better by now. */
  void blame(Fault fault) {
    if (phase == Phase.WAITING) {
      lastFault = fault;
    }
  }

  /** What the owner made of {@link Action.Connect}. */
  void onTrying(boolean attach) {
    attaching = attach;
  }

  /** A stream was opened; it has to come up in time. */
  void onStreamOpening(long now) {
    if (phase == Phase.TRYING) {
      streamOpening = true;
      streamDeadlineNanos = now + attachTimeoutNanos;
    }
  }

  /** The stream is up. */
  List<Action> onLive(long now) {
    List<Action> out = new ArrayList<>();
    if (phase != Phase.TRYING) {
      return out;
    }
    phase = Phase.LIVE;
    streamOpening = false;
    freshTokenTried = false;
    freshCredentialsTried = false;
    joinNext = false;
    elsewhereNext = false;
    backoff.succeeded(now);
    Fault first = firstFault;
    move(ConnectionState.CONNECTED, null, out);
    if (first != null) {
      out.add(new Action.Recovered(first, downSinceNanos, tries));
    }
    firstFault = null;
    lastFault = null;
    tries = 0;
    return out;
  }

  /** The session goes on at a place whose stream is up already. */
  List<Action> onMoved(long now) {
    if (phase == Phase.WAITING) {
      phase = Phase.TRYING;
    }
    return onLive(now);
  }

  /**
   * The try failed, or the stream is over.
   *
   * @param alternative whether another bridge answers
   */
  List<Action> onFailed(Failure failure, boolean alternative, long now) {
    List<Action> out = new ArrayList<>();
    if (phase != Phase.TRYING && phase != Phase.LIVE) {
      return out;
    }
    boolean wasAttach = phase == Phase.TRYING && attaching;
    out.add(new Action.Abandon());
    goDown(failure.fault(), now);
    CloseReason reason = failure.fault().reason().orElse(null);
    CloseReason.Remedy remedy = reason == null ? CloseReason.Remedy.RETRY : reason.remedy();
    long delay = 0;
    switch (remedy) {
      case STOP -> {
        finish(reason == null ? CloseReason.LEFT : reason, failure.fault(), out);
        return out;
      }
      case FRESH_TOKEN -> {
        if (freshTokenTried) {
          finish(CloseReason.TOKEN_REJECTED, failure.fault(), out);
          return out;
        }
        freshTokenTried = true;
        delay = backoff.failed(now);
      }
      case FRESH_CREDENTIALS -> {
        delay = (freshCredentialsTried ? LATER_NANOS : 0) + backoff.failed(now);
        freshCredentialsTried = true;
      }
      case JOIN -> {
        joinNext = true;
        delay = wasAttach ? 0 : backoff.failed(now);
      }
      case ELSEWHERE -> {
        elsewhereNext = alternative;
        joinNext = alternative;
        delay = alternative ? 0 : backoff.failed(now);
      }
      case LATER -> delay = LATER_NANOS + backoff.failed(now);
      case RETRY -> delay = backoff.failed(now);
    }
    retryAtNanos = now + Math.max(delay, failure.pushbackNanos());
    bridgeMissing = failure.transport() && failure.pushbackNanos() == 0;
    if (state == ConnectionState.CONNECTED) {
      move(ConnectionState.RECONNECTING, failure.fault(), out);
    }
    tryIfDue(now, out);
    return out;
  }

  /** Nothing was tried yet, for it is not known whether the session is still ours. */
  List<Action> putOff(Fault fault, long delayNanos, long now) {
    List<Action> out = new ArrayList<>();
    if (phase == Phase.TRYING) {
      out.add(new Action.Abandon());
      goDown(fault, now);
      retryAtNanos = now + delayNanos;
      bridgeMissing = false;
    }
    return out;
  }

  /** The caller does not want to wait, or wants the stream afresh. */
  List<Action> reconnectNow(long now) {
    List<Action> out = new ArrayList<>();
    if (phase == Phase.LIVE) {
      Fault fault = Fault.of(FaultCause.REQUESTED, "the caller asked for it");
      out.add(new Action.Abandon());
      goDown(fault, now);
      retryAtNanos = now;
      move(ConnectionState.RECONNECTING, fault, out);
      tryIfDue(now, out);
    } else if (phase == Phase.WAITING) {
      retryAtNanos = now;
      tryIfDue(now, out);
    }
    return out;
  }

  /** The end, asked for by the caller. */
  List<Action> close(String detail) {
    List<Action> out = new ArrayList<>();
    if (phase != Phase.CLOSED) {
      out.add(new Action.Abandon());
      phase = Phase.CLOSED;
      move(ConnectionState.CLOSED, null, out);
      out.add(new Action.Finished(CloseReason.LEFT, detail));
    }
    return out;
  }

  /** Time to look again; -1 if nothing is to come by itself. */
  long nanosToWake(long now) {
    long nanos = -1;
    if (phase == Phase.WAITING && bridgeUsable) {
      nanos = sooner(nanos, retryAtNanos - now);
    }
    if (phase == Phase.TRYING && streamOpening) {
      nanos = sooner(nanos, streamDeadlineNanos - now);
    }
    if (mayDegrade()) {
      nanos = sooner(nanos, downSinceNanos + degradedAfterNanos - now);
    }
    return nanos;
  }

  /** The time told by {@link #nanosToWake} has come. */
  List<Action> onWake(long now) {
    List<Action> out = new ArrayList<>();
    if (mayDegrade() && now - downSinceNanos >= degradedAfterNanos) {
      Fault fault = lastFault;
      move(ConnectionState.DEGRADED, fault, out);
      out.add(new Action.Degraded(now - downSinceNanos, Optional.ofNullable(fault)));
    }
    if (phase == Phase.TRYING && streamOpening && now - streamDeadlineNanos >= 0) {
      String detail = "the bridge did not answer the first chunk of a stream in time";
      out.addAll(onFailed(Failure.transport(Fault.of(FaultCause.UNREACHABLE, detail)), false, now));
    }
    tryIfDue(now, out);
    return out;
  }

  private void goDown(Fault fault, long now) {
    if (phase == Phase.LIVE) {
      downSinceNanos = now;
      firstFault = fault;
    }
    lastFault = fault;
    phase = Phase.WAITING;
    streamOpening = false;
    attaching = false;
  }

  private void finish(CloseReason reason, Fault fault, List<Action> out) {
    phase = Phase.CLOSED;
    move(ConnectionState.CLOSED, fault, out);
    out.add(new Action.Finished(reason, fault.detail()));
  }

  private void tryIfDue(long now, List<Action> out) {
    if (phase == Phase.WAITING && bridgeUsable && now - retryAtNanos >= 0) {
      phase = Phase.TRYING;
      tries++;
      triesEver++;
      out.add(new Action.Connect(tries, joinNext, elsewhereNext));
      elsewhereNext = false;
    }
  }

  private boolean mayDegrade() {
    return state == ConnectionState.CONNECTING || state == ConnectionState.RECONNECTING;
  }

  private static long sooner(long nanos, long other) {
    long due = Math.max(0, other);
    return nanos < 0 ? due : Math.min(nanos, due);
  }

  /** The one door for changes of state. */
  private void move(ConnectionState to, @Nullable Fault fault, List<Action> out) {
    ConnectionState from = state;
    if (from == ConnectionState.CLOSED) {
      throw new IllegalStateException("closed is final (wanted: " + to + ")");
    }
    if (from != to) {
      state = to;
      out.add(new Action.Changed(from, to, Optional.ofNullable(fault)));
    }
  }
}
