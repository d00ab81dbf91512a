package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullMarked
class StreamErrorFilterTest {
  private final Logger grpc = Logger.getLogger("io.grpc.netty.NettyServerHandler");
  private final List<Throwable> logged = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getThrown() != null) {
            logged.add(record.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    grpc.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    grpc.removeHandler(handler);
  }

  @Test
  void aStreamThatEndsWithBytesToWriteIsNotWarnedOf() throws Exception {
    MemoryRooms rooms = MemoryRooms.create();
    BridgeServer server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .rooms(rooms)
            .transport(TransportOptions.builder().warmUp(false).build())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
            .usePlaintext()
            .flowControlWindow(65_535)
            .build();
    MemoryParticipant alice = rooms.room("room").join("alice");
    LiveKitBridgeGrpc.newBlockingStub(channel).joinRoom(InProcessBridge.request("deaf").build());
    TestStream deaf = TestStream.deaf(channel);
    deaf.send(AudioChunk.newBuilder().setUserId("deaf"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> server.sessions().stream().anyMatch(s -> s.state().name().equals("STREAMING")));
    // More than the window of the stream and what gRPC queues behind it.
    for (int i = 0; i < 400; i++) {
      alice.publish(new byte[640]);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                server.sessions().stream()
                    .anyMatch(s -> s.toClient().accepted() == 400 && s.toClient().buffered() > 0));
    deaf.cancel();
    await().atMost(Duration.ofSeconds(20)).until(() -> server.sessions().isEmpty());
    channel.shutdownNow();
    server.close(Duration.ofSeconds(1));
    rooms.close();
    assertThat(logged).isEmpty();
  }

  @Test
  void otherErrorsAreWarnedOf() {
    StreamErrorFilter.install();
    StreamErrorFilter.install();
    Throwable other = Http2Exception.streamError(3, Http2Error.PROTOCOL_ERROR, "bad");
    grpc.log(Level.WARNING, "Stream Error", other);
    grpc.log(Level.WARNING, "Connection Error", new IllegalStateException("bad"));
    grpc.log(
        Level.WARNING, "Stream Error", Http2Exception.streamError(3, Http2Error.STREAM_CLOSED, ""));
    assertThat(logged).hasSize(2).contains(other);
  }
}
