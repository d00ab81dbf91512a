package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session's second place: does what its {@link SiblingMachine} decides. Confined to the session's
 * executor.
 */
final class Sibling implements Attachment.Owner {
  /** The first place, as the second one sees it. */
  interface First {
    /** A number for a join or attach, higher than any before. */
    long nextTry();

    long nextAttempt();

    /** Where the session is. */
    Attachment attachment();

    /** The session is at the second place from now on. */
    void move(Attachment next, WarmLane warm, @Nullable Fault fault);

    /** Tells the caller and the log. */
    void tell(SessionEvent event);
  }

  private static final long OURS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ClientShared shared;
  private final Bridges bridges;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final First first;
  private final SiblingMachine machine;

  private @Nullable Attachment attachment;
  private @Nullable WarmLane lane;
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private @Nullable Fault firstFault;
  private long joinedNanos;
  private boolean joinedEver;
  private boolean forbidden;
  private boolean suspected;
  // Where the session moves for the spread alone, and from where; null if it does not.
  private @Nullable Bridge better;
  private @Nullable Bridge crowded;
  private boolean readyTold;
  private String toldDetail = "";

  Sibling(
      ClientShared shared,
      Bridges bridges,
      SessionRequest request,
      SynchronizationContext sync,
      FrameSender sender,
      FrameReceiver receiver,
      First first) {
    this.shared = shared;
    this.bridges = bridges;
    this.request = request;
    this.sync = sync;
    this.sender = sender;
    this.receiver = receiver;
    this.first = first;
    this.machine =
        new SiblingMachine(shared.newBackoff(), shared.reconnect.attachTimeout().toNanos());
  }

  /** Target of the bridge that is ready to go on; empty if none is. */
  String ready() {
    Bridge at = attachment == null ? null : attachment.bridge();
    return machine.up() && at != null ? at.target() : "";
  }

  /** The first place is up: a standby is wanted, where the request asked for one. */
  void firstUp() {
    if (!request.standby) {
      // A hand-over may go on through a break of the first place.
      receiver.remember(machine.goal() != SiblingMachine.Goal.NONE);
      return;
    }
    String cannot = cannot();
    if (cannot != null) {
      unavailable(cannot);
      return;
    }
    receiver.remember(true);
    apply(machine.want(SiblingMachine.Goal.STANDBY, alternative(), now()));
  }

  /** The first place's bridge closes. Returns false if there is nowhere to go without a break. */
  boolean handOver() {
    if (cannot() != null || !alternative()) {
      return false;
    }
    spread(null, null);
    beginHandOver();
    return true;
  }

  private void spread(@Nullable Bridge from, @Nullable Bridge to) {
    if (crowded != null) {
      crowded.leaving(-1);
    }
    if (from != null) {
      from.leaving(1);
    }
    crowded = from;
    better = to;
  }

  private void beginHandOver() {
    receiver.remember(true);
    apply(machine.want(SiblingMachine.Goal.HAND_OVER, alternative(), now()));
  }

  /** The session should be at that bridge, though the first place is well; false if it stays. */
  boolean rebalance(Bridge to) {
    boolean free = !request.standby && machine.goal() == SiblingMachine.Goal.NONE;
    if (!free || cannot() != null) {
      return false;
    }
    spread(first.attachment().bridge(), to);
    beginHandOver();
    return true;
  }

  /**
   * The first place failed.
   *
   * @return whether the session has moved and the failure is none to it
   */
  boolean onFirstFailed(Failure failure) {
    CloseReason reason = failure.fault().reason().orElse(null);
    boolean late = reason == CloseReason.DUPLICATE_IDENTITY && first.attachment().mayJoinLate();
    boolean byUs = displaced(reason);
    // While the second place waits for an answer somebody else may have been quicker, once.
    boolean sure = !machine.trying() || suspected || request.resumeKey.isEmpty();
    suspected |= byUs;
    if (byUs && !late && sure) {
      forbid(
          reason == CloseReason.DUPLICATE_IDENTITY
              ? "the second place took the first one's identity (the token supplier has to write"
                  + " TokenRequest.identity() into the token)"
              : "two of the client's targets are the same bridge");
    }
    boolean stop = reason != null && reason.remedy() == CloseReason.Remedy.STOP && !byUs && !late;
    if (stop || !machine.up()) {
      apply(machine.drop());
      return false;
    }
    firstFault = failure.fault();
    apply(machine.onFirstLost());
    return true;
  }

  /** Whether the first place was thrown out by our own second one, just now. */
  boolean displaced(@Nullable CloseReason reason) {
    boolean displacing =
        reason == CloseReason.DUPLICATE_IDENTITY
            || reason == CloseReason.SUPERSEDED
            || reason == CloseReason.REPLACED;
    if (!displacing || machine.trying() || !machine.up()) {
      return displacing && machine.trying();
    }
    Attachment second = attachment;
    String whose = first.attachment().participantId();
    if (second != null && !whose.isEmpty()) {
      if (reason == CloseReason.DUPLICATE_IDENTITY) {
        return whose.equals(second.participantId());
      }
      if (!request.resumeKey.isEmpty()) {
        return whose.equals(second.tookOver());
      }
    }
    return joinedEver && now() - joinedNanos < OURS_NANOS;
  }

  /** Some bridge came or went; one may be back that was away. */
  void onBridges(boolean returned, long jitterNanos) {
    apply(machine.onBridges(alternative(), returned, jitterNanos, now()));
  }

  /** The first place's bridge has dealt with more. */
  void onFirstTraffic() {
    if (machine.moving()) {
      look();
    }
  }

  /** The session is over, or on its own for now. */
  void drop() {
    spread(null, null);
    apply(machine.drop());
    receiver.remember(false);
  }

  @Override
  public Trace trace() {
    return shared.traces.root();
  }

  @Override
  public long nextAttempt() {
    return first.nextAttempt();
  }

  @Override
  public void onStreamOpening() {
    machine.onStreamOpening(now());
    rearm();
  }

  @Override
  public void onJoined(JoinRoomResponse response) {
    joinedEver = true;
    joinedNanos = now();
    WarmLane warm = lane;
    if (warm != null && !warm.ours()) {
      forbid("the other bridge cannot be a second place: it numbers no frames");
    } else if (!response.getParticipantId().isEmpty()
        && response.getParticipantId().equals(first.attachment().participantId())) {
      forbid(
          "the second place has the first one's identity (the token supplier has to write"
              + " TokenRequest.identity() into the token)");
    }
  }

  @Override
  public void onLive(StreamAttempt stream) {
    apply(machine.onLive(now()));
    Attachment at = attachment;
    if (request.standby && machine.up() && at != null && at.bridge() != null) {
      readyTold = true;
      toldDetail = "";
      first.tell(new SessionEvent.StandbyChanged(true, ready(), "ready"));
    }
  }

  @Override
  public void onFailed(Failure failure) {
    Attachment at = attachment;
    String secret = at == null ? "" : at.sessionId();
    String detail = Redact.text(failure.fault().detail(), secret, request.resumeKey);
    CloseReason reason = failure.fault().reason().orElse(null);
    if (at != null && (reason == CloseReason.NO_SESSION || reason == CloseReason.SUPERSEDED)) {
      // Whoever took it over from the second place alone may be dead; a join shows.
      at.forget();
    }
    if (better != null) {
      // It need not be: the session stays where it is.
      drop();
      return;
    }
    apply(machine.onFailed(failure, alternative(), now()));
    if (request.standby) {
      unavailable(detail);
    }
  }

  @Override
  public void onTraffic(StreamAttempt stream) {
    if (machine.moving()) {
      look();
    }
  }

  @Override
  public void onDraining(Bridge bridge, Duration remaining) {
    bridge.announcedDrain();
    String detail = "the bridge closes in " + remaining.toMillis() + " ms";
    Attachment at = attachment;
    if (at != null) {
      at.abandon();
      at.leave(() -> {});
      at.forget();
    }
    onFailed(Failure.of(Fault.of(FaultCause.DRAINING, CloseReason.DRAINING, detail)));
  }

  private void look() {
    WarmLane warm = lane;
    boolean heard = warm != null && warm.heard();
    boolean matched =
        warm != null
            && machine.moving()
            && receiver.match(warm, now()) != SessionEvent.Join.BY_TIME;
    apply(machine.look(heard, matched, sender.idle(), alternative(), now()));
  }

  private void apply(List<SiblingMachine.Step> steps) {
    for (SiblingMachine.Step step : steps) {
      switch (step) {
        case CONNECT -> connect();
        case ABANDON -> abandon();
        case PRIME -> prime();
        case HOLD -> sender.hold(true);
        case RELEASE -> sender.hold(false);
        case ASK -> ask();
        case MOVE -> move();
      }
    }
    rearm();
  }

  private void connect() {
    Bridge next =
        better != null ? better : bridges.second(request.userId, first.attachment().bridge());
    if (next == null) {
      return;
    }
    Attachment at = attachment;
    if (at == null) {
      WarmLane warm = new WarmLane(shared.time, shared.heartbeat.interval().toNanos(), this::look);
      lane = warm;
      Place place = first.attachment().place().other(request);
      at = first.attachment().beside(place, warm, this);
      attachment = at;
    }
    boolean attach = at.connect(next, false, first.nextTry());
    machine.onTrying(attach);
    shared.metrics.tried(attach);
  }

  private void abandon() {
    Attachment at = attachment;
    if (at != null) {
      at.abandon();
      if (machine.goal() == SiblingMachine.Goal.NONE) {
        attachment = null;
        lane = null;
        at.leave(() -> {});
        at.vacate();
      }
    }
  }

  private void prime() {
    StreamAttempt stream = stream();
    WarmLane warm = lane;
    if (stream != null && warm != null) {
      warm.prime(stream, sender.tracksInUse(), shared.time.epochMillis(), now());
    }
  }

  private void ask() {
    StreamAttempt old = first.attachment().liveStream();
    if (old != null) {
      first.attachment().ask(old);
    }
  }

  private void move() {
    Attachment next = attachment;
    WarmLane warm = lane;
    Fault fault = firstFault;
    attachment = null;
    lane = null;
    firstFault = null;
    spread(null, null);
    if (next != null && warm != null) {
      first.move(next, warm, fault);
    }
  }

  private void onTimer() {
    timer = null;
    StreamAttempt stream = stream();
    WarmLane warm = lane;
    if (stream != null && warm != null && !warm.beat(stream, now())) {
      String detail = "the bridge answers no heartbeat on this stream";
      onFailed(Failure.of(Fault.of(FaultCause.SILENCE, detail)));
      return;
    }
    look();
  }

  private void rearm() {
    SynchronizationContext.ScheduledHandle old = timer;
    timer = null;
    if (old != null) {
      old.cancel();
    }
    long wait = machine.nanosToWake(alternative(), now());
    WarmLane warm = lane;
    if (stream() != null && warm != null) {
      long beat = warm.nanosToBeat(now());
      wait = wait < 0 ? beat : Math.min(wait, beat);
    }
    if (wait >= 0) {
      timer = sync.schedule(this::onTimer, wait, TimeUnit.NANOSECONDS, shared.scheduler);
    }
  }

  private @Nullable StreamAttempt stream() {
    Attachment at = attachment;
    return at == null ? null : at.liveStream();
  }

  private boolean alternative() {
    return bridges.second(request.userId, first.attachment().bridge()) != null;
  }

  /** Why there can be no second place, ever; null if there can. */
  private @Nullable String cannot() {
    if (forbidden) {
      return toldDetail;
    }
    if (!bridges.mayBeSeveral()) {
      return "the client has one bridge (expected: two or more, on different hosts)";
    }
    if (request.tokens == null) {
      return "the request has no token supplier (expected: one that writes TokenRequest.identity()"
          + " into the token; two bridges in a room need two identities)";
    }
    return null;
  }

  private void forbid(String why) {
    forbidden = true;
    toldDetail = "";
    unavailable(why);
    if (!machine.up()) {
      apply(machine.drop());
    }
  }

  private void unavailable(String detail) {
    // Once, not for every try that fails.
    if (readyTold || toldDetail.isEmpty()) {
      readyTold = false;
      toldDetail = detail;
      if (request.standby) {
        first.tell(new SessionEvent.StandbyChanged(false, "", detail));
      }
    }
  }

  private long now() {
    return shared.time.nanoTime();
  }
}
