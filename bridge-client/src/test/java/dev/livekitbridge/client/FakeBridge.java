package dev.livekitbridge.client;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.wire.TrackSequences;
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
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A bridge that does what a test tells it: one of ours, or one of the first table only. */
final class FakeBridge extends LiveKitBridgeGrpc.LiveKitBridgeImplBase implements AutoCloseable {
  final List<JoinRoomRequest> joins = new CopyOnWriteArrayList<>();
  final List<LeaveRoomRequest> leaves = new CopyOnWriteArrayList<>();
  final List<Stream> streams = new CopyOnWriteArrayList<>();
  final AtomicInteger healthChecks = new AtomicInteger();
  final String name = InProcessServerBuilder.generateName();
  private final boolean ours;
  volatile Function<JoinRoomRequest, JoinRoomResponse> onJoin = this::accept;
  volatile boolean acknowledges = true;
  volatile boolean attaches = true;
  volatile boolean answersJoins = true;
  volatile boolean connected;
  volatile int windowMillis = 10_000;
  private volatile @Nullable Server server;

  private FakeBridge(boolean ours) {
    this.ours = ours;
  }

  static FakeBridge ours() {
    return new FakeBridge(true).start();
  }

  static FakeBridge plain() {
    return new FakeBridge(false).start();
  }

  FakeBridge start() {
    return listen(InProcessServerBuilder.forName(name).directExecutor());
  }

  /** Listens on a port of the loopback; 0 for any. */
  static FakeBridge listening(int port) {
    FakeBridge bridge = new FakeBridge(true);
    bridge.listen(
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    return bridge;
  }

  FakeBridge listen(ServerBuilder<?> builder) {
    try {
      server = builder.addService(this).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  static FakeBridge silentOurs() {
    return new FakeBridge(true);
  }

  int port() {
    return Objects.requireNonNull(server).getPort();
  }

  /** Every call fails with UNAVAILABLE, as when the process was killed. */
  void kill() {
    Server running = server;
    server = null;
    if (running != null) {
      running.shutdownNow();
      try {
        boolean unused = running.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    kill();
  }

  JoinRoomResponse accept(JoinRoomRequest request) {
    JoinRoomResponse.Builder answer =
        JoinRoomResponse.newBuilder()
            .setSuccess(true)
            .setParticipantId(request.getUserId())
            .setParticipantCount(1);
    if (ours) {
      answer.setSessionId("session-" + joins.size()).setResumeWindowMs(windowMillis);
    }
    return answer.build();
  }

  static JoinRoomResponse refuse(@Nullable CloseReason reason, String error) {
    JoinRoomResponse.Builder answer = JoinRoomResponse.newBuilder().setError(error);
    if (reason != null) {
      answer.putMetadata("reason", reason.name());
    }
    return answer.build();
  }

  Stream stream(int number) {
    return streams.get(number);
  }

  @Override
  public void joinRoom(JoinRoomRequest request, StreamObserver<JoinRoomResponse> answer) {
    joins.add(request);
    if (answersJoins) {
      answer.onNext(onJoin.apply(request));
      answer.onCompleted();
    }
  }

  @Override
  public void leaveRoom(LeaveRoomRequest request, StreamObserver<LeaveRoomResponse> answer) {
    leaves.add(request);
    answer.onNext(LeaveRoomResponse.newBuilder().setSuccess(true).build());
    answer.onCompleted();
  }

  @Override
  public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
    healthChecks.incrementAndGet();
    answer.onNext(
        HealthCheckResponse.newBuilder()
            .setStatus(HealthCheckResponse.ServingStatus.SERVING)
            .build());
    answer.onCompleted();
  }

  @Override
  public void getStatus(BridgeStatusRequest request, StreamObserver<BridgeStatusResponse> answer) {
    answer.onNext(BridgeStatusResponse.newBuilder().setConnected(connected).build());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<AudioChunk> streamAudio(StreamObserver<AudioChunk> out) {
    Stream stream = new Stream((ServerCallStreamObserver<AudioChunk>) out);
    streams.add(stream);
    return stream;
  }

  /** One StreamAudio call, seen from the bridge. */
  final class Stream implements StreamObserver<AudioChunk> {
    final List<AudioChunk> chunks = new CopyOnWriteArrayList<>();
    private final ServerCallStreamObserver<AudioChunk> out;
    private final Map<Integer, Long> sent = new HashMap<>();
    volatile boolean halfClosed;
    volatile boolean cancelled;

    Stream(ServerCallStreamObserver<AudioChunk> out) {
      this.out = out;
      out.setOnCancelHandler(() -> cancelled = true);
    }

    @Override
    public void onNext(AudioChunk chunk) {
      chunks.add(chunk);
      if (!ours) {
        return;
      }
      if (chunks.size() == 1) {
        if (attaches) {
          send(AudioChunk.newBuilder().setTimestampMs(1).build());
        }
      } else if (chunk.getPing() != 0) {
        send(AudioChunk.newBuilder().setPong(chunk.getPing()).build());
      } else if (acknowledges && chunk.getSequence() != 0) {
        acknowledge(chunk.getTrackId(), chunk.getSequence());
      }
    }

    @Override
    public void onError(Throwable error) {
      cancelled = true;
    }

    @Override
    public void onCompleted() {
      halfClosed = true;
      synchronized (this) {
        out.onCompleted();
      }
    }

    AudioChunk first() {
      return chunks.get(0);
    }

    /** Chunks with audio. */
    List<AudioChunk> audio() {
      return chunks.stream().filter(c -> !c.getPcmData().isEmpty()).toList();
    }

    /** Empty chunks after the first. */
    List<AudioChunk> marks() {
      return chunks.stream().skip(1).filter(c -> c.getPcmData().isEmpty()).toList();
    }

    synchronized void send(AudioChunk chunk) {
      out.onNext(chunk);
    }

    void acknowledge(int track, long sequence) {
      send(AudioChunk.newBuilder().addAcknowledged(TrackSequences.of(track, sequence)).build());
    }

    /** The next frame of the room on the speaker track. */
    void say(int value) {
      AudioChunk.Builder chunk =
          AudioChunk.newBuilder()
              .setPcmData(ByteString.copyFrom(Frames.pcm(value)))
              .setSampleRate(16_000)
              .setChannels(1)
              .setTimestampMs(value);
      if (ours) {
        chunk.setSequence(sent.merge(0, 1L, Long::sum));
      }
      send(chunk.build());
    }

    synchronized void end(Status status, @Nullable CloseReason reason) {
      Metadata trailers = new Metadata();
      if (reason != null) {
        trailers.put(GrpcFailures.REASON, reason.name());
      }
      out.onError(new StatusRuntimeException(status, trailers));
    }

    synchronized void endCleanly() {
      out.onCompleted();
    }
  }
}
