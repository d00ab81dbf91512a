package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import io.grpc.SynchronizationContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of an {@link Attachment} into a room: what is to be asked or ended at the bridge before,
 * and then the join. One at a time; what was abandoned is heard of no more. Confined to the
 * session's executor.
 */
final class Joining {
  // A frozen bridge goes on where it stood still, before it reads that the call was given up.
  private static final long LATE_JOIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ClientShared shared;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final HeldSessions held;
  private final String instance;
  private final Attachment of;
  private @Nullable JoinAttempt attempt;
  private Transport.@Nullable Call question;
  private int currentTry;
  private boolean maybeReplaced;
  private boolean abandonedOne;
  private long abandonedNanos;

  Joining(
      ClientShared shared,
      SessionRequest request,
      SynchronizationContext sync,
      HeldSessions held,
      String instance,
      Attachment of) {
    this.shared = shared;
    this.request = request;
    this.sync = sync;
    this.held = held;
    this.instance = instance;
    this.of = of;
  }

  /** Whether the next join is to ask first if somebody else took the user's place. */
  void maybeReplaced(boolean maybe) {
    maybeReplaced = maybe;
  }

  /** Joins, when what has to come before is done. */
  void begin(Bridge at, long number) {
    if (!maybeReplaced) {
      join(at, number);
      return;
    }
    maybeReplaced = false;
    int thisTry = currentTry;
    question =
        ReplacedQuestion.ask(
            at.connection(),
            request.userId,
            replaced -> sync.execute(() -> onReplaced(thisTry, replaced, at, number)));
  }

  /** Ends the session that a join was answered with, and joins anew. */
  void insteadOf(String stale, Bridge at, long number) {
    leaveGate();
    attempt = null;
    endThenJoin(at, stale, number);
  }

  boolean is(JoinAttempt which) {
    return which == attempt;
  }

  /** Whether a join is under way over this connection. */
  boolean isOver(BridgeConnection connection) {
    return attempt != null && attempt.connection() == connection;
  }

  /** The stream that follows the join is up. */
  void done() {
    attempt = null;
  }

  void leaveGate() {
    if (attempt != null) {
      attempt.leaveGate();
    }
  }

  /** Another try begins: what was asked in an earlier one does not matter any more. */
  void forgetAnswers() {
    currentTry++;
  }

  void abandon() {
    forgetAnswers();
    JoinAttempt joining = attempt;
    attempt = null;
    if (joining != null) {
      joining.cancel();
      if (joining.unanswered()) {
        abandonedNanos = shared.time.nanoTime();
        abandonedOne = true;
      }
    }
    Transport.Call asking = question;
    question = null;
    if (asking != null) {
      asking.cancel();
    }
  }

  /** Whether a join that was given up may still come into the room, late and at another bridge. */
  boolean mayJoinLate() {
    return abandonedOne && shared.time.nanoTime() - abandonedNanos < LATE_JOIN_NANOS;
  }

  /** Joins; a session of ours that the bridge may still keep is ended first. */
  private void join(Bridge at, long number) {
    String old = held.staleFor(of, at);
    if (old == null) {
      joinNow(at, number);
    } else {
      endThenJoin(at, old, number);
    }
  }

  private void endThenJoin(Bridge at, String stale, long number) {
    int thisTry = currentTry;
    question =
        Leaving.ask(
            at.connection(),
            request.userId,
            stale,
            failure -> sync.execute(() -> onStaleGone(thisTry, failure, at, number)));
  }

  private void onStaleGone(int thisTry, @Nullable Failure failure, Bridge at, long number) {
    if (thisTry != currentTry) {
      return;
    }
    question = null;
    if (failure == null) {
      held.gone(at);
      joinNow(at, number);
    } else {
      of.failed(failure);
    }
  }

  private void onReplaced(int thisTry, boolean replaced, Bridge at, long number) {
    if (thisTry != currentTry) {
      return;
    }
    question = null;
    if (replaced) {
      String detail = "the stream ended, and the bridge says that the user is connected";
      of.failed(Failure.of(Fault.of(FaultCause.STREAM_ENDED, CloseReason.REPLACED, detail)));
    } else {
      join(at, number);
    }
  }

  private void joinNow(Bridge at, long number) {
    JoinAttempt started =
        new JoinAttempt(
            shared,
            request,
            of.place(),
            at,
            instance,
            of.nextAttempt(),
            number,
            sync,
            of.trace(),
            of);
    attempt = started;
    started.start(of);
  }
}
