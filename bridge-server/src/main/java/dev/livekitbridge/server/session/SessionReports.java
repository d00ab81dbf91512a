package dev.livekitbridge.server.session;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.FrameLaw;
import dev.livekitbridge.proto.SessionStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Tells how users are connected, and remembers for a while how their last session ended. */
public final class SessionReports {
  private static final int MAX_REMEMBERED_USERS = 100_000;
  private static final Duration MEMORY = Duration.ofHours(1);

  private record LastDisconnect(long atMillis, CloseReason reason) {}

  private final SessionEnvironment environment;
  private final SessionRegistry registry;
  private final Cache<String, LastDisconnect> disconnects;

  SessionReports(SessionEnvironment environment, SessionRegistry registry) {
    this.environment = environment;
    this.registry = registry;
    this.disconnects =
        CacheBuilder.newBuilder()
            .maximumSize(MAX_REMEMBERED_USERS)
            .expireAfterWrite(MEMORY)
            .ticker(Clocks.ticker(environment.time()))
            .build();
  }

  /** How a user is connected; never an error. */
  public void status(
      BridgeStatusRequest request, String version, Consumer<BridgeStatusResponse> reply) {
    String userId = request.getUserId();
    BridgeStatusResponse.Builder status =
        BridgeStatusResponse.newBuilder().setServerVersion(version);
    LastDisconnect last = disconnects.getIfPresent(userId);
    if (last != null) {
      status.setLastDisconnectAt(last.atMillis()).setLastDisconnectReason(last.reason().name());
    }
    BridgeSession session = registry.find(userId);
    if (session == null) {
      reply.accept(status.build());
    } else {
      session.context().execute(() -> reply.accept(of(session, status, request.getDetails())));
    }
  }

  /** Every session, each at a moment of its own; completes when the last one has told. */
  public CompletableFuture<List<SessionSnapshot>> snapshots() {
    return snapshots(registry.all());
  }

  /** So many sessions at most, those without a stream first, by user. */
  public CompletableFuture<List<SessionSnapshot>> snapshots(int most) {
    return snapshots(
        registry.all().stream()
            .sorted(
                Comparator.<BridgeSession, Boolean>comparing(
                        session -> session.state() == SessionState.STREAMING)
                    .thenComparing(BridgeSession::userId))
            .limit(most)
            .toList());
  }

  private static CompletableFuture<List<SessionSnapshot>> snapshots(List<BridgeSession> sessions) {
    List<CompletableFuture<SessionSnapshot>> each = new ArrayList<>();
    for (BridgeSession session : sessions) {
      CompletableFuture<SessionSnapshot> snapshot = new CompletableFuture<>();
      each.add(snapshot);
      session.context().execute(() -> snapshot.complete(session.snapshot()));
    }
    return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done ->
                each.stream()
                    .map(CompletableFuture::join)
                    .filter(snapshot -> snapshot.state() != SessionState.CLOSED)
                    .toList());
  }

  void disconnected(String userId, CloseReason reason) {
    disconnects.put(userId, new LastDisconnect(environment.time().epochMillis(), reason));
  }

  private static BridgeStatusResponse of(
      BridgeSession session, BridgeStatusResponse.Builder status, boolean details) {
    SessionSnapshot now = session.snapshot();
    status
        .setConnected(session.inRoom())
        .setParticipantId(now.participantId())
        .setParticipantCount(now.participantCount());
    if (details) {
      status
          .setAttached(session.attachedEver())
          .setKeptForClient(now.toClient().buffered())
          .setWaitingForRoom(now.toRoom().buffered())
          .setStats(stats(session, now));
    }
    return status.build();
  }

  private static SessionStats stats(BridgeSession session, SessionSnapshot now) {
    return SessionStats.newBuilder()
        .setUserId(now.userId())
        .setAudioFramesSent(now.toClient().delivered())
        .setAudioFramesReceived(now.toRoom().accepted())
        .setBytesSent(session.bytesSent())
        .setBytesReceived(session.bytesReceived())
        .setSessionDurationMs(now.age().toMillis())
        .setRoomName(now.roomName())
        .setParticipantCount(now.participantCount())
        .setToClient(law(now.toClient()))
        .setToRoom(law(now.toRoom()))
        .build();
  }

  private static FrameLaw law(FrameCounts counts) {
    FrameLaw.Builder law =
        FrameLaw.newBuilder()
            .setAccepted(counts.accepted())
            .setDelivered(counts.delivered())
            .setBuffered(counts.buffered())
            .setReplayed(counts.replayed())
            .setDuplicates(counts.duplicates())
            .setMissing(counts.missing());
    counts.dropped().forEach((cause, frames) -> law.putDropped(cause.name(), frames));
    return law.build();
  }
}
