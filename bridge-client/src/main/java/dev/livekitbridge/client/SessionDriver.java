package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the {@link ConnectionMachine} of a session decides: tries, timers, the end. All of it
 * runs on the session's executor, but for what says otherwise.
 */
final class SessionDriver implements Attachment.Owner, Sibling.First {
  private static final long JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final String BY_CALLER = "closed by the caller";

  private final ClientShared shared;
  private final Bridges bridges;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final @Nullable Fallback fallback;
  private final Playbacks playbacks;
  private final SessionVoice voice;
  private final SessionBooks books;
  private final SessionTrace trace;
  private final StreamTraffic traffic;
  private final AudioLane lane;
  private final Sibling sibling;
  private final OtherHolders others;
  private final ConnectionMachine machine;
  private final Consumer<CloseReason> onEnd;

  private Attachment attachment;
  private volatile ConnectionState state = ConnectionState.IDLE;

  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private SynchronizationContext.@Nullable ScheduledHandle closeTimer;
  private long timerNanos;
  private int returnsSeen;
  private boolean closing;
  private boolean leaving;
  private boolean everLive;

  SessionDriver(
      ClientShared shared,
      Bridges bridges,
      SessionRequest request,
      SynchronizationContext sync,
      FrameSender sender,
      FrameReceiver receiver,
      @Nullable Fallback fallback,
      Playbacks playbacks,
      SessionVoice voice,
      SessionTrace trace,
      Consumer<CloseReason> onEnd) {
    this.shared = shared;
    this.bridges = bridges;
    this.request = request;
    this.sync = sync;
    this.sender = sender;
    this.receiver = receiver;
    this.fallback = fallback;
    this.playbacks = playbacks;
    this.voice = voice;
    this.trace = trace;
    this.onEnd = onEnd;
    this.books = new SessionBooks(shared, request.userId, sender, receiver, fallback, voice);
    this.traffic =
        new StreamTraffic(
            shared.time, sender, receiver, books, shared.heartbeat.interval().toNanos());
    this.lane = new AudioLane(sender, receiver, traffic, books, bridges.mayBeSeveral());
    boolean mayMove = request.tokens != null && bridges.mayBeSeveral();
    Place place = Place.first(request, mayMove);
    this.attachment = new Attachment(shared, request, sync, place, lane, this);
    this.sibling = new Sibling(shared, bridges, request, sync, sender, receiver, this);
    this.others = new OtherHolders(shared.time, bridges, request, sync);
    this.machine = new ConnectionMachine(shared.newBackoff(), shared.reconnect);
  }

  void open() {
    voice.opened();
    if (!bridges.anyUsable()) {
      bridges.kick();
    }
    others.opened();
    apply(machine.open(bridges.anyUsable(), shared.time.nanoTime()));
  }

  /** Any thread. */
  ConnectionState state() {
    return state;
  }

  /** Any thread. */
  SessionStats snapshot() {
    return books.snapshot();
  }

  SessionStats stats() {
    sync.throwIfNotInThisSynchronizationContext();
    Bridge at = attachment.bridge();
    Fault away = at == null ? null : at.fault();
    if (away != null) {
      books.failed(away);
    }
    return books.stats(state, at == null ? "" : at.target(), sibling.ready(), machine.tries());
  }

  /** Every second. */
  void sweep() {
    sender.expire();
    playbacks.sweep();
    SessionStats unused = stats();
    books.tellDropped();
  }

  /** An acknowledgement is overdue. */
  void acknowledge() {
    long now = shared.time.nanoTime();
    receiver.collect(now);
    StreamAttempt stream = attachment.liveStream();
    if (stream != null) {
      traffic.acknowledgeIfDue(stream, now);
    }
  }

  void reconnectNow() {
    if (!closing) {
      bridges.kick();
      apply(machine.reconnectNow(shared.time.nanoTime()));
    }
  }

  /** Some bridge came or went. */
  void onBridges() {
    Bridge at = attachment.bridge();
    Fault away = at == null ? null : at.fault();
    if (away != null) {
      machine.blame(away);
    }
    long jitter = shared.schedule.jittered(Math.min(JITTER_NANOS, shared.comeBackSpreadNanos()));
    int returns = bridges.returns();
    boolean returned = returns > returnsSeen;
    returnsSeen = returns;
    apply(machine.onBridge(bridges.usableAfter(at), returned, jitter, shared.time.nanoTime()));
    sibling.onBridges(returned, jitter);
  }

  /** Begins to move, without a break, to the one of these where it should be, if there is one. */
  boolean rebalance(Set<Bridge> wanting) {
    Bridge at = attachment.bridge();
    if (at == null || closing || !machine.live()) {
      return false;
    }
    Bridge better = bridges.better(request.userId, at);
    return better != null && wanting.contains(better) && sibling.rebalance(better);
  }

  /** Plays out, then leaves; no longer than told. */
  void close(long atMostNanos) {
    if (closing || machine.closed()) {
      return;
    }
    closing = true;
    sibling.drop();
    StreamAttempt stream = attachment.liveStream();
    if (stream != null && atMostNanos > 0) {
      closeTimer =
          sync.schedule(() -> end(true), atMostNanos, TimeUnit.NANOSECONDS, shared.scheduler);
      sender.pump();
      onTraffic(stream);
    } else {
      end(true);
    }
  }

  @Override
  public long nextAttempt() {
    return machine.nextAttempt();
  }

  @Override
  public Trace trace() {
    return trace.current();
  }

  @Override
  public void onStreamOpening() {
    machine.onStreamOpening(shared.time.nanoTime());
    rearm();
  }

  @Override
  public void onJoined(JoinRoomResponse response) {
    books.granted(attachment.windowMillis());
    // What this process itself had not sent is still here.
    if (response.getResumed() && !everLive) {
      voice.tell(TakeOver.event(response));
    }
  }

  @Override
  public void onLive(StreamAttempt stream) {
    everLive = true;
    others.live();
    apply(machine.onLive(shared.time.nanoTime()));
    books.audio(stream);
    sibling.firstUp();
    playbacks.onLive(
        stream.connection().bridge(),
        attachment.sessionId(),
        attachment.kept(),
        attachment.windowMillis());
  }

  @Override
  public void onTraffic(StreamAttempt stream) {
    if (closing) {
      traffic.halfCloseIfFlushed(stream);
    } else {
      sibling.onFirstTraffic();
    }
  }

  @Override
  public void onDraining(Bridge bridge, Duration remaining) {
    if (closing) {
      return;
    }
    bridge.announcedDrain();
    voice.tell(new SessionEvent.Draining(remaining));
    if (!sibling.handOver() && bridges.otherThan(bridge)) {
      String detail = "the bridge closes in " + remaining.toMillis() + " ms";
      onFailed(Failure.of(Fault.of(FaultCause.DRAINING, CloseReason.DRAINING, detail)));
    }
  }

  @Override
  public void onFailed(Failure failure) {
    Fault fault = failure.fault();
    CloseReason said = fault.reason().orElse(null);
    boolean displaced =
        sibling.displaced(said)
            || (said == CloseReason.DUPLICATE_IDENTITY && attachment.mayJoinLate());
    if (!closing && sibling.onFirstFailed(failure)) {
      return;
    }
    boolean gone = fault.reason().orElse(null) == CloseReason.LEFT;
    if (closing) {
      // A bridge of ours has left the room when it ends the stream so; others wait to be told.
      end(!gone);
      return;
    }
    String detail = Redact.text(fault.detail(), attachment.sessionId(), request.resumeKey);
    Fault clean = new Fault(fault.cause(), fault.reason(), detail);
    boolean byTheDead = !displaced && others.mayBeDead(said, attachment.bridge());
    if (displaced || byTheDead) {
      // By our own second place, or a late join of ours, which are given up: nobody else has it.
      clean = new Fault(fault.cause(), Optional.empty(), detail);
    }
    voice.tryFailed(clean);
    books.failed(clean);
    if (byTheDead && said == CloseReason.SUPERSEDED) {
      attachment.putOut();
    } else if (byTheDead || said == CloseReason.NO_SESSION) {
      attachment.forget();
    }
    long pause = byTheDead ? OtherHolders.PAUSE_NANOS : failure.pushbackNanos();
    Failure told = new Failure(clean, failure.transport(), failure.clean(), pause);
    apply(machine.onFailed(told, bridges.otherThan(attachment.bridge()), shared.time.nanoTime()));
  }

  @Override
  public long nextTry() {
    return machine.countTry();
  }

  @Override
  public Attachment attachment() {
    return attachment;
  }

  @Override
  public void tell(SessionEvent event) {
    voice.tellLogged(event);
  }

  @Override
  public void move(Attachment next, WarmLane warm, @Nullable Fault fault) {
    long now = shared.time.nanoTime();
    Attachment old = attachment;
    StreamAttempt oldStream = old.liveStream();
    StreamAttempt stream = next.liveStream();
    Bridge from = old.bridge();
    Bridge to = next.bridge();
    if (stream == null || from == null || to == null) {
      throw new IllegalStateException("a session moves only to a place that is up");
    }
    if (oldStream != null && fault == null) {
      oldStream.sendAcknowledgement(receiver.attachAcknowledgement(now));
      Farewell.say(old, oldStream, shared, sync);
    } else {
      old.abandon();
      old.leave(() -> {});
    }
    old.vacate();
    SessionEvent.Join join = receiver.goOn(warm, fault != null, now);
    attachment = next;
    next.handTo(lane, this);
    books.granted(next.windowMillis());
    stream.forgetAudio();
    lane.goOn(stream, warm.numbered(), now);
    books.handedOver(fault == null, join);
    tell(new SessionEvent.HandedOver(from.target(), to.target(), Optional.ofNullable(fault), join));
    apply(machine.onMoved(now));
    playbacks.onLive(to, next.sessionId(), false, next.windowMillis());
    sibling.firstUp();
  }

  private void apply(List<Action> actions) {
    sync.throwIfNotInThisSynchronizationContext();
    for (Action action : actions) {
      if (action instanceof Action.Connect connect) {
        // Who leaves waits for the answer only: a join now would come back behind its back.
        if (!leaving) {
          trace.trying(connect.number());
          connect(connect);
        }
      } else if (action instanceof Action.Abandon) {
        others.abandon();
        attachment.abandon();
        playbacks.onDown();
      } else if (action instanceof Action.Changed changed) {
        state = changed.to();
        voice.changed(changed.from(), changed.to(), changed.fault());
        books.changed(changed.from(), changed.to());
        trace.changed(changed, attachment.kept());
      } else if (action instanceof Action.Recovered recovered) {
        books.recovered(recovered, attachment.kept());
      } else if (action instanceof Action.Degraded degraded) {
        voice.degraded(degraded.sinceNanos(), degraded.fault());
      } else if (action instanceof Action.Finished finished) {
        finish(finished.reason(), finished.detail());
      }
    }
    rearm();
  }

  private void connect(Action.Connect connect) {
    Bridge next = bridges.choose(request.userId, attachment.bridge(), connect.elsewhere());
    if (next == null) {
      Fault unknown = Fault.of(FaultCause.UNREACHABLE, "no bridge has been found by its name yet");
      sync.execute(() -> onFailed(Failure.transport(unknown)));
      return;
    }
    // Before the others of the same moment choose.
    attachment.reserve(next);
    others.beforeTry(next, new Try(connect.join()));
  }

  private final class Try implements OtherHolders.Try {
    private final boolean joinOnly;

    Try(boolean joinOnly) {
      this.joinOnly = joinOnly;
    }

    @Override
    public void go(Bridge at) {
      boolean attach = attachment.connect(at, joinOnly, machine.tries());
      machine.onTrying(attach);
      shared.metrics.tried(attach);
      rearm();
    }

    @Override
    public void later() {
      String detail = "some bridge does not say whether another process has the user";
      Fault fault = Fault.of(FaultCause.UNREACHABLE, detail);
      apply(machine.putOff(fault, OtherHolders.PAUSE_NANOS, shared.time.nanoTime()));
    }

    @Override
    public void stop(CloseReason reason) {
      String detail = "another process has the user, and a stream to a bridge";
      onFailed(Failure.of(Fault.of(FaultCause.STREAM_ENDED, reason, detail)));
    }
  }

  private void onTimer() {
    timer = null;
    long now = shared.time.nanoTime();
    StreamAttempt stream = attachment.liveStream();
    if (stream != null) {
      books.patience(stream, now);
      if (!traffic.beat(stream, now)) {
        String detail = "the bridge answers no heartbeat on this stream";
        onFailed(Failure.of(Fault.of(FaultCause.SILENCE, detail)));
        return;
      }
    }
    apply(machine.onWake(now));
  }

  /** One timer, for whatever is due first. */
  private void rearm() {
    long now = shared.time.nanoTime();
    long wait = machine.nanosToWake(now);
    if (attachment.liveStream() != null) {
      wait = sooner(wait, traffic.nanosToBeat(now));
      wait = sooner(wait, books.nanosToPatience(now));
    }
    SynchronizationContext.ScheduledHandle old = timer;
    if (wait >= 0 && old != null && old.isPending() && timerNanos == now + wait) {
      return;
    }
    if (old != null) {
      old.cancel();
      timer = null;
    }
    if (wait >= 0) {
      timerNanos = now + wait;
      timer = sync.schedule(this::onTimer, wait, TimeUnit.NANOSECONDS, shared.scheduler);
    }
  }

  private static long sooner(long wait, long other) {
    if (other < 0) {
      return wait;
    }
    return wait < 0 ? other : Math.min(wait, other);
  }

  /** The stream is over or out of time. */
  private void end(boolean leave) {
    if (leaving || machine.closed()) {
      return;
    }
    if (leave) {
      leaving = true;
      others.abandon();
      attachment.abandon();
      playbacks.onDown();
      attachment.leave(() -> apply(machine.close(BY_CALLER)));
    } else {
      apply(machine.close(BY_CALLER));
    }
  }

  private void finish(CloseReason reason, String detail) {
    SynchronizationContext.ScheduledHandle handle = closeTimer;
    closeTimer = null;
    if (handle != null) {
      handle.cancel();
    }
    sibling.drop();
    others.abandon();
    attachment.vacate();
    receiver.close(shared.time.nanoTime());
    sender.close();
    playbacks.end(reason);
    if (fallback != null) {
      fallback.close();
    }
    SessionStats unused = stats();
    books.tellDropped();
    books.end();
    voice.closed(reason, detail);
    onEnd.accept(reason);
  }
}
