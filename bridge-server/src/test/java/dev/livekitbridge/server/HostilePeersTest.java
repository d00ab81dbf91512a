package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Peers that want the bridge ill, over real sockets: what they take is bounded, others are served.
 */
@NullMarked
class HostilePeersTest {
  private static final int MOST = 50;
  private static final int AT_ONCE = 1_000;
  private static final long MOST_BYTES = 32 << 20;
  private static final byte[] FRAME = new byte[640];

  private final MemoryRooms rooms = MemoryRooms.create();
  private BridgeServer server;
  private ManagedChannel good;
  private ManagedChannel bad;
  private MemoryParticipant alice;
  private TestStream stream;

  @BeforeEach
  void start() throws IOException {
    server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .rooms(rooms)
            .options(
                BridgeServerOptions.builder()
                    .maxSessions(MOST)
                    .attachTimeout(Duration.ofSeconds(2))
                    .build())
            .transport(
                TransportOptions.builder()
                    .warmUp(false)
                    .handshakeTimeout(Duration.ofMillis(700))
                    .build())
            .build()
            .start();
    good = channel();
    bad = channel();
    alice = rooms.room("room").join("alice");
    assertThat(join(good, "good").getSuccess()).isTrue();
    stream = TestStream.plain(good, "good");
    served();
  }

  @AfterEach
  void theOthersAreServed() {
    served();
    bad.shutdownNow();
    good.shutdownNow();
    server.close(Duration.ofSeconds(1));
    rooms.close();
  }

  private void served() {
    int before = stream.audio().size();
    alice.publish(FRAME);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(stream.audio()).hasSizeGreaterThan(before));
  }

  /** A million of them: {@code -Dhostile.joins=1000000}. */
  @Test
  void aFloodOfJoinsFillsTheBridgeAndNoMore() throws InterruptedException {
    AtomicInteger joined = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    int joins = Integer.getInteger("hostile.joins", 5_000);
    Semaphore onTheWay = new Semaphore(AT_ONCE);
    long before = liveBytes();
    for (int i = 0; i < joins; i++) {
      if (i % 1_000 == 0) {
        // A million take longer than a silent session may live.
        alice.publish(FRAME);
      }
      onTheWay.acquire();
      LiveKitBridgeGrpc.newStub(bad)
          .joinRoom(
              InProcessBridge.request("user-" + i).build(),
              new Answer(
                  answer -> (answer.getSuccess() ? joined : refused).incrementAndGet(), onTheWay));
    }
    onTheWay.acquire(AT_ONCE);
    assertThat(liveBytes() - before).as("bytes held").isLessThan(MOST_BYTES);
    assertThat(joined.get()).isBetween(1, joins / 2);
    assertThat(refused.get()).isEqualTo(joins - joined.get());
    assertThat(server.sessions()).hasSizeLessThanOrEqualTo(MOST);
    // Who never opens a stream is gone after the time for it.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(server.sessions()).hasSize(1));
  }

  @Test
  void aStreamWithoutEndHoldsNoMoreThanItsQueue() {
    assertThat(join(bad, "endless").getSuccess()).isTrue();
    TestStream endless = TestStream.plain(bad, "endless");
    long before = liveBytes();
    // Up to 2,000 s of sound as fast as the bridge takes it, and chunks of nothing between.
    for (int i = 0; i < 100_000 && takes(endless); i++) {
      endless.say(FRAME);
      endless.send(AudioChunk.newBuilder().setTimestampMs(i));
    }
    served();
    assertThat(liveBytes() - before).as("bytes held").isLessThan(MOST_BYTES);
    endless.cancel();
  }

  @Test
  void streamsWithoutAFirstChunkAreFewAndEnd() {
    List<TestStream> silent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      silent.add(TestStream.open(bad));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(silent.stream().filter(s -> !s.ended()))
                    .as("waiting")
                    .hasSizeLessThanOrEqualTo(MOST));
    served();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(silent).allMatch(TestStream::ended));
    assertThat(silent)
        .allSatisfy(
            s ->
                assertThat(s.reason().orElseThrow())
                    .isIn(CloseReason.OVERLOADED, CloseReason.INACTIVE));
    assertThat(silent).anyMatch(s -> s.reason().orElseThrow() == CloseReason.OVERLOADED);
  }

  @Test
  void tenMegabytesInARowAreRefusedAtTheFirst() {
    assertThat(join(bad, "big").getSuccess()).isTrue();
    TestStream big = TestStream.plain(bad, "big");
    ByteString tooMuch = ByteString.copyFrom(new byte[9 << 20]);
    for (int i = 0; i < 5 && !big.ended(); i++) {
      try {
        big.send(AudioChunk.newBuilder().setPcmData(tooMuch));
      } catch (IllegalStateException e) {
        // The stream has just been ended.
        break;
      }
    }
    assertThat(big.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aFloodOfPingsIsAnsweredByTheLastAndHeldInNoQueue() {
    JoinRoomResponse joined =
        LiveKitBridgeGrpc.newBlockingStub(bad).joinRoom(InProcessBridge.resumable("ping").build());
    // All answers together, some 400 KiB, would go out at once through gRPC's own window of 1 MiB.
    ManagedChannel narrow = channelBuilder().flowControlWindow(64 << 10).build();
    TestStream deaf = TestStream.deaf(narrow);
    deaf.send(AudioChunk.newBuilder().setUserId("ping").setSessionId(joined.getSessionId()));
    for (int i = 1; i <= 20_000; i++) {
      deaf.send(AudioChunk.newBuilder().setPing(i));
    }
    // When this is heard the bridge has dealt with all of them.
    AtomicInteger heard = new AtomicInteger();
    alice.onAudio((identity, track, frame) -> heard.incrementAndGet());
    deaf.say(1, FRAME);
    await().atMost(Duration.ofSeconds(20)).until(() -> heard.get() > 0);
    served();
    deaf.request(20_001);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(deaf.chunks).anyMatch(chunk -> chunk.getPong() == 20_000));
    // The window, and 32 KiB that gRPC queues for a client that does not read, were written.
    assertThat(deaf.chunks).hasSizeLessThan(10_000);
    deaf.cancel();
    narrow.shutdownNow();
  }

  @Test
  void aConnectionThatSaysAByteNowAndThenIsClosed() throws Exception {
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = slow.getOutputStream();
      AtomicInteger said = new AtomicInteger();
      // Every 100 ms: never silent for as long as the bridge waits for an answer to a ping.
      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                try {
                  out.write(preface[Math.min(said.getAndIncrement(), preface.length - 2)]);
                  return false;
                } catch (IOException e) {
                  return true;
                }
              });
    }
  }

  /** False if it has ended, or is held back. */
  private static boolean takes(TestStream stream) {
    if (!stream.ready() && !stream.ended()) {
      try {
        await()
            .atMost(Duration.ofSeconds(1))
            .pollInterval(Duration.ofMillis(1))
            .until(() -> stream.ready() || stream.ended());
      } catch (ConditionTimeoutException e) {
        return false;
      }
    }
    return !stream.ended();
  }

  /** What this process, which is bridge and peers, holds on the heap. */
  private static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private JoinRoomResponse join(ManagedChannel over, String user) {
    return LiveKitBridgeGrpc.newBlockingStub(over).joinRoom(InProcessBridge.request(user).build());
  }

  private ManagedChannel channel() {
    return channelBuilder().build();
  }

  private NettyChannelBuilder channelBuilder() {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
        .usePlaintext();
  }

  private record Answer(java.util.function.Consumer<JoinRoomResponse> to, Semaphore answered)
      implements StreamObserver<JoinRoomResponse> {
    @Override
    public void onNext(JoinRoomResponse answer) {
      to.accept(answer);
    }

    @Override
    public void onError(Throwable error) {
      answered.release();
    }

    @Override
    public void onCompleted() {
      answered.release();
    }
  }
}
