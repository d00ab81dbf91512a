package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomListener;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One user's session, from the join to its end. All of it is confined to {@link #context}, but for
 * {@link #state} and what is immutable. {@link #transition} is the only door between its states.
 */
final class BridgeSession {
  /** Who keeps the sessions. */
  interface Owner {
    /** It is over: forget it, and only it. Called once, before anything of it is taken down. */
    void closed(BridgeSession session, CloseReason reason);

    /** Its participant is on its way out of the room. */
    void leaving(CompletableFuture<Void> left);
  }

  private final SessionEnvironment environment;
  private final SessionSettings.Times times;
  private final Owner owner;
  private final Logger log;
  private final String userId;
  private final String alias;
  private final String name;
  private final long createdNanos;
  private final SynchronizationContext context;
  private final Handover<AudioFrame> fromRoom;
  private final Inbound inbound;
  private final Outbound outbound;
  private final FrameReport frames;
  private final Alarm life;
  private final Alarm report;

  private volatile SessionState state = SessionState.JOINING;
  private Lease lease;
  private @Nullable JoinReply joinReply;
  private @Nullable CompletableFuture<Room> joining;
  private @Nullable Room room;
  private @Nullable AttachedStream stream;
  private boolean finishing;
  private boolean busy;
  private long lastActivityNanos;
  private boolean draining;
  private long drainNanos;

  BridgeSession(String alias, Lease lease, SessionEnvironment environment, Owner owner) {
    this.environment = environment;
    this.times = environment.settings().times();
    this.owner = owner;
    this.log = environment.log();
    this.lease = lease;
    this.userId = lease.room().userId();
    this.alias = alias;
    this.name = "user=" + userId + " session=" + alias;
    this.createdNanos = environment.time().nanoTime();
    this.context = new SynchronizationContext(this::onDefect);
    this.fromRoom = new Handover<>(context, this::onRoomFrame, this::pump);
    this.inbound = new Inbound(context, environment, name, this::onProgress);
    SessionSettings.Flow flow = environment.settings().flow();
    boolean keeps = lease.resumable() || !lease.resumeKey().isEmpty();
    this.outbound =
        new Outbound(
            keeps ? flow.retention() : flow.channel(),
            inbound.link(),
            context,
            environment,
            this::onSendTimeout);
    this.frames = new FrameReport(environment.metrics(), log, name);
    this.life = new Alarm(context, environment, this::onDeadline);
    this.report = new Alarm(context, environment, this::report);
    inbound.liveMaxDelay(lease.liveMaxDelayNanos());
  }

  SynchronizationContext context() {
    return context;
  }

  String userId() {
    return userId;
  }

  /** Where it is in its life; another thread may see it a moment late. */
  SessionState state() {
    return state;
  }

  /** Begins to join the room. */
  void start(RoomConnector connector, JoinReply reply) {
    context.throwIfNotInThisSynchronizationContext();
    joinReply = reply;
    log.info("joining room: {} room={}", name, lease.room().roomName());
    life.arm(now() + times.joinNanos());
    CompletableFuture<Room> future;
    try {
      future = connector.join(lease.room(), new Listener());
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    joining = future;
    future.whenComplete((joined, error) -> context.execute(() -> onJoined(joined, error)));
  }

  /** Another caller with the resume key has the session from now on. */
  void takeOver(Lease next, JoinReply reply, Runnable tooLate) {
    context.throwIfNotInThisSynchronizationContext();
    Room living = room;
    if (state == SessionState.CLOSED || living == null) {
      tooLate.run();
      return;
    }
    lease = next;
    inbound.liveMaxDelay(next.liveMaxDelayNanos());
    dropStream(CloseReason.SUPERSEDED, "another process took the session over");
    finishing = false;
    transition(SessionState.DETACHED, CloseReason.SUPERSEDED, "taken over by its resume key");
    life.arm(now() + waitForStreamNanos());
    environment.metrics().joined(true);
    reply.answer(Answers.joined(next, living, true, inbound.link().lastReceived()));
  }

  /** The caller of the join with this session id went away. */
  void cancelJoin(String sessionId) {
    context.throwIfNotInThisSynchronizationContext();
    boolean unused = state == SessionState.JOINING || state == SessionState.READY;
    if (unused && lease.hasSessionId(sessionId)) {
      close(CloseReason.LEFT, "the call of the join was cancelled");
    }
  }

  /** A stream was opened by someone who may. */
  void attach(AttachedStream next, AudioChunk first) {
    context.throwIfNotInThisSynchronizationContext();
    if (state == SessionState.JOINING || state == SessionState.CLOSED) {
      next.end(
          CloseReason.NO_SESSION,
          state == SessionState.JOINING
              ? "the room is still being joined: wait for the answer of JoinRoom"
              : "session not found");
      return;
    }
    if (draining && !next.reliable()) {
      next.end(CloseReason.DRAINING, "this bridge is shutting down");
      close(CloseReason.DRAINING, "this bridge is shutting down");
      return;
    }
    dropStream(CloseReason.SUPERSEDED, "a newer stream of the session took over");
    stream = next;
    finishing = false;
    transition(SessionState.STREAMING, null, next.reliable() ? "attached" : "attached, plain");
    environment.metrics().streamAttached();
    lastActivityNanos = now();
    life.arm(lastActivityNanos + inactivityNanos(next));
    if (next.reliable()) {
      boolean fresh = inbound.attachReliable(first.getOldestKeptMap());
      outbound.attachReliable(next, first.getAcknowledgedMap(), fresh, lease.replayMaxAgeNanos());
      if (draining) {
        outbound.drain(drainMillis());
      }
    } else {
      inbound.attachPlain();
      outbound.attachPlain(next);
    }
    next.begin();
    if (!first.getPcmData().isEmpty() || first.getPing() != 0) {
      onChunk(next, first);
      pump();
    }
  }

  /** A chunk of a stream; of an old one it is not heard. */
  void onChunk(AttachedStream from, AudioChunk chunk) {
    if (from != stream) {
      return;
    }
    lastActivityNanos = now();
    busy = true;
    String fault = take(from, chunk);
    busy = false;
    if (fault != null) {
      streamBroken(from, CloseReason.BAD_REQUEST, fault);
    } else {
      from.requestNext(inbound.full());
    }
  }

  /** The client sends nothing more: what was accepted plays out, then the session ends. */
  void onHalfClose(AttachedStream from) {
    if (from == stream) {
      finishing = true;
      log.debug("client closed its side: {}", name);
      finishIfIdle();
    }
  }

  /** A stream ended with an error, whoever saw it. Of an old stream it changes nothing. */
  void streamBroken(AttachedStream broken, CloseReason reason, String detail) {
    context.throwIfNotInThisSynchronizationContext();
    if (broken != stream) {
      log.debug("late error of an old stream: {} detail={}", name, detail);
      return;
    }
    log.warn("StreamAudio send error: {} reason={} detail={}", name, reason, detail);
    if (!lease.resumable()) {
      log.info(
          "Cleaning up session for {} due to stream error: {} reason={}", userId, name, reason);
      close(reason, detail);
      return;
    }
    dropStream(reason, detail);
    transition(SessionState.DETACHED, reason, detail);
    life.arm(now() + waitForStreamNanos());
    finishIfIdle();
  }

  /** This bridge closes in so long: tells the client, or ends the session where it cannot. */
  void drain(long deadlineNanos) {
    context.throwIfNotInThisSynchronizationContext();
    draining = true;
    drainNanos = deadlineNanos;
    AttachedStream current = stream;
    if (state == SessionState.JOINING || (current != null && !current.reliable())) {
      close(CloseReason.DRAINING, "this bridge is shutting down");
    } else if (current != null) {
      outbound.drain(drainMillis());
    }
  }

  /** Ends it, in one place and once, safe against frames in flight: they find it closed. */
  void close(CloseReason reason, String detail) {
    context.throwIfNotInThisSynchronizationContext();
    if (state == SessionState.CLOSED) {
      return;
    }
    boolean wasJoining = state == SessionState.JOINING;
    transition(SessionState.CLOSED, reason, detail);
    owner.closed(this, reason);
    life.cancel();
    report.cancel();
    if (wasJoining) {
      environment.metrics().joinRefused(reason);
      answerJoin(Answers.refused(reason, detail));
    }
    dropStream(reason, detail);
    inbound.close();
    outbound.close();
    frames.report(outbound.counts(), inbound.counts());
    log.info("Closing room session: {} reason={}", name, reason);
    if (room != null) {
      owner.leaving(room.leave(reason));
    } else if (joining != null) {
      joining.cancel(false);
    }
  }

  /** Sends what waits. */
  void pump() {
    if (state == SessionState.STREAMING) {
      outbound.pump();
    }
  }

  /** Sends what waits, and asks for more of the client's; for the stream of now only. */
  void pump(AttachedStream of) {
    if (of == stream) {
      onProgress();
    }
  }

  SessionSnapshot snapshot() {
    context.throwIfNotInThisSynchronizationContext();
    return new SessionSnapshot(
        userId,
        alias,
        lease.room().roomName(),
        state,
        Duration.ofNanos(now() - createdNanos),
        room == null ? "" : room.participantId(),
        room == null ? 0 : room.participantCount(),
        lease.resumable(),
        outbound.counts(),
        inbound.counts());
  }

  private @Nullable String take(AttachedStream from, AudioChunk chunk) {
    boolean reliable = from.reliable();
    if (reliable) {
      if (chunk.getAcknowledgedCount() > 0) {
        outbound.acknowledged(chunk.getAcknowledgedMap());
      }
      if (chunk.getPing() != 0) {
        outbound.ping(chunk.getPing());
      }
    }
    boolean audio = !chunk.getPcmData().isEmpty();
    String stranger = chunk.getUserId();
    if (!stranger.isEmpty() && !stranger.equals(userId)) {
      String fault = "user_id: changed within the stream (expected: that of the first chunk)";
      return reliable && audio && chunk.getSequence() > 0
          ? inbound.dropInvalid(chunk, fault)
          : fault;
    }
    if (!audio) {
      if (!from.heartbeatSeen()) {
        from.heartbeat();
        life.arm(lastActivityNanos + inactivityNanos(from));
      }
      return null;
    }
    reportSoon();
    return inbound.onAudio(chunk, reliable);
  }

  private void onJoined(@Nullable Room joined, @Nullable Throwable error) {
    joining = null;
    if (state == SessionState.CLOSED) {
      // Too late: cancelled, replaced or timed out. Nothing stays behind.
      if (joined != null) {
        owner.leaving(joined.leave(CloseReason.LEFT));
      }
    } else if (joined == null) {
      Throwable cause = error == null ? new IllegalStateException("no room") : error;
      close(Answers.reasonOf(cause), Answers.textOf(cause, lease.room().token()));
    } else {
      room = joined;
      inbound.joined(joined);
      transition(SessionState.READY, null, "room joined");
      life.arm(now() + times.attachNanos());
      environment.metrics().joined(false);
      answerJoin(Answers.joined(lease, joined, false, Map.of()));
    }
  }

  private void answerJoin(JoinRoomResponse response) {
    JoinReply reply = joinReply;
    joinReply = null;
    if (reply != null) {
      reply.answer(response);
    }
  }

  private void onRoomFrame(AudioFrame frame) {
    if (state != SessionState.CLOSED) {
      lastActivityNanos = now();
      outbound.offer(frame);
      reportSoon();
    }
  }

  /** Frames were handed to the room, or the transport takes more. */
  private void onProgress() {
    if (busy || state == SessionState.CLOSED) {
      return;
    }
    AttachedStream current = stream;
    if (current != null && !inbound.full()) {
      current.release();
    }
    if (finishing) {
      lastActivityNanos = now();
      finishIfIdle();
    }
    pump();
  }

  private void finishIfIdle() {
    if (finishing && inbound.idle()) {
      close(CloseReason.LEFT, "the client closed its side");
    }
  }

  private void onSendTimeout() {
    AttachedStream current = stream;
    if (current != null) {
      streamBroken(
          current,
          CloseReason.SEND_TIMEOUT,
          "the client took no audio for " + seconds(times.sendNanos()));
    }
  }

  private void onDeadline() {
    switch (state) {
      case JOINING ->
          close(
              CloseReason.JOIN_TIMEOUT,
              "the room was not joined within " + seconds(times.joinNanos()));
      case READY -> close(CloseReason.INACTIVE, "no stream for " + seconds(times.attachNanos()));
      case DETACHED ->
          close(
              CloseReason.STREAM_BROKEN,
              "no stream within the resume window of " + seconds(waitForStreamNanos()));
      case STREAMING -> checkActivity();
      case CLOSED -> {}
    }
  }

  private void checkActivity() {
    AttachedStream current = stream;
    if (current == null) {
      return;
    }
    long limit = inactivityNanos(current);
    if (now() - lastActivityNanos >= limit) {
      streamBroken(current, CloseReason.INACTIVE, "no activity for " + seconds(limit));
    } else {
      life.arm(lastActivityNanos + limit);
    }
  }

  private long inactivityNanos(AttachedStream of) {
    return of.heartbeatSeen() ? times.inactivityNanos() : times.inactivityWithoutHeartbeatNanos();
  }

  /** A takeover without a window of its own still gets the time to attach. */
  private long waitForStreamNanos() {
    return lease.resumable() ? lease.windowNanos() : times.attachNanos();
  }

  private void dropStream(CloseReason reason, String detail) {
    AttachedStream old = stream;
    if (old != null) {
      stream = null;
      outbound.detach();
      environment.metrics().streamDetached();
      old.end(reason, detail);
    }
  }

  private void reportSoon() {
    if (!report.isArmed()) {
      report.arm(now() + TimeUnit.SECONDS.toNanos(1));
    }
  }

  private void report() {
    frames.report(outbound.counts(), inbound.counts());
  }

  /** The only door: tells the log, refuses what cannot be. */
  private void transition(SessionState to, @Nullable CloseReason reason, String detail) {
    SessionState from = state;
    boolean legal =
        switch (to) {
          case JOINING -> false;
          case READY -> from == SessionState.JOINING;
          case STREAMING, DETACHED -> from != SessionState.JOINING && from != SessionState.CLOSED;
          case CLOSED -> from != SessionState.CLOSED;
        };
    if (!legal) {
      throw new IllegalStateException("session " + alias + ": " + from + " to " + to);
    }
    state = to;
    log.info(
        "session {} -> {}: {} reason={} detail={}",
        from,
        to,
        name,
        reason == null ? "-" : reason,
        detail);
  }

  private void onDefect(Thread thread, Throwable defect) {
    log.error("defect in a session, closing it: {}", name, defect);
    busy = false;
    context.execute(() -> close(CloseReason.STREAM_BROKEN, "internal error"));
  }

  private long drainMillis() {
    return TimeUnit.NANOSECONDS.toMillis(Math.max(0, drainNanos - now()));
  }

  private long now() {
    return environment.time().nanoTime();
  }

  private static String seconds(long nanos) {
    double seconds = nanos / 1e9;
    return seconds == Math.rint(seconds) ? (long) seconds + "s" : seconds + "s";
  }

  /** Hears the room, on the room's threads. */
  private final class Listener implements RoomListener {
    @Override
    public void onFrame(AudioFrame frame) {
      fromRoom.add(frame);
    }

    @Override
    public void onParticipants(int count) {
      log.debug("participants: {} count={}", name, count);
    }

    @Override
    public void onDisconnected(CloseReason reason, String detail) {
      context.execute(() -> close(reason, detail));
    }
  }
}
