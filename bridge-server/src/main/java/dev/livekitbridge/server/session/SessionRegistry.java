package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.server.room.RoomConnector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which user. Each decision about ownership (join, takeover, stream, leave) is made here,
 * one at a time, and queued to the session before the next one is made: so a session hears of them
 * in the order in which they were decided, whatever threads they came on. No code of a session,
 * room or stream runs under the lock. Safe for use by many threads.
 */
public final class SessionRegistry implements BridgeSession.Owner {
  /** {@code before}: who was thrown out, with another key, and has not been succeeded yet. */
  private record Entry(BridgeSession session, Lease lease, @Nullable Lease before) {
    /** Whom a join comes in place of, at once or after a stranger; null if nobody of its key. */
    @Nullable Lease predecessor(Lease next) {
      if (next.takesOver(lease)) {
        return lease;
      }
      return before != null && next.takesOver(before) ? before : null;
    }

    /** Whose place is still not taken by one of its key when a join comes. */
    @Nullable Lease unsucceeded(Lease next) {
      if (before != null && next.takesOver(before)) {
        return null;
      }
      return next.takesOver(lease) || lease.resumeKey().isEmpty() ? before : lease;
    }
  }

  private final SessionEnvironment environment;
  private final SessionSettings.Limits limits;
  private final Checks checks;
  // Guarded by this.
  private final Map<String, Entry> sessions = new HashMap<>();
  // Guarded by this.
  private final Fences fences;
  // Guarded by this.
  private final CallerSessions callers = new CallerSessions();
  private final Departures departures;
  private final Refusals refusals;
  private final SessionReports reports;
  private final Census census;
  private final PlaybackDesk playbacks;
  private long aliases;
  private boolean draining;
  private long drainNanos;

  /** An empty registry. */
  public SessionRegistry(SessionEnvironment environment) {
    this.environment = environment;
    this.limits = environment.settings().limits();
    this.refusals = new Refusals(environment);
    this.departures = new Departures(environment);
    this.checks = new Checks(limits, environment.connectors());
    long memoryNanos = environment.settings().times().fenceMemoryNanos();
    this.fences = new Fences(environment.time(), memoryNanos);
    this.playbacks = new PlaybackDesk(this, checks);
    this.reports = new SessionReports(environment, this);
    this.census = new Census(environment, this, departures);
  }

  /** How users are connected. */
  public SessionReports reports() {
    return reports;
  }

  /** Who is there. */
  public Census census() {
    return census;
  }

  /** Files that play. */
  public PlaybackDesk playbacks() {
    return playbacks;
  }

  /** Counts over all sessions. */
  public SessionMetrics metrics() {
    return environment.metrics();
  }

  /**
   * Joins a room for a user: takes over the user's session, or replaces it, or makes a new one.
   *
   * @param reply hears the answer, which may be at once
   * @return for a caller that goes away before the answer
   */
  public JoinTicket join(JoinRoomRequest request, JoinReply reply) {
    Admission admission = environment.admission();
    if (!admission.mayJoinNow(reply.caller())) {
      return refusals.tooOften(reply);
    }
    String fault = checks.join(request);
    if (fault != null) {
      return refusals.badRequest(reply, fault);
    }
    String elsewhere = admission.urlFault(request.getLivekitUrl());
    if (elsewhere != null) {
      return refusals.notThere(reply, elsewhere);
    }
    String userId = request.getUserId();
    if (hasTooMany(reply.caller(), userId, admission.maxSessions())) {
      return refusals.tooMany(reply);
    }
    RoomConnector connector =
        Objects.requireNonNull(environment.connectors().forUrl(request.getLivekitUrl()));
    long maxWindowNanos = environment.settings().times().maxResumeWindowNanos();
    String sessionId = environment.sessionIds().get();
    Lease lease = Lease.of(request, sessionId, maxWindowNanos);
    BridgeSession target = null;
    Entry current;
    CloseReason refusal;
    synchronized (this) {
      current = sessions.get(userId);
      refusal = keepOut(request, current);
      if (refusal == null) {
        target = takeOverOrOpen(current, lease, connector, reply);
      }
    }
    if (target == null) {
      return refusals.refuse(reply, Objects.requireNonNull(refusal), userId);
    }
    if (current != null) {
      current.session().context().drain();
    }
    target.context().drain();
    return () -> cancel(userId, sessionId);
  }

  /**
   * Opens a stream to the session of its first chunk; a stream that may not is ended.
   *
   * @return the stream, or null if it was ended
   */
  public @Nullable AttachedStream open(AudioChunk first, ClientStream stream) {
    String fault = checks.first(first);
    if (fault != null) {
      stream.end(CloseReason.BAD_REQUEST, fault);
      return null;
    }
    String userId = first.getUserId();
    String sessionId = first.getSessionId();
    BridgeSession session;
    AttachedStream attached;
    CloseReason refusal;
    synchronized (this) {
      Entry entry = sessions.get(userId);
      refusal = entry == null ? CloseReason.NO_SESSION : fence(entry, userId, first);
      if (entry == null || refusal != null) {
        session = null;
        attached = null;
      } else {
        session = entry.session();
        AttachedStream opened = new AttachedStream(session, stream, !sessionId.isEmpty());
        attached = opened;
        BridgeSession of = session;
        session.context().executeLater(() -> of.attach(opened, first));
      }
    }
    if (session == null) {
      stream.end(
          Objects.requireNonNull(refusal),
          refusal == CloseReason.NO_SESSION
              ? "session not found: user=" + userId + " (call JoinRoom first)"
              : Refusals.superseded(userId));
      return null;
    }
    session.context().drain();
    return attached;
  }

  /** Ends a user's session, if the caller may. */
  public void leave(LeaveRoomRequest request, Consumer<LeaveRoomResponse> reply) {
    String userId = request.getUserId();
    CloseReason refusal =
        call(
            userId,
            request.getSessionId(),
            leaving -> {
              leaving.close(CloseReason.LEFT, Checks.printable("LeaveRoom", request.getReason()));
              reply.accept(LeaveRoomResponse.newBuilder().setSuccess(true).build());
            });
    if (refusal != null) {
      reply.accept(LeaveRoomResponse.newBuilder().setError(Refusals.text(refusal, userId)).build());
    }
  }

  /**
   * Lets a user's session do something, in its context, if the caller may ask for it.
   *
   * @return why not; null if it will be done, or has been
   */
  @Nullable CloseReason call(String userId, String sessionId, Consumer<BridgeSession> action) {
    BridgeSession session;
    synchronized (this) {
      Entry entry = sessions.get(userId);
      if (entry == null) {
        return CloseReason.NO_SESSION;
      }
      if (!entry.lease().isHeldBy(sessionId)) {
        return CloseReason.SUPERSEDED;
      }
      BridgeSession called = entry.session();
      called.context().executeLater(() -> action.accept(called));
      session = called;
    }
    session.context().drain();
    return null;
  }

  /** Whether the bridge shuts down. */
  public synchronized boolean isDraining() {
    return draining;
  }

  /**
   * Begins to shut down: no joins any more, and every stream that can hear it is told.
   *
   * @param nanos until {@link #closeAll} will be called
   * @return completes when the last session is gone and its participant has left
   */
  public CompletableFuture<Void> drain(long nanos) {
    long deadlineNanos;
    synchronized (this) {
      if (!draining) {
        draining = true;
        drainNanos = environment.time().nanoTime() + nanos;
      }
      deadlineNanos = drainNanos;
    }
    for (BridgeSession session : all()) {
      session.context().execute(() -> session.drain(deadlineNanos));
    }
    return departures.whenEmpty();
  }

  /** Ends what is left, for a bridge that shuts down. Completes when the participants have left. */
  public CompletableFuture<Void> closeAll() {
    synchronized (this) {
      draining = true;
    }
    for (BridgeSession session : all()) {
      session
          .context()
          .execute(() -> session.close(CloseReason.DRAINING, "this bridge is shutting down"));
    }
    return departures.whenEmpty();
  }

  @Override
  public void disconnected(BridgeSession session, CloseReason reason) {
    reports.disconnected(session.userId(), reason);
  }

  @Override
  public void closed(BridgeSession session, CloseReason reason) {
    environment.metrics().sessionClosed(reason);
    String userId = session.userId();
    reports.disconnected(userId, reason);
    synchronized (this) {
      Entry entry = sessions.get(userId);
      callers.closed(session);
      // By identity: the entry may be a newer session's.
      if (entry != null && entry.session() == session) {
        sessions.remove(userId);
      }
    }
    // Later: the session leaves its room next, in this step of its context.
    session.context().executeLater(departures::gone);
  }

  @Override
  public void leaving(CompletableFuture<Void> left) {
    departures.leaving(left);
  }

  /** What keeps a join out, or null. Only under the lock. */
  private @Nullable CloseReason keepOut(JoinRoomRequest request, @Nullable Entry current) {
    if (draining) {
      return CloseReason.DRAINING;
    }
    if (current == null && sessions.size() >= limits.maxSessions()) {
      return CloseReason.OVERLOADED;
    }
    String holder = current == null ? "" : current.lease().instance();
    return fences.admit(request.getUserId(), request.getInstance(), request.getAttempt(), holder)
        ? null
        : CloseReason.SUPERSEDED;
  }

  /** Only under the lock. */
  private BridgeSession takeOverOrOpen(
      @Nullable Entry current, Lease lease, RoomConnector connector, JoinReply reply) {
    boolean living = current != null && current.session().state() != SessionState.JOINING;
    if (current == null || !living || !lease.takesOver(current.lease())) {
      return open(current, lease, connector, reply);
    }
    BridgeSession taken = current.session();
    callers.opened(taken, reply.caller());
    supersede(current.lease(), lease);
    sessions.put(taken.userId(), new Entry(taken, lease, current.before()));
    taken
        .context()
        .executeLater(
            () -> taken.takeOver(lease, reply, () -> rejoin(taken, lease, connector, reply)));
    return taken;
  }

  /** A new session in place of the current one, if any. Only under the lock. */
  private BridgeSession open(
      @Nullable Entry current, Lease lease, RoomConnector connector, JoinReply reply) {
    BridgeSession session = new BridgeSession("s" + ++aliases, lease, environment, this);
    Lease predecessor = current == null ? null : current.predecessor(lease);
    Lease before = current == null ? null : current.unsucceeded(lease);
    sessions.put(session.userId(), new Entry(session, lease, before));
    if (predecessor != null) {
      supersede(predecessor, lease);
    }
    environment.metrics().sessionOpened();
    callers.opened(session, reply.caller());
    departures.arrived();
    Runnable start = () -> session.context().execute(() -> session.start(connector, reply));
    if (current == null) {
      session.context().executeLater(() -> session.start(connector, reply));
      return session;
    }
    BridgeSession old = current.session();
    // A join that another one of the same holder overtakes was superseded, not replaced.
    boolean same = lease.takesOver(current.lease());
    old.context()
        .executeLater(
            () ->
                old.replace(
                    same ? CloseReason.SUPERSEDED : CloseReason.REPLACED,
                    "another join of the user came later",
                    start));
    return session;
  }

  /** A takeover came to a session that had just ended: a new one, unless someone was later. */
  private void rejoin(BridgeSession gone, Lease lease, RoomConnector connector, JoinReply reply) {
    String userId = lease.room().userId();
    BridgeSession session = null;
    CloseReason refusal = null;
    synchronized (this) {
      Entry entry = sessions.get(userId);
      if (draining) {
        refusal = CloseReason.DRAINING;
      } else if (entry != null && entry.session() != gone) {
        refusal = CloseReason.SUPERSEDED;
      } else {
        session = open(null, lease, connector, reply);
      }
    }
    if (session != null) {
      session.context().drain();
    } else {
      refusals.refuse(reply, Objects.requireNonNull(refusal), userId);
    }
  }

  /**
   * Whether another session is one too many for the caller. Its joins on several threads at once
   * may get one more each: this shares the bridge out, what bounds it is exact.
   */
  private synchronized boolean hasTooMany(String caller, String userId, int most) {
    Entry entry = sessions.get(userId);
    boolean another = entry == null || !callers.opened(caller, entry.session());
    return another && callers.of(caller) >= most;
  }

  private void cancel(String userId, String sessionId) {
    BridgeSession session = find(userId);
    if (session != null) {
      session.context().execute(() -> session.cancelJoin(sessionId));
    }
  }

  private void supersede(Lease old, Lease next) {
    if (!old.instance().equals(next.instance())) {
      fences.supersede(old.room().userId(), old.instance(), next.instance());
    }
  }

  /** What keeps a stream out, or null. Only under the lock. */
  private @Nullable CloseReason fence(Entry entry, String userId, AudioChunk first) {
    Lease lease = entry.lease();
    if (!lease.isHeldBy(first.getSessionId())
        || !fences.admit(userId, lease.instance(), first.getAttempt(), lease.instance())) {
      return CloseReason.SUPERSEDED;
    }
    fences.attached(userId, lease.instance());
    return null;
  }

  synchronized @Nullable BridgeSession find(String userId) {
    Entry entry = sessions.get(userId);
    return entry == null ? null : entry.session();
  }

  synchronized List<BridgeSession> all() {
    return sessions.values().stream().map(Entry::session).toList();
  }
}
