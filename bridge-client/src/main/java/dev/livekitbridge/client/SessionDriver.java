package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the {@link ConnectionMachine} of a session decides: joins, streams, timers. All of it
 * runs on the session's executor, but for what says otherwise.
 */
final class SessionDriver implements BridgeConnection.User, StreamAttempt.Owner, JoinAttempt.Owner {
  private static final long JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClientShared shared;
  private final Bridges bridges;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final @Nullable Fallback fallback;
  private final SessionVoice voice;
  private final SessionBooks books;
  private final Consumer<CloseReason> onEnd;
  private final ConnectionMachine machine;
  private final Heartbeat heartbeat;
  private final String instance;

  private volatile ConnectionState state = ConnectionState.IDLE;
  private volatile @Nullable BridgeConnection pingable;

  private @Nullable Bridge bridge;
  private @Nullable JoinAttempt join;
  private @Nullable StreamAttempt stream;
  private Gate.@Nullable Ticket place;
  private Transport.@Nullable Call question;
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private SynchronizationContext.@Nullable ScheduledHandle closeTimer;
  private long timerNanos;
  private int currentTry;
  private String sessionId = "";
  private boolean ours;
  private boolean resumed;
  private boolean attached;
  private boolean joined;
  private boolean maybeReplaced;
  private boolean closing;

  SessionDriver(
      ClientShared shared,
      Bridges bridges,
      SessionRequest request,
      SynchronizationContext sync,
      FrameSender sender,
      FrameReceiver receiver,
      @Nullable Fallback fallback,
      SessionVoice voice,
      Consumer<CloseReason> onEnd) {
    this.shared = shared;
    this.bridges = bridges;
    this.request = request;
    this.sync = sync;
    this.sender = sender;
    this.receiver = receiver;
    this.fallback = fallback;
    this.voice = voice;
    this.onEnd = onEnd;
    this.machine = new ConnectionMachine(shared.newBackoff(), shared.reconnect);
    this.heartbeat = new Heartbeat(shared.heartbeat.interval().toNanos());
    this.books = new SessionBooks(shared, request.userId, sender, receiver, fallback, voice);
    this.instance =
        Long.toHexString(shared.random.nextLong()) + Long.toHexString(shared.random.nextLong());
  }

  void open() {
    voice.opened();
    if (!bridges.anyUsable()) {
      bridges.kick();
    }
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
    Bridge at = bridge;
    Fault away = at == null ? null : at.fault();
    if (away != null) {
      books.failed(away);
    }
    return books.stats(state, at == null ? "" : at.target(), machine.tries());
  }

  void sweep() {
    sender.expire();
    SessionStats unused = stats();
    books.tellDropped();
  }

  void acknowledge() {
    long now = shared.time.nanoTime();
    receiver.collect(now);
    StreamAttempt to = stream;
    if (to != null && machine.live()) {
      acknowledgeIfDue(to, now);
    }
  }

  void reconnectNow() {
    if (!closing) {
      bridges.kick();
      apply(machine.reconnectNow(shared.time.nanoTime()));
    }
  }

  void onBridges() {
    boolean usable = bridges.usableAfter(bridge);
    Fault away = bridge == null ? null : bridge.fault();
    if (away != null) {
      machine.blame(away);
    }
    long jitter = shared.schedule.jittered(Math.min(JITTER_NANOS, shared.comeBackSpreadNanos()));
    apply(machine.onBridge(usable, jitter, shared.time.nanoTime()));
  }

  @Override
  public boolean ping(BridgeConnection connection) {
    if (pingable != connection) {
      return false;
    }
    sync.execute(
        () -> {
          StreamAttempt to = stream;
          if (to != null && to.connection() == connection) {
            to.sendHeartbeat(heartbeat.ping(shared.time.nanoTime()), receiver.acknowledgement());
          }
        });
    return true;
  }

  @Override
  public void connectionLost(BridgeConnection connection, Fault fault) {
    sync.execute(
        () -> {
          boolean streaming = stream != null && stream.connection() == connection;
          boolean joining = join != null && join.connection() == connection;
          if (streaming || joining) {
            fail(Failure.of(fault));
          }
        });
  }

  private void apply(List<Action> actions) {
    sync.throwIfNotInThisSynchronizationContext();
    for (Action action : actions) {
      if (action instanceof Action.Connect connect) {
        connect(connect);
      } else if (action instanceof Action.Abandon) {
        abandon();
      } else if (action instanceof Action.Changed changed) {
        changed(changed);
      } else if (action instanceof Action.Recovered recovered) {
        books.recovered(recovered, attached || resumed);
      } else if (action instanceof Action.Degraded degraded) {
        voice.degraded(degraded.sinceNanos(), degraded.fault());
      } else if (action instanceof Action.Finished finished) {
        finish(finished.reason(), finished.detail());
      }
    }
    rearm();
  }

  private void changed(Action.Changed changed) {
    state = changed.to();
    voice.changed(changed.from(), changed.to(), changed.fault());
    books.changed(changed.from(), changed.to());
  }

  private void connect(Action.Connect connect) {
    Bridge next = bridges.choose(request.userId, bridge, connect.elsewhere());
    if (next != bridge) {
      leaveOld();
      sessionId = "";
      ours = false;
      maybeReplaced = false;
      bridge = next;
    }
    boolean attach = !connect.join() && !sessionId.isEmpty() && books.resumable();
    machine.onTrying(attach);
    attached = attach;
    shared.metrics.tried(attach);
    int number = ++currentTry;
    if (attach) {
      place = shared.joinGate.enter(() -> sync.execute(() -> openStream(number)));
    } else if (maybeReplaced) {
      maybeReplaced = false;
      askWhetherReplaced(next, number);
    } else {
      join(next);
    }
  }

  private void join(Bridge at) {
    JoinAttempt started =
        new JoinAttempt(
            shared, request, at, instance, machine.nextAttempt(), machine.tries(), sync, this);
    join = started;
    started.start(this);
  }

  /** A bridge that names no reasons ended the stream cleanly: does someone else have the user? */
  private void askWhetherReplaced(Bridge at, int number) {
    question =
        at.connection()
            .transport()
            .status(
                BridgeStatusRequest.newBuilder().setUserId(request.userId).build(),
                STATUS_NANOS,
                new Transport.Reply<BridgeStatusResponse>() {
                  @Override
                  public void onAnswer(BridgeStatusResponse status) {
                    sync.execute(() -> replaced(at, number, status.getConnected()));
                  }

                  @Override
                  public void onFailure(Failure failure) {
                    sync.execute(() -> replaced(at, number, false));
                  }
                });
  }

  private void replaced(Bridge at, int number, boolean connected) {
    if (number != currentTry) {
      return;
    }
    if (connected) {
      String detail = "the stream ended, and the bridge says that the user is connected";
      fail(Failure.of(Fault.of(FaultCause.STREAM_ENDED, CloseReason.REPLACED, detail)));
    } else {
      join(at);
    }
  }

  @Override
  public void onJoined(JoinAttempt which, JoinRoomResponse response) {
    if (which != join) {
      return;
    }
    long now = shared.time.nanoTime();
    joined = true;
    sessionId = response.getSessionId();
    ours = !sessionId.isEmpty();
    resumed = response.getResumed();
    books.granted(ours ? response.getResumeWindowMs() : 0);
    if (!ours) {
      receiver.attachPlain(now);
    } else {
      sender.renumber(response.getLastReceivedMap());
      if (resumed) {
        receiver.attachUnknown(now);
      } else {
        receiver.attachNew(now);
      }
    }
    openStream(currentTry);
  }

  @Override
  public void onJoinFailed(JoinAttempt which, Failure failure) {
    if (which == join) {
      fail(failure);
    }
  }

  private void openStream(int number) {
    Bridge at = bridge;
    if (number != currentTry || at == null || machine.closed()) {
      return;
    }
    long now = shared.time.nanoTime();
    long epochMillis = shared.time.epochMillis();
    AudioChunk first =
        ours
            ? Requests.attachChunk(
                request.userId,
                epochMillis,
                sessionId,
                machine.nextAttempt(),
                receiver.attachAcknowledgement(now),
                sender.oldestKept())
            : Requests.firstChunk(request.userId, epochMillis);
    BridgeConnection on = at.connection();
    StreamAttempt opened = new StreamAttempt(on, ours, sync, shared.time, this);
    stream = opened;
    on.use(this);
    machine.onStreamOpening(now);
    opened.start(first);
    rearm();
  }

  @Override
  public void onStreamReady(StreamAttempt which) {
    if (which != stream) {
      return;
    }
    if (!machine.live() && !ours) {
      live(which, Map.of());
    } else {
      sender.pump();
    }
    halfCloseIfFlushed();
  }

  @Override
  public void onStreamChunk(StreamAttempt which, AudioChunk chunk, long now) {
    if (which != stream) {
      return;
    }
    if (!machine.live()) {
      if (ours && !chunk.getPcmData().isEmpty()) {
        breakOff(FaultCause.STREAM_ENDED, "the bridge sent audio before its attach chunk");
        return;
      }
      receiver.onOldestKept(TrackSequences.map(chunk.getOldestKeptList()), now);
      live(which, TrackSequences.map(chunk.getAcknowledgedList()));
    } else if (ours && chunk.getAcknowledgedCount() > 0) {
      sender.acknowledge(TrackSequences.map(chunk.getAcknowledgedList()));
    }
    if (!chunk.getPcmData().isEmpty()) {
      if (!receiver.onAudio(chunk, now)) {
        breakOff(FaultCause.STREAM_ENDED, "the bridge sent audio without a track or sequence");
        return;
      }
      books.audio(which);
      acknowledgeIfDue(which, now);
    } else if (ours) {
      mark(which, chunk, now);
    }
    halfCloseIfFlushed();
  }

  private void mark(StreamAttempt which, AudioChunk chunk, long now) {
    if (chunk.getPong() != 0) {
      books.roundTrip(heartbeat.pong(chunk.getPong(), now));
    }
    if (chunk.getPing() != 0) {
      which.sendPong(chunk.getPing());
    }
    if (chunk.getDrainMs() > 0) {
      draining(Duration.ofMillis(chunk.getDrainMs()));
    }
  }

  private void draining(Duration remaining) {
    Bridge at = bridge;
    if (at != null && !closing) {
      at.announcedDrain();
      voice.tell(new SessionEvent.Draining(remaining));
      if (bridges.otherThan(at)) {
        String detail = "the bridge closes in " + remaining.toMillis() + " ms";
        fail(Failure.of(Fault.of(FaultCause.DRAINING, CloseReason.DRAINING, detail)));
      }
    }
  }

  @Override
  public void onStreamEnd(StreamAttempt which, Failure failure) {
    if (which != stream) {
      return;
    }
    if (closing) {
      // Ours have left the room when the stream ends; the others wait to be told.
      end(!ours || !failure.clean());
      return;
    }
    Failure told = failure;
    if (failure.clean() && failure.fault().reason().isEmpty()) {
      if (ours) {
        told = Failure.of(Fault.of(FaultCause.STREAM_ENDED, CloseReason.LEFT, "the session ended"));
      } else {
        maybeReplaced = true;
      }
    }
    Bridge at = bridge;
    if (failure.transport() && at != null) {
      at.transportFailed(which.connection());
    }
    fail(told);
  }

  private void live(StreamAttempt which, Map<Integer, Long> acknowledged) {
    long now = shared.time.nanoTime();
    leaveGate();
    join = null;
    heartbeat.start(now);
    List<Action> actions = machine.onLive(now);
    if (ours) {
      sender.attachSame(which, acknowledged);
      pingable = which.connection();
    } else {
      sender.attachPlain(which);
    }
    books.live();
    apply(actions);
    books.audio(which);
    halfCloseIfFlushed();
  }

  private void breakOff(FaultCause cause, String detail) {
    fail(Failure.of(Fault.of(cause, detail)));
  }

  private void fail(Failure failure) {
    if (closing) {
      end(true);
      return;
    }
    Fault fault = failure.fault();
    String detail = Redact.text(fault.detail(), sessionId, request.resumeKey);
    Fault clean = new Fault(fault.cause(), fault.reason(), detail);
    voice.tryFailed(clean);
    books.failed(clean);
    if (fault.reason().orElse(null) == CloseReason.NO_SESSION) {
      sessionId = "";
      joined = false;
    }
    Failure told =
        new Failure(clean, failure.transport(), failure.clean(), failure.pushbackNanos());
    apply(machine.onFailed(told, bridges.otherThan(bridge), shared.time.nanoTime()));
  }

  private void abandon() {
    currentTry++;
    JoinAttempt joining = join;
    join = null;
    if (joining != null) {
      joining.cancel();
    }
    Transport.Call asking = question;
    question = null;
    if (asking != null) {
      asking.cancel();
    }
    StreamAttempt streaming = stream;
    stream = null;
    pingable = null;
    leaveGate();
    books.down();
    if (streaming != null) {
      streaming.cancel("given up");
      streaming.connection().release(this);
    }
    sender.detach();
  }

  private void leaveGate() {
    JoinAttempt joining = join;
    if (joining != null) {
      joining.leaveGate();
    }
    Gate.Ticket ticket = place;
    place = null;
    if (ticket != null) {
      ticket.leave();
    }
  }

  private void acknowledgeIfDue(StreamAttempt to, long now) {
    Map<Integer, Long> acknowledged = receiver.acknowledgementIfDue(now);
    if (!acknowledged.isEmpty()) {
      to.sendAcknowledgement(acknowledged);
    }
  }

  private void onTimer() {
    timer = null;
    long now = shared.time.nanoTime();
    StreamAttempt to = stream;
    if (to != null && machine.live()) {
      books.patience(to, now);
      if (ours && heartbeat.timedOut(now)) {
        breakOff(FaultCause.SILENCE, "the bridge answers no heartbeat on this stream");
        return;
      }
      if (heartbeat.due(now)) {
        if (ours) {
          to.sendHeartbeat(heartbeat.ping(now), receiver.acknowledgement());
        } else {
          heartbeat.sent(now);
          to.sendHeartbeat(0, Map.of());
        }
      }
    }
    apply(machine.onWake(now));
  }

  private void rearm() {
    long now = shared.time.nanoTime();
    long wait = machine.closed() ? -1 : machine.nanosToWake(now);
    if (machine.live()) {
      wait = sooner(wait, heartbeat.nanosToNext(now));
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

  // ---- the end

  /** Plays out, then leaves; no longer than told. */
  void close(long atMostNanos) {
    if (closing || machine.closed()) {
      return;
    }
    closing = true;
    if (machine.live() && atMostNanos > 0) {
      closeTimer =
          sync.schedule(() -> end(true), atMostNanos, TimeUnit.NANOSECONDS, shared.scheduler);
      sender.pump();
      halfCloseIfFlushed();
    } else {
      end(true);
    }
  }

  private void halfCloseIfFlushed() {
    StreamAttempt to = stream;
    if (closing && to != null && sender.flushed()) {
      receiver.collect(shared.time.nanoTime());
      if (ours && receiver.ackMayFollow()) {
        to.sendAcknowledgement(receiver.acknowledgement());
      }
      to.halfClose();
    }
  }

  /** The stream is over or out of time. */
  private void end(boolean leave) {
    if (machine.closed()) {
      return;
    }
    Bridge at = bridge;
    if (leave && joined && at != null && !at.breakerOpen()) {
      abandon();
      joined = false;
      leave(at, () -> apply(machine.close("closed by the caller")));
    } else {
      apply(machine.close("closed by the caller"));
    }
  }

  /** The old bridge of a session that moves is told; nobody waits for it. */
  private void leaveOld() {
    Bridge at = bridge;
    if (joined && at != null && !at.breakerOpen()) {
      leave(at, () -> {});
    }
    joined = false;
  }

  private void leave(Bridge at, Runnable then) {
    Transport.Call unused =
        at.connection()
            .transport()
            .leave(
                Requests.leave(request.userId, sessionId, "closed by the client"),
                LEAVE_NANOS,
                new Transport.Reply<LeaveRoomResponse>() {
                  @Override
                  public void onAnswer(LeaveRoomResponse response) {
                    sync.execute(then);
                  }

                  @Override
                  public void onFailure(Failure failure) {
                    sync.execute(then);
                  }
                });
  }

  private void finish(CloseReason reason, String detail) {
    rearm();
    SynchronizationContext.ScheduledHandle handle = closeTimer;
    closeTimer = null;
    if (handle != null) {
      handle.cancel();
    }
    receiver.close(shared.time.nanoTime());
    sender.close();
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
