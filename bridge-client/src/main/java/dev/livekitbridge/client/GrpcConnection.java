package dev.livekitbridge.client;

import dev.livekitbridge.core.trace.Traces;
import dev.livekitbridge.core.wire.StreamAudioWire;
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
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection over gRPC: one channel, and never a second life of it after an outage. */
final class GrpcConnection implements Transport.Connection {
  private final ManagedChannel channel;
  private final Deadline.Ticker ticker;
  private final @Nullable Bearer bearer;
  private final Traces traces;
  private volatile boolean wasUp;

  GrpcConnection(
      ManagedChannel channel, Deadline.Ticker ticker, @Nullable Bearer bearer, Traces traces) {
    this.channel = channel;
    this.bearer = bearer;
    this.traces = traces;
    this.ticker = ticker;
    watch();
  }

  private void watch() {
    ConnectivityState state = channel.getState(false);
    if (state == ConnectivityState.READY) {
      wasUp = true;
    } else if (state != ConnectivityState.SHUTDOWN) {
      channel.notifyWhenStateChanged(state, this::watch);
    }
  }

  @Override
  public boolean isUp() {
    return channel.getState(false) == ConnectivityState.READY;
  }

  @Override
  public boolean wasUp() {
    return wasUp;
  }

  @Override
  public Transport.Call join(
      JoinRoomRequest request, long deadlineNanos, Transport.Reply<JoinRoomResponse> reply) {
    return unary(
        LiveKitBridgeGrpc.getJoinRoomMethod(),
        request,
        deadlineNanos,
        credentials(true),
        traced(),
        reply);
  }

  @Override
  public Transport.Call leave(
      LeaveRoomRequest request, long deadlineNanos, Transport.Reply<LeaveRoomResponse> reply) {
    return unary(LiveKitBridgeGrpc.getLeaveRoomMethod(), request, deadlineNanos, reply);
  }

  @Override
  public Transport.Call health(long deadlineNanos, Transport.Reply<HealthCheckResponse> reply) {
    return unary(
        LiveKitBridgeGrpc.getHealthCheckMethod(),
        HealthCheckRequest.getDefaultInstance(),
        deadlineNanos,
        // Whether a bridge is there must not hang on who we are.
        credentials(false),
        new Metadata(),
        reply);
  }

  @Override
  public Transport.Call status(
      BridgeStatusRequest request,
      long deadlineNanos,
      Transport.Reply<BridgeStatusResponse> reply) {
    return unary(LiveKitBridgeGrpc.getGetStatusMethod(), request, deadlineNanos, reply);
  }

  @Override
  public Transport.Call play(
      PlayAudioRequest request, Transport.EventListener<PlayAudioEvent> listener) {
    Bearer.Call credentials = credentials(true);
    ClientCall<PlayAudioRequest, PlayAudioEvent> call =
        channel.newCall(LiveKitBridgeGrpc.getPlayAudioMethod(), options(credentials));
    call.start(new EventReceiver<>(call, credentials, listener), traced());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
    return () -> call.cancel("given up", null);
  }

  @Override
  public Transport.Call stop(
      StopAudioRequest request, long deadlineNanos, Transport.Reply<StopAudioResponse> reply) {
    return unary(LiveKitBridgeGrpc.getStopAudioMethod(), request, deadlineNanos, reply);
  }

  @Override
  public Transport.StreamCall stream(Transport.StreamListener listener) {
    Bearer.Call credentials = credentials(true);
    ClientCall<AudioChunk, AudioChunk> call =
        channel.newCall(StreamAudioWire.method(), options(credentials));
    call.start(new StreamReceiver(credentials, listener), traced());
    return new GrpcStream(call);
  }

  @Override
  public void retire() {
    channel.shutdown();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  boolean isClosed() {
    return channel.isTerminated();
  }

  boolean awaitClosed(long nanos) throws InterruptedException {
    return channel.awaitTermination(nanos, TimeUnit.NANOSECONDS);
  }

  private <Q, A> Transport.Call unary(
      MethodDescriptor<Q, A> method, Q request, long deadlineNanos, Transport.Reply<A> reply) {
    return unary(method, request, deadlineNanos, credentials(true), new Metadata(), reply);
  }

  private <Q, A> Transport.Call unary(
      MethodDescriptor<Q, A> method,
      Q request,
      long deadlineNanos,
      Bearer.@Nullable Call credentials,
      Metadata headers,
      Transport.Reply<A> reply) {
    Deadline deadline = Deadline.after(deadlineNanos, TimeUnit.NANOSECONDS, ticker);
    ClientCall<Q, A> call = channel.newCall(method, options(credentials).withDeadline(deadline));
    call.start(new UnaryReceiver<>(credentials, reply), headers);
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
    return () -> call.cancel("given up", null);
  }

  /** Headers of a call that its caller made within a span. */
  private Metadata traced() {
    Metadata headers = new Metadata();
    traces.inject(headers);
    return headers;
  }

  private Bearer.@Nullable Call credentials(boolean needed) {
    return bearer == null ? null : bearer.newCall(needed);
  }

  private static CallOptions options(Bearer.@Nullable Call credentials) {
    return credentials == null
        ? CallOptions.DEFAULT
        : CallOptions.DEFAULT.withCallCredentials(credentials);
  }

  private static final class UnaryReceiver<A> extends ClientCall.Listener<A> {
    private final Bearer.@Nullable Call credentials;
    private final Transport.Reply<A> reply;
    private @Nullable A answer;

    UnaryReceiver(Bearer.@Nullable Call credentials, Transport.Reply<A> reply) {
      this.credentials = credentials;
      this.reply = reply;
    }

    @Override
    public void onMessage(A message) {
      answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      A came = answer;
      if (status.isOk() && came != null) {
        reply.onAnswer(came);
      } else {
        Status error = status.isOk() ? Status.INTERNAL.withDescription("no answer") : status;
        reply.onFailure(GrpcFailures.read(error, trailers, false, credentials));
      }
    }
  }

  private static final class EventReceiver<A> extends ClientCall.Listener<A> {
    private final ClientCall<?, A> call;
    private final Bearer.@Nullable Call credentials;
    private final Transport.EventListener<A> listener;

    EventReceiver(
        ClientCall<?, A> call,
        Bearer.@Nullable Call credentials,
        Transport.EventListener<A> listener) {
      this.call = call;
      this.credentials = credentials;
      this.listener = listener;
    }

    @Override
    public void onMessage(A message) {
      listener.onEvent(message);
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      listener.onEnd(GrpcFailures.read(status, trailers, false, credentials));
    }
  }

  private static final class StreamReceiver extends ClientCall.Listener<AudioChunk> {
    private final Bearer.@Nullable Call credentials;
    private final Transport.StreamListener listener;

    StreamReceiver(Bearer.@Nullable Call credentials, Transport.StreamListener listener) {
      this.credentials = credentials;
      this.listener = listener;
    }

    @Override
    public void onReady() {
      listener.onReady();
    }

    @Override
    public void onMessage(AudioChunk chunk) {
      listener.onChunk(chunk);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      listener.onEnd(GrpcFailures.read(status, trailers, true, credentials));
    }
  }

  private static final class GrpcStream implements Transport.StreamCall {
    private final ClientCall<AudioChunk, AudioChunk> call;

    GrpcStream(ClientCall<AudioChunk, AudioChunk> call) {
      this.call = call;
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(AudioChunk chunk) {
      call.sendMessage(chunk);
    }

    @Override
    public void request(int chunks) {
      call.request(chunks);
    }

    @Override
    public void halfClose() {
      call.halfClose();
    }

    @Override
    public void cancel(String why) {
      call.cancel(why, null);
    }
  }
}
