package dev.livekitbridge.client;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.wire.StreamAudioWire;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls, once in a process, a bridge of its own over loopback, which answers and echoes: so that
 * the first session does not wait for the classes of gRPC, netty and protobuf to be loaded. Shares
 * nothing with the client that asks for it, and leaves no thread behind.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final AtomicBoolean done = new AtomicBoolean();
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int FRAMES = 20;
  // The first chunk is said back as well.
  private static final int CHUNKS = FRAMES + 1;
  private static final String USER = "warm-up";
  private static final ByteString SILENCE = ByteString.copyFrom(new byte[640]);

  private WarmUp() {}

  /** Warms up, if nobody has yet. That it could not is told, and keeps no client from being. */
  static void once() {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    try {
      run(LIMIT_NANOS);
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      log.debug("no warm-up: the first session waits a little longer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Joins, and hears its own frames back. */
  static void run(long limitNanos)
      throws IOException, ExecutionException, InterruptedException, TimeoutException {
    NettyChannels netty = new NettyChannels(null, CONNECT_MILLIS);
    try (Transport transport =
        new GrpcTransport(netty, Runnable::run, Deadline.getSystemTicker(), netty)) {
      Server server = netty.loopbackServer().addService(StreamAudioWire.bind(new Echo())).build();
      try {
        server.start();
        call(transport.connect("127.0.0.1:" + server.getPort()), limitNanos);
      } finally {
        server.shutdownNow();
      }
    }
  }

  private static void call(Transport.Connection connection, long limitNanos)
      throws ExecutionException, InterruptedException, TimeoutException {
    CompletableFuture<JoinRoomResponse> joined = new CompletableFuture<>();
    connection.join(
        JoinRoomRequest.newBuilder().setUserId(USER).setRoomName(USER).build(),
        limitNanos,
        new Transport.Reply<>() {
          @Override
          public void onAnswer(JoinRoomResponse answer) {
            joined.complete(answer);
          }

          @Override
          public void onFailure(Failure failure) {
            joined.completeExceptionally(new IllegalStateException(failure.fault().detail()));
          }
        });
    JoinRoomResponse answer = joined.get(limitNanos, TimeUnit.NANOSECONDS);
    Conversation conversation = new Conversation();
    Transport.StreamCall call = connection.stream(conversation);
    conversation.call = call;
    call.request(CHUNKS);
    call.send(Requests.attachChunk(USER, 0, answer.getSessionId(), 1, Map.of(), Map.of()));
    for (int i = 1; i <= FRAMES; i++) {
      call.send(chunk(i));
    }
    conversation.over.get(limitNanos, TimeUnit.NANOSECONDS);
  }

  private static AudioChunk chunk(long sequence) {
    return AudioChunk.newBuilder()
        .setPcmData(SILENCE)
        .setSampleRate(16_000)
        .setChannels(1)
        .setSequence(sequence)
        .addAcknowledged(TrackSequences.of(0, sequence))
        .setPing(sequence)
        .build();
  }

  /** The client's side: hears its own frames, then closes. */
  private static final class Conversation implements Transport.StreamListener {
    final CompletableFuture<Void> over = new CompletableFuture<>();
    // Set before the first chunk is sent, and so before one can come.
    volatile Transport.@Nullable StreamCall call;
    private int heard;

    @Override
    public void onReady() {}

    @Override
    public void onChunk(AudioChunk came) {
      Transport.StreamCall to = call;
      if (++heard == CHUNKS && to != null) {
        to.halfClose();
      }
    }

    @Override
    public void onEnd(Failure failure) {
      if (heard == CHUNKS) {
        over.complete(null);
      } else {
        over.completeExceptionally(new IllegalStateException(failure.fault().detail()));
      }
    }
  }

  /** A bridge that says everything back. */
  private static final class Echo extends LiveKitBridgeGrpc.LiveKitBridgeImplBase {
    @Override
    public void joinRoom(JoinRoomRequest request, StreamObserver<JoinRoomResponse> answer) {
      answer.onNext(JoinRoomResponse.newBuilder().setSuccess(true).setSessionId(USER).build());
      answer.onCompleted();
    }

    @Override
    public StreamObserver<AudioChunk> streamAudio(StreamObserver<AudioChunk> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AudioChunk chunk) {
          answers.onNext(chunk);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }
  }
}
