package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The life of one user's session, from the join to its end. All of it is confined to {@link
 * #context}, but for {@link #state} and what is immutable.
 */
final class BridgeSession implements RoomSeat.Owner, LifeTimer.Owner {
  /** Who keeps the sessions. */
  interface Owner {
    /** It is over and taken down: forget it, and only it. Called once. */
    void closed(BridgeSession session, CloseReason reason);

    /** It has lost its room, for now or for good. */
    void disconnected(BridgeSession session, CloseReason reason);

    /** Its participant is on its way out of the room. */
    void leaving(CompletableFuture<Void> left);
  }

  private static final String DRAINING = "this bridge is shutting down";

  private final SessionEnvironment environment;
  private final Owner owner;
  private final Logger log;
  private final String userId;
  private final String alias;
  private final String room;
  private final String name;
  private final long createdNanos;
  private final SynchronizationContext context = new SynchronizationContext(this::onDefect);
  private final RoomSeat seat;
  private final ClientLink link;
  private final Playbacks playbacks;
  private final StateDoor door;
  private final LifeTimer life;
  private final PendingJoin join;

  private Lease lease;
  private boolean started;
  private Runnable afterStart = () -> {};
  private @Nullable CloseReason endReason;
  private boolean finishing;
  private boolean attachedEver;
  private String attachedBy = "";
  private boolean draining;
  private long drainNanos;

  BridgeSession(String alias, Lease lease, SessionEnvironment environment, Owner owner) {
    this.environment = environment;
    this.owner = owner;
    this.log = environment.log();
    this.lease = lease;
    this.userId = lease.room().userId();
    this.alias = alias;
    this.room = lease.room().url() + ' ' + lease.room().roomName();
    this.name = "user=" + userId + " session=" + alias;
    this.createdNanos = environment.time().nanoTime();
    this.link =
        new ClientLink(lease, name, context, environment, this::onProgress, this::onSendTimeout);
    this.playbacks = new Playbacks(context, environment, name, link.inbound());
    this.seat = new RoomSeat(context, environment, alias, this);
    this.door = new StateDoor(environment, alias, name);
    this.join = new PendingJoin(environment);
    this.life = new LifeTimer(context, environment, this);
  }

  SynchronizationContext context() {
    return context;
  }

  String userId() {
    return userId;
  }

  /** Where it is in its life; another thread may see it a moment late. */
  SessionState state() {
    return door.state();
  }

  /** Any thread: whether what it waits for should have come, or ended it, before this time. */
  boolean overdue(long nanos) {
    return life.overdue(nanos);
  }

  /** Which room it is for: where that is, and its name. */
  String room() {
    return room;
  }

  /** Any thread: participants in its room, itself included; another one may see it late. */
  int participantCount() {
    return seat.participantsTold();
  }

  /** Begins to join the room. */
  void start(RoomConnector connector, JoinReply reply) {
    context.throwIfNotInThisSynchronizationContext();
    started = true;
    join.expect(reply);
    CloseReason ended = endReason;
    if (ended == null) {
      log.info("joining room: {} room={}", name, lease.room().roomName());
      life.joining();
      seat.join(connector, lease.room());
    } else {
      join.refuse(ended, "another join of the user came later, or its call was cancelled");
    }
    afterStart.run();
  }

  /**
   * Another session of the user comes in its place, which begins only after this one ended: else a
   * join of this one, just on its way, could come later into the room and throw the new one out.
   */
  void replace(CloseReason reason, String detail, Runnable next) {
    context.throwIfNotInThisSynchronizationContext();
    close(reason, detail);
    if (started) {
      next.run();
    } else {
      // The one that this one replaced has not ended yet: it comes first.
      afterStart = next;
    }
  }

  /** Another caller with the resume key has the session from now on. */
  void takeOver(Lease next, JoinReply reply, Runnable tooLate) {
    context.throwIfNotInThisSynchronizationContext();
    Room room = seat.room();
    if (door.isClosed() || room == null) {
      tooLate.run();
      return;
    }
    lease = next;
    finishing = false;
    attachedEver = false;
    link.detach(CloseReason.SUPERSEDED, "another process took the session over");
    door.to(SessionState.DETACHED, CloseReason.SUPERSEDED, "taken over by its resume key");
    life.detached(lease);
    environment.metrics().joined(true);
    boolean back = !next.instance().isEmpty() && next.instance().equals(attachedBy);
    reply.answer(
        Answers.takenOver(next, room, link.lastReceived(), link.lastAudioAgeMillis(), back));
  }

  /** The caller of the join with this session id went away. */
  void cancelJoin(String sessionId) {
    context.throwIfNotInThisSynchronizationContext();
    boolean unused = door.state() == SessionState.JOINING || door.state() == SessionState.READY;
    if (unused && lease.hasSessionId(sessionId)) {
      close(CloseReason.LEFT, "the call of the join was cancelled");
    }
  }

  /** A stream was opened by someone who may. */
  void attach(AttachedStream next, AudioChunk first) {
    context.throwIfNotInThisSynchronizationContext();
    if (door.state() == SessionState.JOINING) {
      next.end(
          CloseReason.NO_SESSION,
          "the room is still being joined: wait for the answer of JoinRoom");
    } else if (door.isClosed()) {
      next.end(CloseReason.NO_SESSION, "session not found: user=" + userId);
    } else if (draining && !next.reliable()) {
      next.end(CloseReason.DRAINING, DRAINING);
      close(CloseReason.DRAINING, DRAINING);
    } else {
      attachedEver = true;
      attachedBy = lease.instance();
      begin(next, first);
    }
  }

  /** Whether whoever holds it now has opened a stream to it, so lives or did. */
  boolean attachedEver() {
    return attachedEver;
  }

  /** A chunk of a stream; of an old one it is not heard. */
  void onChunk(AttachedStream from, AudioChunk chunk) {
    if (from == link.stream()) {
      boolean heard = from.heartbeatSeen();
      String fault = link.take(chunk);
      if (fault != null) {
        streamBroken(from, CloseReason.BAD_REQUEST, fault);
      } else if (heard != from.heartbeatSeen()) {
        life.streaming(from);
      }
    }
  }

  /** The client sends nothing more: what was accepted plays out, then the session ends. */
  void onHalfClose(AttachedStream from) {
    if (from == link.stream()) {
      finishing = true;
      log.debug("client closed its side: {}", name);
      onProgress();
    }
  }

  /** The chunks of a stream were taken, or its transport takes some. */
  void pump(AttachedStream of) {
    if (of == link.stream()) {
      onProgress();
    }
  }

  /** A stream ended with an error, whoever saw it. Of an old stream it changes nothing. */
  void streamBroken(AttachedStream broken, CloseReason reason, String detail) {
    context.throwIfNotInThisSynchronizationContext();
    if (broken != link.stream()) {
      log.debug("late error of an old stream: {} detail={}", name, detail);
      return;
    }
    environment.metrics().streamBroken(reason);
    if (reason == CloseReason.UNAUTHENTICATED) {
      log.info("StreamAudio ends: {} reason={} detail={}", name, reason, detail);
    } else {
      log.warn("StreamAudio send error: {} reason={} detail={}", name, reason, detail);
    }
    if (!lease.resumable()) {
      log.info(
          "Cleaning up session for {} due to stream error: {} reason={}", userId, name, reason);
      close(reason, detail);
      return;
    }
    link.detach(reason, detail);
    door.to(SessionState.DETACHED, reason, detail);
    life.detached(lease);
    onProgress();
  }

  /** This bridge closes at that time: tells the client, or ends the session where it cannot. */
  void drain(long deadlineNanos) {
    context.throwIfNotInThisSynchronizationContext();
    draining = true;
    drainNanos = deadlineNanos;
    AttachedStream stream = link.stream();
    if (door.state() == SessionState.JOINING || (stream != null && !stream.reliable())) {
      close(CloseReason.DRAINING, DRAINING);
    } else {
      link.drain(drainMillis());
    }
  }

  /** Ends it, in one place and once, safe against frames in flight: they find it closed. */
  void close(CloseReason reason, String detail) {
    context.throwIfNotInThisSynchronizationContext();
    if (door.isClosed()) {
      return;
    }
    door.to(SessionState.CLOSED, reason, detail);
    endReason = reason;
    try {
      life.cancel();
      join.refuse(reason, detail);
      playbacks.close(reason);
      link.detach(reason, detail);
      link.close();
      log.info("Closing room session: {} reason={}", name, reason);
      seat.leave(reason);
    } finally {
      // Last: a session that comes in its place begins when this one is taken down.
      owner.closed(this, reason);
    }
  }

  /** Plays a file, which a stream is not needed for. */
  void play(PlayAudioRequest request, PlaybackStream stream) {
    context.throwIfNotInThisSynchronizationContext();
    playbacks.play(request, seat.room(), stream);
  }

  StopAudioResponse stopPlayback(StopAudioRequest request) {
    context.throwIfNotInThisSynchronizationContext();
    return playbacks.stop(request);
  }

  /** The call of a playback is gone. */
  void playbackLeft(PlaybackStream gone) {
    context.throwIfNotInThisSynchronizationContext();
    playbacks.left(gone);
  }

  /** Whether its participant is in the room at this moment. */
  boolean inRoom() {
    context.throwIfNotInThisSynchronizationContext();
    return !door.isClosed() && seat.taken();
  }

  /** Audio that was given to streams, that of replays too. */
  long bytesSent() {
    return link.bytesSent();
  }

  /** Audio that was taken from the client, each frame once. */
  long bytesReceived() {
    return link.inbound().bytes();
  }

  SessionSnapshot snapshot() {
    context.throwIfNotInThisSynchronizationContext();
    return new SessionSnapshot(
        userId,
        alias,
        lease.room().roomName(),
        door.state(),
        Duration.ofNanos(now() - createdNanos),
        seat.participantId(),
        seat.participantCount(),
        lease.resumable(),
        link.toClient(),
        link.toRoom());
  }

  @Override
  public void onTimeout(CloseReason reason, String detail) {
    AttachedStream stream = link.stream();
    if (stream == null) {
      close(reason, detail);
    } else {
      streamBroken(stream, reason, detail);
    }
  }

  @Override
  public long lastActivityNanos() {
    // A client that closed its side waits for the room, one that plays hears: that is no silence.
    return finishing || playbacks.active() ? now() : link.lastActivityNanos();
  }

  @Override
  public long lastCallNanos() {
    return playbacks.heard() ? now() : playbacks.lastHeardNanos();
  }

  @Override
  public void onJoined(Room room) {
    link.joined(room);
    door.to(SessionState.READY, null, "room joined");
    life.ready();
    join.succeed(lease, room);
  }

  @Override
  public void onRoomFrame(AudioFrame frame) {
    if (!door.isClosed()) {
      link.offer(frame);
    }
  }

  @Override
  public void onRoomFramesLost(DropCause cause, long frames) {
    if (!door.isClosed()) {
      link.lost(cause, frames);
    }
  }

  @Override
  public void onRoomInterrupted(CloseReason reason) {
    if (!door.isClosed()) {
      link.roomAway(true);
      playbacks.hold(true);
      owner.disconnected(this, reason);
    }
  }

  @Override
  public void onRoomRestored() {
    link.roomAway(false);
    playbacks.hold(false);
  }

  @Override
  public void onFramesEnd() {
    link.pump();
  }

  @Override
  public void onRoomGone(CloseReason reason, String detail) {
    close(reason, detail);
  }

  @Override
  public void onLeaving(CompletableFuture<Void> left) {
    owner.leaving(left);
  }

  private void begin(AttachedStream stream, AudioChunk first) {
    link.detach(CloseReason.SUPERSEDED, "a newer stream of the session took over");
    finishing = false;
    door.to(SessionState.STREAMING, null, stream.reliable() ? "attached" : "attached, plain");
    link.attach(stream, first, lease);
    life.streaming(stream);
    if (draining) {
      link.drain(drainMillis());
    }
    if (!first.getPcmData().isEmpty() || first.getPing() != 0) {
      onChunk(stream, first);
    }
    pump(stream);
  }

  /** Frames were handed to the room, or the transport takes more. */
  private void onProgress() {
    if (door.isClosed()) {
      return;
    }
    if (finishing && link.inboundIdle()) {
      close(CloseReason.LEFT, "the client closed its side");
    } else {
      link.pump();
    }
  }

  private void onSendTimeout() {
    long limit = environment.settings().times().sendNanos();
    onTimeout(CloseReason.SEND_TIMEOUT, "the client took no audio for " + LifeTimer.seconds(limit));
  }

  private void onDefect(Thread thread, Throwable defect) {
    log.error("defect in a session, closing it: {}", name, defect);
    context.execute(() -> close(CloseReason.STREAM_BROKEN, "internal error"));
  }

  private long drainMillis() {
    return TimeUnit.NANOSECONDS.toMillis(Math.max(0, drainNanos - now()));
  }

  private long now() {
    return environment.time().nanoTime();
  }
}
