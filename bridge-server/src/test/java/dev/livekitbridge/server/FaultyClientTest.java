package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that misbehave on a real socket: each is dealt with, and a good one goes on. */
@NullMarked
class FaultyClientTest {
  private static final byte[] FRAME = new byte[640];

  private final MemoryRooms rooms = MemoryRooms.create();
  private BridgeServer server;
  private ManagedChannel channel;
  private MemoryParticipant alice;
  private TestStream good;

  @BeforeEach
  void start() throws IOException {
    server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .rooms(rooms)
            .options(BridgeServerOptions.builder().sendTimeout(Duration.ofMillis(500)).build())
            .transport(
                TransportOptions.builder()
                    .warmUp(false)
                    .keepAliveTime(Duration.ofMillis(500))
                    .keepAliveTimeout(Duration.ofMillis(500))
                    .build())
            .build()
            .start();
    channel = channel(1 << 20);
    alice = rooms.room("room").join("alice");
    good = join("good", channel);
  }

  @AfterEach
  void theGoodOneStillHears() {
    int before = good.audio().size();
    alice.publish(FRAME);
    await().untilAsserted(() -> assertThat(good.audio()).hasSizeGreaterThan(before));
    assertThat(good.ended()).isFalse();
    await()
        .untilAsserted(
            () ->
                assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE))
                    .isEqualTo(server.sessions().size())
                    .isEqualTo(1));
    channel.shutdownNow();
    server.close(Duration.ofSeconds(1));
    rooms.close();
  }

  @Test
  void clientThatDoesNotReadIsCutOff() {
    ManagedChannel small = channel(65_535);
    TestStream deaf = TestStream.deaf(small);
    join("deaf", small, deaf);
    // More than the client's window and what gRPC queues: the rest waits.
    for (int i = 0; i < 300; i++) {
      alice.publish(FRAME);
    }
    await().untilAsserted(() -> assertThat(users()).doesNotContain("deaf"));
    deaf.request(1_000);
    assertThat(deaf.awaitEnd().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(deaf.reason()).contains(CloseReason.SEND_TIMEOUT);
    small.shutdownNow();
  }

  @Test
  void oversizedMessageEndsItsStreamOnly() {
    TestStream big = join("big", channel);
    big.send(AudioChunk.newBuilder().setPcmData(ByteString.copyFrom(new byte[11 << 20])));
    assertThat(big.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(big.endStatus().getDescription()).contains("maximum size 10485760");
    await().untilAsserted(() -> assertThat(users()).doesNotContain("big"));
  }

  @Test
  void connectionThatFrozeIsClosed() throws IOException {
    try (Socket frozen = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      ByteArrayOutputStream hello = new ByteArrayOutputStream();
      hello.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      // An empty SETTINGS frame.
      hello.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      frozen.getOutputStream().write(hello.toByteArray());
      frozen.setSoTimeout(8_000);
      // It answers no ping; the end of what the server sends is the end of the connection.
      assertThat(frozen.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  private String users() {
    return server.sessions().toString();
  }

  private TestStream join(String user, ManagedChannel over) {
    return join(user, over, TestStream.open(over));
  }

  private TestStream join(String user, ManagedChannel over, TestStream stream) {
    assertThat(
            LiveKitBridgeGrpc.newBlockingStub(over)
                .joinRoom(InProcessBridge.request(user).build())
                .getSuccess())
        .isTrue();
    stream.send(AudioChunk.newBuilder().setUserId(user));
    await()
        .until(() -> users().contains("userId=" + user) && streams() == server.sessions().size());
    return stream;
  }

  private long streams() {
    return server.sessions().stream().filter(s -> s.state().name().equals("STREAMING")).count();
  }

  private ManagedChannel channel(int window) {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
        .flowControlWindow(window)
        .usePlaintext()
        .build();
  }
}
