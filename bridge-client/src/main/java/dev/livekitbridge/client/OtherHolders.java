package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other processes have of the user, at any of the bridges. Asked at two moments: before the
 * first join, so that what an earlier process left at another bridge than the user's first choice
 * is found; and when somebody put the session out soon after it was opened. That may be a join of
 * the earlier process, which died, told late by a slow room or a healed network: nobody opens a
 * stream after it, and the session comes back. Confined to the session's executor.
 */
final class OtherHolders {
  /** What a try is to do, on the session's executor. */
  interface Try {
    /** Goes on, at this bridge. */
    void go(Bridge at);

    /** Nobody knows yet: fails, and is made again later. */
    void later();

    /** Another process has the user: the session is over. */
    void stop(CloseReason reason);
  }

  /** So long after it was opened a session may be put out by a process that is dead. */
  static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Who lives opens a stream within that; the bridge waits a little less before it lets us in. */
  static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);

  /** Who lives has found a bridge by then, however long the bridges were away. */
  static final long DOUBT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long FIND_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TimeSource time;
  private final Bridges bridges;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final boolean several;
  private boolean find;
  private long openedNanos;
  // Why the session was put out, and where it was; until it is up again.
  private @Nullable CloseReason putOut;
  private @Nullable Bridge putOutOf;
  private long putOutNanos;
  private @Nullable Question question;

  OtherHolders(
      TimeSource time, Bridges bridges, SessionRequest request, SynchronizationContext sync) {
    this.time = time;
    this.bridges = bridges;
    this.request = request;
    this.sync = sync;
    this.several = bridges.mayBeSeveral();
    this.find = several;
  }

  void opened() {
    openedNanos = time.nanoTime();
  }

  /** The session is up: who puts it out from now on is heard anew. */
  void live() {
    putOut = null;
    putOutOf = null;
    find = false;
  }

  /** Whether the one that put the session out may be dead; each try asks first, until it is up. */
  boolean mayBeDead(@Nullable CloseReason reason, @Nullable Bridge at) {
    boolean out =
        reason == CloseReason.SUPERSEDED
            || (reason == CloseReason.DUPLICATE_IDENTITY && several && request.tokens != null);
    long now = time.nanoTime();
    if (!out || putOut != null || request.resumeKey.isEmpty() || now - openedNanos >= LATE_NANOS) {
      return false;
    }
    putOut = reason;
    putOutOf = at;
    putOutNanos = now;
    return true;
  }

  /** Goes on at once where there is nothing to ask, else when the bridges have answered. */
  void beforeTry(Bridge chosen, Try then) {
    CloseReason why = putOut;
    if (why != null) {
      question = new Question(chosen, asked -> decide(asked, why, then));
      question.ask(LOOK_NANOS);
    } else if (find && !request.resumeKey.isEmpty()) {
      find = false;
      question =
          new Question(
              chosen, asked -> then.go(asked.connectedAt == null ? chosen : asked.connectedAt));
      question.ask(FIND_NANOS);
    } else {
      then.go(chosen);
    }
  }

  private void decide(Question asked, CloseReason why, Try then) {
    Bridge free = asked.answers.containsKey(asked.chosen) ? asked.chosen : null;
    boolean known = asked.answers.size() == bridges.all().size();
    if (why == CloseReason.SUPERSEDED) {
      // It has to be the session of before, which the dead one had: a bridge that is new knows
      // nothing of who lives.
      BridgeStatusResponse there = putOutOf == null ? null : asked.answers.get(putOutOf);
      known = there != null && there.getConnected();
      free = putOutOf;
    }
    boolean overdue = time.nanoTime() - putOutNanos >= DOUBT_NANOS;
    if (asked.attached) {
      then.stop(why);
    } else if (known && free != null) {
      then.go(free);
    } else if (overdue) {
      then.go(asked.chosen);
    } else {
      then.later();
    }
  }

  /** What was asked does not matter any more. */
  void abandon() {
    Question asked = question;
    question = null;
    if (asked != null) {
      asked.cancel();
    }
  }

  /** One question to all bridges that may answer. */
  private final class Question {
    private final Bridge chosen;
    private final Consumer<Question> then;
    private final List<Transport.Call> calls = new ArrayList<>();
    private final Map<Bridge, BridgeStatusResponse> answers = new HashMap<>();
    private int open = 1;
    private boolean attached;
    private @Nullable Bridge connectedAt;
    private BridgeStatusResponse connected = BridgeStatusResponse.getDefaultInstance();

    Question(Bridge chosen, Consumer<Question> then) {
      this.chosen = chosen;
      this.then = then;
    }

    void ask(long deadlineNanos) {
      BridgeStatusRequest about =
          BridgeStatusRequest.newBuilder().setUserId(request.userId).setDetails(true).build();
      for (Bridge bridge : bridges.all()) {
        if (bridge.usable() && !bridge.draining()) {
          open++;
          BridgeConnection on = bridge.connection();
          boolean patient = deadlineNanos >= LOOK_NANOS;
          Answer answer = new Answer(bridge, patient ? on : null);
          calls.add(on.transport().status(about, deadlineNanos, answer));
        }
      }
      answered();
    }

    void cancel() {
      calls.forEach(Transport.Call::cancel);
    }

    private void answered(Bridge bridge, BridgeStatusResponse status) {
      answers.put(bridge, status);
      attached |= status.getAttached();
      if (status.getConnected() && (connectedAt == null || isAheadOf(status, bridge))) {
        connectedAt = bridge;
        connected = status;
      }
      answered();
    }

    private void answered() {
      open--;
      if (open == 0 && question == this) {
        question = null;
        then.accept(this);
      }
    }

    /**
     * Where the first place of the earlier process was: it spoke there, and what it had heard was
     * acknowledged at once; its standby kept all of the last seconds.
     */
    private boolean isAheadOf(BridgeStatusResponse status, Bridge bridge) {
      boolean speaks = status.getWaitingForRoom() > 0;
      if (speaks != connected.getWaitingForRoom() > 0) {
        return speaks;
      }
      long kept = status.getKeptForClient();
      return kept == connected.getKeptForClient()
          ? bridge == chosen
          : kept < connected.getKeptForClient();
    }

    /** What a bridge says, if it does. */
    private final class Answer implements Transport.Reply<BridgeStatusResponse> {
      private final Bridge bridge;
      private final @Nullable BridgeConnection on;

      /** {@code on}: which connection is doubted where no answer comes; null for none. */
      Answer(Bridge bridge, @Nullable BridgeConnection on) {
        this.bridge = bridge;
        this.on = on;
      }

      @Override
      public void onAnswer(BridgeStatusResponse status) {
        sync.execute(() -> answered(bridge, status));
      }

      @Override
      public void onFailure(Failure failure) {
        // No stream of ours watches over the connection now, and it may be long dead.
        if (on != null && failure.transport()) {
          bridge.transportFailed(on);
        }
        sync.execute(Question.this::answered);
      }
    }
  }
}
