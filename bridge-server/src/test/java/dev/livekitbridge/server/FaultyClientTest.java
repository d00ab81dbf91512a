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
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
  void senderThatIsHeldHoldsNobodyElseOfItsConnection() {
    List<String> heard = new CopyOnWriteArrayList<>();
    alice.onAudio((identity, track, frame) -> heard.add(identity));
    TestStream fast = join("fast", channel);
    // 20 s of audio at once: far more than the bridge takes ahead and than its window holds.
    for (int i = 0; i < 1_000; i++) {
      fast.send(AudioChunk.newBuilder().setPcmData(ByteString.copyFrom(FRAME)));
    }
    // What the bridge takes ahead, and as much as its window holds, is there.
    await()
        .untilAsserted(
            () -> assertThat(heard.stream().filter("fast"::equals)).hasSizeGreaterThan(25));
    long before = heard.size();
    for (int i = 0; i < 10; i++) {
      good.send(AudioChunk.newBuilder().setPcmData(ByteString.copyFrom(FRAME)));
    }
    await().until(() -> heard.stream().filter("good"::equals).count() == 10);
    // The other one is played in real time meanwhile: half its window would be 100 frames.
    assertThat(heard.lastIndexOf("good") - before).isLessThan(60);
    fast.cancel();
    await().untilAsserted(() -> assertThat(users()).doesNotContain("fast"));
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
  void windowOfAConnectionHoldsThatOfManyStreams() throws IOException {
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      peer.setSoTimeout(8_000);
      peer.getOutputStream().write(hello());
      DataInputStream frames = new DataInputStream(peer.getInputStream());
      // What HTTP/2 begins with; then each WINDOW_UPDATE of stream 0 adds to it.
      for (int window = 65_535; window < 16 << 20; ) {
        int lengthAndType = frames.readInt();
        frames.readByte();
        int stream = frames.readInt();
        byte[] payload = frames.readNBytes(lengthAndType >>> 8);
        if ((lengthAndType & 0xff) == 8 && stream == 0) {
          window += ByteBuffer.wrap(payload).getInt();
        }
      }
    }
  }

  @Test
  void connectionThatFrozeIsClosed() throws IOException {
    try (Socket frozen = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      frozen.getOutputStream().write(hello());
      frozen.setSoTimeout(8_000);
      // It answers no ping; the end of what the server sends is the end of the connection.
      assertThat(frozen.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  /** The preface and an empty SETTINGS frame. */
  private static byte[] hello() throws IOException {
    ByteArrayOutputStream hello = new ByteArrayOutputStream();
    hello.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    hello.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    return hello.toByteArray();
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
