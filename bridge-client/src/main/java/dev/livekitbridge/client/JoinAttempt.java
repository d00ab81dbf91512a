package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.SynchronizationContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One join: mint a token, wait for a place at the gate, ask the bridge. Confined to the session's
 * executor. The place at the gate is kept until {@link #leaveGate}.
 */
final class JoinAttempt {
  /** Hears the outcome, once, on the session's executor; not after a cancel. */
  interface Owner {
    /** The bridge joined the room. */
    void onJoined(JoinAttempt join, JoinRoomResponse response);

    /** It did not come to that. */
    void onJoinFailed(JoinAttempt join, Failure failure);
  }

  private final ClientShared shared;
  private final SessionRequest request;
  private final Place place;
  private final Bridge bridge;
  private final String instance;
  private final long attempt;
  private final long number;
  private final SynchronizationContext sync;
  private final Trace trace;
  private final Owner owner;
  private BridgeConnection.@Nullable User user;
  private @Nullable BridgeConnection connection;
  private Transport.@Nullable Call call;
  private Gate.@Nullable Ticket ticket;
  private String token = "";
  private boolean over;
  private boolean unanswered;

  JoinAttempt(
      ClientShared shared,
      SessionRequest request,
      Place place,
      Bridge bridge,
      String instance,
      long attempt,
      long number,
      SynchronizationContext sync,
      Trace partOf,
      Owner owner) {
    this.shared = shared;
    this.request = request;
    this.place = place;
    this.bridge = bridge;
    this.instance = instance;
    this.attempt = attempt;
    this.number = number;
    this.sync = sync;
    this.trace = partOf.call("bridge.join").set("bridge.target", bridge.target());
    this.owner = owner;
  }

  /** The connection that the join is on; null before it is asked for. */
  @Nullable BridgeConnection connection() {
    return connection;
  }

  /** Of the join in the session's life. */
  long number() {
    return number;
  }

  void start(BridgeConnection.User onConnection) {
    sync.throwIfNotInThisSynchronizationContext();
    user = onConnection;
    TokenSupplier supplier = request.tokens;
    if (supplier == null) {
      waitForPlace();
      return;
    }
    TokenRequest wanted =
        new TokenRequest(request.userId, request.room, place.identity(), bridge.target(), number);
    call =
        shared.mint.mint(
            supplier,
            wanted,
            new TokenMint.Result() {
              @Override
              public void onToken(String minted) {
                sync.execute(
                    () -> {
                      token = minted;
                      trace.event("token");
                      waitForPlace();
                    });
              }

              @Override
              public void onFault(Fault fault) {
                sync.execute(() -> fail(Failure.of(fault)));
              }
            });
  }

  /** Whether the bridge may have heard the question, and gave no answer. */
  boolean unanswered() {
    return unanswered;
  }

  /** Gives it up: the bridge undoes a join whose call is cancelled. */
  void cancel() {
    sync.throwIfNotInThisSynchronizationContext();
    if (!over) {
      over = true;
      trace.fail(SessionTrace.GIVEN_UP);
      noteUnanswered();
      Transport.Call c = call;
      if (c != null) {
        c.cancel();
      }
      leaveConnection();
    }
    leaveGate();
  }

  /** Makes room for the next join. */
  void leaveGate() {
    Gate.Ticket held = ticket;
    if (held != null) {
      held.leave();
    }
  }

  private void waitForPlace() {
    if (!over) {
      ticket = shared.joinGate.enter(() -> sync.execute(this::ask));
    }
  }

  private void ask() {
    if (over) {
      leaveGate();
      return;
    }
    BridgeConnection on = bridge.connection();
    connection = on;
    if (user != null) {
      on.use(user);
    }
    on.answerDue(shared.time.nanoTime());
    trace.event("asked");
    trace.run(() -> ask(on));
  }

  private void ask(BridgeConnection on) {
    call =
        on.transport()
            .join(
                Requests.join(request, place.ignored(), token, instance, attempt),
                shared.reconnect.joinTimeout().toNanos(),
                new Transport.Reply<JoinRoomResponse>() {
                  @Override
                  public void onAnswer(JoinRoomResponse response) {
                    on.answered(shared.time.nanoTime());
                    sync.execute(() -> answered(response));
                  }

                  @Override
                  public void onFailure(Failure failure) {
                    sync.execute(() -> fail(cleaned(failure)));
                  }
                });
  }

  private void answered(JoinRoomResponse response) {
    if (over) {
      return;
    }
    if (!response.getSuccess()) {
      fail(Failure.of(refusal(response)));
      return;
    }
    over = true;
    trace.set("bridge.resumed", response.getResumed()).end();
    leaveConnection();
    owner.onJoined(this, response);
  }

  private Fault refusal(JoinRoomResponse response) {
    Optional<CloseReason> reason = CloseReason.parse(response.getMetadataOrDefault("reason", ""));
    FaultCause cause =
        reason.isPresent() && reason.get() == CloseReason.DRAINING
            ? FaultCause.DRAINING
            : FaultCause.JOIN_REFUSED;
    return new Fault(
        cause,
        reason,
        "the bridge refused the join: "
            + Redact.text(response.getError(), token, request.resumeKey));
  }

  private Failure cleaned(Failure failure) {
    Fault fault = failure.fault();
    return new Failure(
        new Fault(
            fault.cause(), fault.reason(), Redact.text(fault.detail(), token, request.resumeKey)),
        failure.transport(),
        failure.clean(),
        failure.pushbackNanos());
  }

  private void fail(Failure failure) {
    if (over) {
      return;
    }
    over = true;
    trace.fail(failure.fault().word());
    if (failure.transport()) {
      noteUnanswered();
    }
    leaveConnection();
    leaveGate();
    BridgeConnection on = connection;
    if (failure.transport() && on != null) {
      bridge.transportFailed(on);
    }
    owner.onJoinFailed(this, failure);
  }

  /** A bridge that is only frozen or behind a cut may do later what it was asked. */
  private void noteUnanswered() {
    BridgeConnection on = connection;
    unanswered = on != null && on.transport().wasUp();
  }

  private void leaveConnection() {
    BridgeConnection on = connection;
    if (on != null && user != null) {
      on.release(user);
    }
  }
}
