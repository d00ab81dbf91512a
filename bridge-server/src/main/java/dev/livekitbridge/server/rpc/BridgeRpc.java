package dev.livekitbridge.server.rpc;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.guard.Callers;
import dev.livekitbridge.server.session.JoinReply;
import dev.livekitbridge.server.session.JoinTicket;
import dev.livekitbridge.server.session.SessionEnvironment;
import dev.livekitbridge.server.session.SessionRegistry;
import dev.livekitbridge.server.session.SessionSettings;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The service of the wire. Its methods never block: answers come from the sessions. */
public final class BridgeRpc extends LiveKitBridgeGrpc.LiveKitBridgeImplBase {
  private final SessionRegistry registry;
  private final SessionEnvironment environment;
  private final String version;
  private final long startNanos;
  // Calls that have not said yet whose they are, and so belong to no session's limits.
  private final AtomicInteger waiting = new AtomicInteger();

  /** The service over a registry. */
  public BridgeRpc(SessionRegistry registry, SessionEnvironment environment, String version) {
    this.registry = registry;
    this.environment = environment;
    this.version = version;
    this.startNanos = environment.time().nanoTime();
  }

  @Override
  public void joinRoom(JoinRoomRequest request, StreamObserver<JoinRoomResponse> observer) {
    JoinCall call = new JoinCall((ServerCallStreamObserver<JoinRoomResponse>) observer);
    call.ticket = registry.join(request, call);
  }

  @Override
  public void leaveRoom(LeaveRoomRequest request, StreamObserver<LeaveRoomResponse> call) {
    // Now: the session may answer on another thread, where gRPC takes no handler any more.
    StreamObserver<LeaveRoomResponse> answered = tolerant(call);
    registry.leave(request, response -> answer(answered, response));
  }

  @Override
  public StreamObserver<AudioChunk> streamAudio(StreamObserver<AudioChunk> observer) {
    SessionSettings settings = environment.settings();
    StreamCall call =
        new StreamCall(
            registry,
            (ServerCallStreamObserver<AudioChunk>) observer,
            settings.limits().retryAfterMillis(),
            StreamExpiry.current(environment),
            waiting::decrementAndGet);
    call.begin();
    int most = settings.limits().maxSessions();
    if (waiting.incrementAndGet() > most) {
      call.refuse(
          CloseReason.OVERLOADED,
          most + " streams wait for their first chunk, the most: try later");
    } else {
      call.firstChunkTimer(
          environment
              .scheduler()
              .schedule(
                  () -> call.refuse(CloseReason.INACTIVE, "no first chunk in time"),
                  settings.times().attachNanos(),
                  TimeUnit.NANOSECONDS));
    }
    return call;
  }

  @Override
  public void playAudio(PlayAudioRequest request, StreamObserver<PlayAudioEvent> call) {
    PlayCall play =
        new PlayCall(
            (ServerCallStreamObserver<PlayAudioEvent>) call,
            environment.settings().limits().retryAfterMillis());
    play.begin(registry.playbacks(), request);
  }

  @Override
  public void stopAudio(StopAudioRequest request, StreamObserver<StopAudioResponse> call) {
    StreamObserver<StopAudioResponse> answered = tolerant(call);
    registry.playbacks().stop(request, response -> answer(answered, response));
  }

  @Override
  public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> call) {
    answer(
        tolerant(call),
        HealthCheckResponse.newBuilder()
            .setStatus(
                registry.isDraining()
                    ? HealthCheckResponse.ServingStatus.NOT_SERVING
                    : HealthCheckResponse.ServingStatus.SERVING)
            .setActiveSessions(registry.metrics().sessions())
            .setActiveStreams(registry.metrics().streams())
            .setUptimeSeconds(
                TimeUnit.NANOSECONDS.toSeconds(environment.time().nanoTime() - startNanos))
            .putMetadata("version", version)
            .putMetadata("frames-unaccounted", Long.toString(registry.metrics().unaccounted()))
            .build());
  }

  @Override
  public void getStatus(BridgeStatusRequest request, StreamObserver<BridgeStatusResponse> call) {
    StreamObserver<BridgeStatusResponse> answered = tolerant(call);
    registry.reports().status(request, version, response -> answer(answered, response));
  }

  /** An observer that takes an answer for a caller who went away. */
  private static <T> StreamObserver<T> tolerant(StreamObserver<T> observer) {
    ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> {});
    return observer;
  }

  private static <T> void answer(StreamObserver<T> call, T response) {
    call.onNext(response);
    call.onCompleted();
  }

  /** A join under way. */
  private static final class JoinCall implements JoinReply {
    private final ServerCallStreamObserver<JoinRoomResponse> call;
    // Set before a cancellation is told: gRPC tells one thing of a call at a time.
    private volatile JoinTicket ticket = JoinTicket.NONE;

    private final String caller = Callers.current().name();
    private final Trace trace = CallTraces.current();

    JoinCall(ServerCallStreamObserver<JoinRoomResponse> call) {
      this.call = call;
      call.setOnCancelHandler(
          () -> {
            trace.fail(Reasons.CANCELLED);
            ticket.cancel();
          });
    }

    @Override
    public void answer(JoinRoomResponse response) {
      if (response.getSuccess()) {
        trace.set("bridge.resumed", response.getResumed()).end();
      } else {
        trace.fail(response.getMetadataOrDefault("reason", Reasons.UNKNOWN));
      }
      BridgeRpc.answer(call, response);
    }

    @Override
    public String caller() {
      return caller;
    }
  }
}
