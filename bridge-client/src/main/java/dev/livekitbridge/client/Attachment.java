package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session has at a bridge: its session id, and the join or stream of now. Makes one
 * connection at a time and tells its owner how it went; what was abandoned is heard of no more.
 * Confined to the session's executor, but for what says otherwise.
 */
final class Attachment implements BridgeConnection.User, StreamAttempt.Owner, JoinAttempt.Owner {
  /** Decides what is done next. Called on the session's executor. */
  interface Owner {
    /** A higher number than any before. */
    long nextAttempt();

    /** What its joins and streams are parts of. */
    Trace trace();

    /** A stream is opened and has to come up in time. */
    void onStreamOpening();

    /** A stream is up, and what was kept is on its way. */
    void onLive(StreamAttempt stream);

    /** The try failed, or the stream is over. */
    void onFailed(Failure failure);

    /** The bridge joined; the stream comes next, unless this gives it up. */
    void onJoined(JoinRoomResponse response);

    /** The stream took or brought something. */
    void onTraffic(StreamAttempt stream);

    /** The bridge closes soon. */
    void onDraining(Bridge bridge, Duration remaining);
  }

  private final ClientShared shared;
  private final SessionRequest request;
  private final SynchronizationContext sync;
  private final HeldSessions held;
  private final String instance;
  private final Joining joining;
  private final Seat seat = new Seat();
  private final int hash;
  private Place place;
  private Lane lane;
  private Owner owner;

  private volatile @Nullable BridgeConnection pingable;

  private @Nullable Bridge bridge;
  private @Nullable StreamAttempt stream;
  private Gate.@Nullable Ticket ticket;
  private int currentTry;
  private String sessionId = "";
  private String participantId = "";
  private String tookOver = "";
  private int windowMillis;
  private boolean ours;
  private boolean joined;
  private boolean kept;
  private boolean live;
  private @Nullable Left left;
  private @Nullable Bridge putOutOf;

  /** What the session has at a bridge that it went away from. */
  private record Left(Bridge bridge, String sessionId, boolean ours) {}

  Attachment(
      ClientShared shared,
      SessionRequest request,
      SynchronizationContext sync,
      Place place,
      Lane lane,
      Owner owner) {
    this(shared, request, sync, place, lane, owner, new HeldSessions(), newInstance(shared));
  }

  private Attachment(
      ClientShared shared,
      SessionRequest request,
      SynchronizationContext sync,
      Place place,
      Lane lane,
      Owner owner,
      HeldSessions held,
      String instance) {
    this.held = held;
    this.shared = shared;
    this.request = request;
    this.sync = sync;
    this.place = place;
    this.lane = lane;
    this.owner = owner;
    this.instance = instance;
    this.joining = new Joining(shared, request, sync, held, instance, this);
    this.hash = 31 * instance.hashCode() + place.identity().hashCode();
  }

  private static String newInstance(ClientShared shared) {
    return Long.toHexString(shared.random.nextLong()) + Long.toHexString(shared.random.nextLong());
  }

  /**
   * Another one of the same session, at a bridge of its own. To bridges both are one instance: who
   * took the session over from either has fenced off the other as well.
   */
  Attachment beside(Place other, Lane itsLane, Owner itsOwner) {
    return new Attachment(shared, request, sync, other, itsLane, itsOwner, held, instance);
  }

  /** Asks for a pong, which brings an acknowledgement at once. */
  void ask(StreamAttempt of) {
    lane.ping(of);
  }

  /** Its identity in the room, as the bridge told it; empty before the join. */
  String participantId() {
    return participantId;
  }

  /** Whose session its bridge had before, and gave up for it; empty if it had none. */
  String tookOver() {
    return tookOver;
  }

  /** Where it is, or was last. */
  @Nullable Bridge bridge() {
    return bridge;
  }

  /** The stream that is up, if one is. */
  @Nullable StreamAttempt liveStream() {
    return live ? stream : null;
  }

  /** Whether the bridge of now kept the session through the last break. */
  boolean kept() {
    return kept;
  }

  String sessionId() {
    return sessionId;
  }

  /** Whether a join that was given up may still come into the room, late and at another bridge. */
  boolean mayJoinLate() {
    return joining.mayJoinLate();
  }

  /** As whom it is in the room, or will be. */
  Place place() {
    return place;
  }

  /** A higher number than any before. */
  long nextAttempt() {
    return owner.nextAttempt();
  }

  /** What a join is a part of. */
  Trace trace() {
    return owner.trace();
  }

  /** The way into the room is not open. */
  void failed(Failure failure) {
    owner.onFailed(failure);
  }

  /** How long the bridge keeps the session without a stream. */
  int windowMillis() {
    return windowMillis;
  }

  /** What the stream brings goes elsewhere from now on, and what becomes of it is told there. */
  void handTo(Lane next, Owner nextOwner) {
    sync.throwIfNotInThisSynchronizationContext();
    lane = next;
    owner = nextOwner;
  }

  /**
   * Begins a try.
   *
   * @param next the bridge for it
   * @param joinOnly whether an attach is out of the question
   * @param number of the join or attach in the session's life
   * @return whether it is an attach
   */
  boolean connect(Bridge next, boolean joinOnly, long number) {
    sync.throwIfNotInThisSynchronizationContext();
    seat.take(next);
    boolean returned = next != bridge && move(next);
    // Who comes back to a bridge was told to join by another one.
    boolean attach = (!joinOnly || returned) && !sessionId.isEmpty() && windowMillis > 0;
    kept = attach;
    int thisTry = ++currentTry;
    joining.forgetAnswers();
    if (attach) {
      ticket = shared.joinGate.enter(() -> sync.execute(() -> openStream(thisTry)));
    } else {
      joining.begin(next, number);
    }
    return attach;
  }

  /** The bridge is reckoned to have it, though nothing is sent there yet. */
  void reserve(Bridge at) {
    seat.take(at);
  }

  /** The bridge is not reckoned to have it any more. */
  void vacate() {
    seat.leave();
  }

  /** Gives up the call or stream of now; its session may live on at the bridge. */
  void abandon() {
    sync.throwIfNotInThisSynchronizationContext();
    currentTry++;
    leaveGate();
    joining.abandon();
    StreamAttempt streaming = stream;
    stream = null;
    live = false;
    pingable = null;
    if (streaming != null) {
      streaming.cancel("given up");
      streaming.connection().release(this);
    }
    lane.down();
  }

  /** Leaves the room, if it was joined and the bridge can be told; then runs what follows. */
  void leave(Runnable then) {
    sync.throwIfNotInThisSynchronizationContext();
    leaveOld();
    Bridge at = bridge;
    boolean tell = joined && at != null && !at.breakerOpen();
    joined = false;
    if (tell && at != null) {
      Leaving.tell(at.connection(), request.userId, sessionId, () -> sync.execute(then));
    } else {
      then.run();
    }
  }

  /** As equality: of this one only; the same in every run, and with it the order in sets. */
  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public boolean ping(BridgeConnection connection) {
    if (pingable != connection) {
      return false;
    }
    sync.execute(
        () -> {
          StreamAttempt to = liveStream();
          if (to != null && to.connection() == connection) {
            lane.ping(to);
          }
        });
    return true;
  }

  @Override
  public void connectionLost(BridgeConnection connection, Fault fault) {
    sync.execute(
        () -> {
          boolean streaming = stream != null && stream.connection() == connection;
          if (streaming || joining.isOver(connection)) {
            owner.onFailed(Failure.of(fault));
          }
        });
  }

  @Override
  public void onJoined(JoinAttempt which, JoinRoomResponse response) {
    if (!joining.is(which)) {
      return;
    }
    long now = shared.time.nanoTime();
    Bridge from = bridge;
    boolean back =
        from != null
            && from == putOutOf
            && response.getResumed()
            && !response.getMetadataOrDefault("back", "").isEmpty();
    putOutOf = null;
    if (from != null && response.getResumed() && !back && !lane.mayTakeOver()) {
      tookOver = response.getParticipantId();
      joining.insteadOf(response.getSessionId(), from, which.number());
      return;
    }
    leaveOld();
    joined = true;
    sessionId = response.getSessionId();
    ours = !sessionId.isEmpty();
    Bridge at = bridge;
    if (ours && at != null && !request.resumeKey.isEmpty()) {
      held.joined(this, at, sessionId);
    }
    kept = response.getResumed();
    windowMillis = ours ? response.getResumeWindowMs() : 0;
    participantId = response.getParticipantId();
    place = place.as(response.getParticipantId(), request);
    if (!back) {
      lane.joined(response, ours, now);
    }
    int thisTry = currentTry;
    owner.onJoined(response);
    openStream(thisTry);
  }

  @Override
  public void onJoinFailed(JoinAttempt which, Failure failure) {
    if (joining.is(which)) {
      noteDrain(bridge, failure);
      owner.onFailed(failure);
    }
  }

  /** Who closes is not asked again before it says that it does not any more. */
  private static void noteDrain(@Nullable Bridge at, Failure failure) {
    if (at != null && failure.fault().reason().orElse(null) == CloseReason.DRAINING) {
      at.announcedDrain();
    }
  }

  @Override
  public void onStreamReady(StreamAttempt which) {
    if (which != stream) {
      return;
    }
    // A bridge of the first table says nothing: its stream is up when the transport takes it.
    if (!live && !ours) {
      goLive(which, Map.of());
    } else {
      lane.onReady();
    }
    owner.onTraffic(which);
  }

  @Override
  public void onStreamChunk(StreamAttempt which, AudioChunk chunk, long now) {
    if (which != stream) {
      return;
    }
    if (!live) {
      if (ours && !chunk.getPcmData().isEmpty()) {
        breakOff("the bridge sent audio before its attach chunk");
        return;
      }
      lane.onOldestKept(TrackSequences.map(chunk.getOldestKeptList()), now);
      goLive(which, TrackSequences.map(chunk.getAcknowledgedList()));
    }
    String wrong = lane.onChunk(which, chunk, now);
    if (wrong != null) {
      breakOff(wrong);
      return;
    }
    if (which != stream) {
      return;
    }
    Bridge at = bridge;
    if (ours && chunk.getDrainMs() > 0 && at != null) {
      owner.onDraining(at, StreamTraffic.drain(chunk));
    }
    owner.onTraffic(which);
  }

  @Override
  public void onStreamEnd(StreamAttempt which, Failure failure) {
    if (which != stream) {
      return;
    }
    if (failure.transport()) {
      which.connection().bridge().transportFailed(which.connection());
    }
    noteDrain(which.connection().bridge(), failure);
    if (failure.clean() && failure.fault().reason().isEmpty()) {
      if (ours) {
        Fault left = Fault.of(FaultCause.STREAM_ENDED, CloseReason.LEFT, "the session ended");
        owner.onFailed(new Failure(left, false, true, 0));
        return;
      }
      joining.maybeReplaced(true);
    }
    owner.onFailed(failure);
  }

  /**
   * Somebody took the session over who will not have it: its id is void, and its numbers go on
   * where they were if it is taken back.
   */
  void putOut() {
    forget();
    putOutOf = bridge;
  }

  /** The bridge does not know the session any more. */
  void forget() {
    held.gone(bridge);
    sessionId = "";
    joined = false;
  }

  /**
   * To another bridge; what it has at the old one is kept until the new one has let it in.
   *
   * @return whether it is back at the old one with all it had there
   */
  private boolean move(Bridge next) {
    Bridge from = bridge;
    if (from != null && joined) {
      left = new Left(from, sessionId, ours);
    }
    Left back = left;
    boolean returns = back != null && back.bridge() == next;
    // Numbers go on where they were only with the session id: a join would make others.
    if (back != null && returns) {
      sessionId = back.sessionId();
      ours = back.ours();
      left = null;
    } else {
      sessionId = "";
      ours = false;
    }
    joined = returns;
    joining.maybeReplaced(false);
    bridge = next;
    putOutOf = null;
    return returns;
  }

  /** Another bridge has the session: the one of before is told, and nobody waits for it. */
  private void leaveOld() {
    Left old = left;
    left = null;
    if (old != null && !old.bridge().breakerOpen()) {
      Leaving.tell(old.bridge().connection(), request.userId, old.sessionId(), () -> {});
    }
  }

  private void openStream(int thisTry) {
    Bridge at = bridge;
    if (thisTry != currentTry || at == null) {
      return;
    }
    long epochMillis = shared.time.epochMillis();
    AudioChunk first =
        ours
            ? Requests.attachChunk(
                request.userId,
                epochMillis,
                sessionId,
                owner.nextAttempt(),
                lane.acknowledgement(shared.time.nanoTime()),
                lane.oldestKept())
            : Requests.firstChunk(request.userId, epochMillis);
    BridgeConnection on = at.connection();
    Trace trace = owner.trace().call(kept ? "bridge.resume" : "bridge.attach");
    StreamAttempt opened = new StreamAttempt(on, ours, sync, shared.time, trace, this);
    stream = opened;
    on.use(this);
    owner.onStreamOpening();
    opened.start(first);
  }

  private void goLive(StreamAttempt which, Map<Integer, Long> acknowledged) {
    leaveGate();
    joining.done();
    live = true;
    which.up();
    if (ours) {
      pingable = which.connection();
    }
    lane.up(which, acknowledged, shared.time.nanoTime());
    owner.onLive(which);
  }

  private void breakOff(String detail) {
    owner.onFailed(Failure.of(Fault.of(FaultCause.STREAM_ENDED, detail)));
  }

  private void leaveGate() {
    joining.leaveGate();
    Gate.Ticket waiting = ticket;
    ticket = null;
    if (waiting != null) {
      waiting.leave();
    }
  }
}
