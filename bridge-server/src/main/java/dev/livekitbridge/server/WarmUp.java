package dev.livekitbridge.server;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Makes calls over loopback to a bridge of its own, through the whole stack, so that the first
 * client of a new process does not wait for classes to be loaded. That bridge shares the event
 * loops with the real one, and nothing else: not its sessions, log, metrics or rooms.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final long LIMIT_SECONDS = 2;
  private static final int FRAMES = 20;
  private static final String USER = "warm-up";
  // A millisecond: a room takes them at the pace of real time, and the start waits for that.
  private static final ByteString SILENCE = ByteString.copyFrom(new byte[32]);

  private WarmUp() {}

  /** Warms up. That it could not is told, and keeps no server from starting. */
  static void run(ServerThreads threads, TransportOptions transport) {
    try (MemoryRooms rooms = MemoryRooms.create();
        BridgeService service =
            BridgeService.builder()
                .rooms(rooms)
                .scheduler(threads.group().next())
                .log(NOPLogger.NOP_LOGGER)
                .build()) {
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Server server =
          BridgeServer.configure(
                  NettyServerBuilder.forAddress(anyPort), threads.tcpServer(), threads, transport)
              .addService(service)
              .build()
              .start();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(
                  new InetSocketAddress(anyPort.getAddress(), server.getPort()))
              .channelType(threads.tcpClient())
              .eventLoopGroup(threads.group())
              .directExecutor()
              .usePlaintext()
              .build();
      try {
        call(channel, rooms);
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      log.debug("no warm-up: the first client waits a little longer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Joins; speaks both ways, each frame answered by the next; leaves. */
  private static void call(ManagedChannel channel, MemoryRooms rooms)
      throws ExecutionException, InterruptedException, TimeoutException {
    LiveKitBridgeGrpc.LiveKitBridgeFutureStub unary = LiveKitBridgeGrpc.newFutureStub(channel);
    unary.healthCheck(HealthCheckRequest.getDefaultInstance());
    JoinRoomResponse joined =
        unary
            .joinRoom(
                JoinRoomRequest.newBuilder()
                    .setUserId(USER)
                    .setRoomName(USER)
                    .setLivekitUrl("memory:" + USER)
                    .setResumeWindowMs(1)
                    .build())
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    MemoryParticipant participant = rooms.room(USER).join("someone");
    participant.onAudio((identity, track, frame) -> participant.publish(frame.toByteString()));
    Conversation conversation = new Conversation();
    StreamObserver<AudioChunk> toBridge =
        LiveKitBridgeGrpc.newStub(channel).streamAudio(conversation);
    conversation.begin(toBridge, joined.getSessionId());
    conversation.done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    unary
        .leaveRoom(
            LeaveRoomRequest.newBuilder()
                .setUserId(USER)
                .setSessionId(joined.getSessionId())
                .build())
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** The client's side of the call. */
  private static final class Conversation implements StreamObserver<AudioChunk> {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int heard;
    private long sent;

    // Set before the first chunk can come back.
    private volatile StreamObserver<AudioChunk> toBridge = this;

    void begin(StreamObserver<AudioChunk> to, String sessionId) {
      toBridge = to;
      to.onNext(AudioChunk.newBuilder().setUserId(USER).setSessionId(sessionId).build());
      say(1);
    }

    @Override
    public void onNext(AudioChunk chunk) {
      if (!chunk.getPcmData().isEmpty()) {
        heard++;
        if (heard < FRAMES) {
          say(chunk.getSequence());
        } else {
          done.complete(null);
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      done.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      done.complete(null);
    }

    private void say(long acknowledged) {
      toBridge.onNext(
          AudioChunk.newBuilder()
              .setPcmData(SILENCE)
              .setSampleRate(16_000)
              .setChannels(1)
              .setSequence(++sent)
              .addAcknowledged(TrackSequences.of(0, acknowledged))
              .setPing(sent)
              .build());
    }
  }
}
