package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.wire.StreamAudioWire;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final String USER = "warm-up";
  private static final byte[] SILENCE = new byte[640];

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

  /** A session that joins, speaks, and hears its own frames back. */
  static void run(long limitNanos)
      throws IOException, ExecutionException, InterruptedException, TimeoutException {
    NettyChannels netty = new NettyChannels(null, CONNECT_MILLIS);
    try {
      Server server = netty.loopbackServer().addService(StreamAudioWire.bind(new Echo())).build();
      try {
        server.start();
        converse("127.0.0.1:" + server.getPort(), limitNanos);
      } finally {
        server.shutdownNow();
      }
    } finally {
      netty.close();
    }
  }

  private static void converse(String bridge, long limitNanos)
      throws ExecutionException, InterruptedException, TimeoutException {
    CountDownLatch heard = new CountDownLatch(FRAMES);
    // Nobody's meters, and nothing in the log: it is no session of the caller's.
    try (BridgeClient client =
        BridgeClient.builder(bridge)
            .meterRegistry(new CompositeMeterRegistry())
            .build(RealRuntime.create(null, null, null, CONNECT_MILLIS).quiet())) {
      BridgeSession session =
          client.open(
              SessionRequest.builder(USER)
                  .room(USER)
                  .liveKitUrl("memory:" + USER)
                  .tokens(join -> USER)
                  .resumeKey(USER)
                  .resumeWindow(Duration.ofSeconds(1))
                  .onAudio(frame -> heard.countDown())
                  .build());
      for (int i = 0; i < FRAMES; i++) {
        session.send(AudioFrame.copyOf(SILENCE, i));
      }
      if (!heard.await(limitNanos, TimeUnit.NANOSECONDS)) {
        throw new TimeoutException("heard " + heard.getCount() + " frames too few");
      }
      session.close(Duration.ofNanos(limitNanos));
    }
  }

  /** A bridge that says everything back. */
  private static final class Echo extends LiveKitBridgeGrpc.LiveKitBridgeImplBase {
    @Override
    public void joinRoom(JoinRoomRequest request, StreamObserver<JoinRoomResponse> answer) {
      answer.onNext(
          JoinRoomResponse.newBuilder()
              .setSuccess(true)
              .setParticipantId(USER)
              .setSessionId(USER)
              .setResumeWindowMs(1_000)
              .build());
      answer.onCompleted();
    }

    @Override
    public void leaveRoom(LeaveRoomRequest request, StreamObserver<LeaveRoomResponse> answer) {
      answer.onNext(LeaveRoomResponse.newBuilder().setSuccess(true).build());
      answer.onCompleted();
    }

    @Override
    public StreamObserver<AudioChunk> streamAudio(StreamObserver<AudioChunk> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AudioChunk chunk) {
          answers.onNext(answer(chunk));
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }

    private static AudioChunk answer(AudioChunk chunk) {
      AudioChunk.Builder answer =
          AudioChunk.newBuilder()
              .setPcmData(chunk.getPcmData())
              .setSampleRate(chunk.getSampleRate())
              .setChannels(chunk.getChannels())
              .setSequence(chunk.getSequence())
              .setPong(chunk.getPing());
      if (chunk.getSequence() > 0) {
        answer.addAcknowledged(TrackSequences.of(chunk.getTrackId(), chunk.getSequence()));
      }
      return answer.build();
    }
  }
}
