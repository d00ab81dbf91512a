package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Decides about a session's second place, at another bridge under another identity: when it is
 * tried, and when the session moves there. Pure, like {@link ConnectionMachine}: takes an event and
 * the time, answers with what to do. Confined to its session's executor.
 *
 * <p>As a standby it waits, warm, until the first place is lost. For a hand-over (the first bridge
 * closes) it is made heard in the room, the first place plays out what it was sent, and the session
 * moves, without a fault.
 */
final class SiblingMachine {
  /** What the second place is for. */
  enum Goal {
    NONE,
    STANDBY,
    HAND_OVER
  }

  /** What is to be done. */
  enum Step {
    /** Connect, at another bridge than the first place's. */
    CONNECT,
    /** Give the second place up, whatever it is. */
    ABANDON,
    /** Say 20 ms of silence there on each track in use: its acknowledgement means heard. */
    PRIME,
    /** Send the first bridge nothing more. */
    HOLD,
    /** Ask the first bridge what it has dealt with. */
    ASK,
    /** Send the first bridge audio again. */
    RELEASE,
    /** The second place is the session's from now on. */
    MOVE
  }

  private enum Phase {
    OFF,
    WAITING,
    TRYING,
    WARM,
    PRIMING,
    HOLDING
  }

  /** Not heard in the room by then: as good as heard. */
  static final long HEARD_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** So long a match of the room's audio is waited for. */
  static final long MATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** So long the first bridge may play out what it was sent; it takes 4 s ahead. */
  static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Looks come every 20 ms; one that is so late tells that the whole process stood still. */
  static final long STILL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often both bridges are looked at while the session moves. */
  static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Backoff backoff;
  private final long attachTimeoutNanos;
  private Phase phase = Phase.OFF;
  private Goal goal = Goal.NONE;
  private boolean streamOpening;
  private boolean attaching;
  private boolean bridgeMissing;
  private long dueNanos;
  private long lookNanos;

  SiblingMachine(Backoff backoff, long attachTimeoutNanos) {
    this.backoff = backoff;
    this.attachTimeoutNanos = attachTimeoutNanos;
  }

  /** Whether the session could move now. */
  boolean up() {
    return phase == Phase.WARM || moving();
  }

  /** Whether the room's audio is being put together. */
  boolean moving() {
    return phase == Phase.PRIMING || phase == Phase.HOLDING;
  }

  /** Whether a join or attach is under way. */
  boolean trying() {
    return phase == Phase.TRYING;
  }

  Goal goal() {
    return goal;
  }

  /** A second place is wanted from now on. */
  List<Step> want(Goal wanted, boolean alternative, long now) {
    List<Step> out = new ArrayList<>();
    if (wanted.compareTo(goal) > 0) {
      goal = wanted;
    }
    if (phase == Phase.OFF && goal != Goal.NONE) {
      phase = Phase.WAITING;
      dueNanos = now;
      tryIfDue(alternative, now, out);
    } else if (phase == Phase.WARM && goal == Goal.HAND_OVER) {
      prime(now, out);
    }
    return out;
  }

  /** None is wanted any more; {@link #want} begins anew. */
  List<Step> drop() {
    List<Step> out = new ArrayList<>();
    if (phase == Phase.HOLDING) {
      out.add(Step.RELEASE);
    }
    if (phase != Phase.OFF) {
      out.add(Step.ABANDON);
    }
    phase = Phase.OFF;
    goal = Goal.NONE;
    streamOpening = false;
    return out;
  }

  /** What the owner made of {@link Step#CONNECT}. */
  void onTrying(boolean attach) {
    attaching = attach;
  }

  /** Its stream was opened and has to come up in time. */
  void onStreamOpening(long now) {
    if (phase == Phase.TRYING) {
      streamOpening = true;
      dueNanos = now + attachTimeoutNanos;
    }
  }

  /** Its stream is up. */
  List<Step> onLive(long now) {
    List<Step> out = new ArrayList<>();
    if (phase == Phase.TRYING) {
      streamOpening = false;
      phase = Phase.WARM;
      backoff.succeeded(now);
      if (goal == Goal.HAND_OVER) {
        prime(now, out);
      }
    }
    return out;
  }

  /** Its try failed, or its stream is over. */
  List<Step> onFailed(Failure failure, boolean alternative, long now) {
    List<Step> out = new ArrayList<>();
    if (phase == Phase.OFF || phase == Phase.WAITING) {
      return out;
    }
    if (phase == Phase.HOLDING) {
      out.add(Step.RELEASE);
    }
    out.add(Step.ABANDON);
    streamOpening = false;
    CloseReason reason = failure.fault().reason().orElse(null);
    boolean elsewhere = reason != null && reason.remedy() == CloseReason.Remedy.ELSEWHERE;
    // As is to be expected of a bridge that started anew: it joins.
    boolean gone = attaching && phase == Phase.TRYING && reason == CloseReason.NO_SESSION;
    long delay = gone || (elsewhere && alternative) ? 0 : backoff.failed(now);
    phase = Phase.WAITING;
    attaching = false;
    dueNanos = now + Math.max(delay, failure.pushbackNanos());
    // No bridge said why: it may be away.
    bridgeMissing = reason == null && failure.pushbackNanos() == 0;
    tryIfDue(alternative, now, out);
    return out;
  }

  /**
   * Some bridge came or went.
   *
   * @param returned whether one was away and is back: as with {@link ConnectionMachine}, who waited
   *     for that alone waits no more than the jitter
   */
  List<Step> onBridges(boolean alternative, boolean returned, long jitterNanos, long now) {
    List<Step> out = new ArrayList<>();
    if (phase == Phase.WAITING && returned && bridgeMissing) {
      dueNanos = Math.min(dueNanos, now + jitterNanos);
    }
    tryIfDue(alternative, now, out);
    return out;
  }

  /**
   * How things stand while the session moves; also the time told by {@link #nanosToWake} has come.
   *
   * @param heard whether the room hears the second place, on each track that was primed
   * @param matched whether the room's audio of both bridges can be put together by its content, or
   *     there is none
   * @param idle whether the first bridge has dealt with all it was sent
   * @param alternative whether another bridge than the first place's answers
   */
  List<Step> look(boolean heard, boolean matched, boolean idle, boolean alternative, long now) {
    List<Step> out = new ArrayList<>();
    if (phase == Phase.TRYING && streamOpening && now - dueNanos >= 0) {
      String detail = "the bridge did not answer the first chunk of a stream in time";
      return onFailed(
          Failure.transport(Fault.of(FaultCause.UNREACHABLE, detail)), alternative, now);
    }
    tryIfDue(alternative, now, out);
    if (moving() && now - lookNanos > STILL_NANOS) {
      // This process stood still: what the bridges said meanwhile is read first.
      dueNanos = Math.max(dueNanos, now + MATCH_NANOS);
    }
    if (phase == Phase.PRIMING) {
      boolean enough = heard || now - dueNanos >= 0;
      if (enough && !matched && dueNanos - now > MATCH_NANOS) {
        dueNanos = now + MATCH_NANOS;
      }
      if (enough && (matched || now - dueNanos >= 0)) {
        phase = Phase.HOLDING;
        dueNanos = now + HOLD_NANOS;
        lookNanos = now;
        out.add(Step.HOLD);
      }
    }
    if (phase == Phase.HOLDING) {
      if (idle || now - dueNanos >= 0) {
        move(out);
      } else if (now - lookNanos >= 0) {
        out.add(Step.ASK);
      }
    }
    if (now - lookNanos >= 0) {
      lookNanos = now + LOOK_NANOS;
    }
    return out;
  }

  /** The first place is lost. Answers with a move where there is something to move to. */
  List<Step> onFirstLost() {
    List<Step> out = new ArrayList<>();
    if (up()) {
      move(out);
    }
    return out;
  }

  /** Time until {@link #look}; -1 if nothing is to come by itself. */
  long nanosToWake(boolean alternative, long now) {
    return switch (phase) {
      case OFF, WARM -> -1;
      case WAITING -> alternative ? Math.max(0, dueNanos - now) : -1;
      case TRYING -> streamOpening ? Math.max(0, dueNanos - now) : -1;
      case PRIMING, HOLDING -> Math.max(0, Math.min(lookNanos, dueNanos) - now);
    };
  }

  private void prime(long now, List<Step> out) {
    phase = Phase.PRIMING;
    dueNanos = now + HEARD_NANOS;
    lookNanos = now + LOOK_NANOS;
    out.add(Step.PRIME);
  }

  private void move(List<Step> out) {
    phase = Phase.OFF;
    goal = Goal.NONE;
    out.add(Step.MOVE);
  }

  private void tryIfDue(boolean alternative, long now, List<Step> out) {
    if (phase == Phase.WAITING && alternative && now - dueNanos >= 0) {
      phase = Phase.TRYING;
      streamOpening = false;
      out.add(Step.CONNECT);
    }
  }
}
