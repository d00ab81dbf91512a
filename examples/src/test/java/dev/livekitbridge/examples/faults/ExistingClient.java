package dev.livekitbridge.examples.faults;

import com.google.protobuf.ByteString;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A peer that knows only the fixed fields of the wire, over a connection of its own. */
final class ExistingClient implements AutoCloseable {
  final ManagedChannel channel;

  ExistingClient(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  JoinRoomResponse join(String user, String url) {
    return LiveKitBridgeGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .joinRoom(joinRequest(user, url));
  }

  static JoinRoomRequest joinRequest(String user, String url) {
    return JoinRoomRequest.newBuilder()
        .setUserId(user)
        .setRoomName("standup")
        .setToken("token")
        .setLivekitUrl(url)
        .build();
  }

  /** Opens a stream with the usual empty first chunk. */
  RawStream stream(String user) {
    RawStream stream = open();
    stream.send(chunk().setUserId(user).build());
    return stream;
  }

  RawStream open() {
    RawStream stream = new RawStream();
    LiveKitBridgeGrpc.newStub(channel).streamAudio(stream);
    return stream;
  }

  static AudioChunk.Builder chunk() {
    return AudioChunk.newBuilder().setSampleRate(16_000).setChannels(1).setTimestampMs(1);
  }

  static AudioChunk audio() {
    return chunk().setPcmData(ByteString.copyFrom(new byte[640])).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** A stream that can stop reading. */
  static final class RawStream implements ClientResponseObserver<AudioChunk, AudioChunk> {
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final AtomicInteger audio = new AtomicInteger();
    private volatile boolean reading = true;
    private @Nullable ClientCallStreamObserver<AudioChunk> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<AudioChunk> opening) {
      call = opening;
      opening.disableAutoRequestWithInitial(1);
    }

    private ClientCallStreamObserver<AudioChunk> call() {
      return Objects.requireNonNull(call);
    }

    void send(AudioChunk chunk) {
      call().onNext(chunk);
    }

    void cancel() {
      call().cancel("the test says so", null);
    }

    void halfClose() {
      call().onCompleted();
    }

    void stopReading() {
      reading = false;
    }

    int audioFrames() {
      return audio.get();
    }

    /** How it ended; waits for it. */
    Status awaitEnd(long seconds) throws Exception {
      return ended.get(seconds, TimeUnit.SECONDS);
    }

    boolean open() {
      return !ended.isDone();
    }

    @Override
    public void onNext(AudioChunk chunk) {
      if (!chunk.getPcmData().isEmpty()) {
        audio.incrementAndGet();
      }
      if (reading) {
        call().request(1);
      }
    }

    @Override
    public void onError(Throwable error) {
      ended.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }
}
