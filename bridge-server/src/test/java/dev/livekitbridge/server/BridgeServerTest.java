package dev.livekitbridge.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-alone bridge on real sockets of this machine. */
@NullMarked
class BridgeServerTest {
  private static final byte[] FRAME = new byte[640];

  private final MemoryRooms rooms = MemoryRooms.create();
  private final CompletableFuture<ManagedChannel> opened = new CompletableFuture<>();

  @AfterEach
  void closeRooms() {
    if (opened.isDone()) {
      opened.join().shutdownNow();
    }
    rooms.close();
  }

  @Test
  void servesOnTcp() throws IOException {
    try (BridgeServer server = tcp().start()) {
      assertThat(server.port()).isPositive();
      assertThatAudioFlows(server, channel(server));
    }
  }

  @Test
  void servesOnUnixSocketAndReplacesAStaleOne(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("bridge.sock");
    leaveStaleSocket(socket);
    assertThat(socket).exists();
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (BridgeServer server =
        BridgeServer.builder().unixSocket(socket).rooms(rooms).build().start()) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
              .channelType(EpollDomainSocketChannel.class)
              .eventLoopGroup(loop)
              .usePlaintext()
              .build();
      opened.complete(channel);
      assertThat(server.port()).isEqualTo(-1);
      assertThatAudioFlows(server, channel);
      channel.shutdownNow();
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void unixSocketThatIsListenedOnIsAClearError(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("bridge.sock");
    try (BridgeServer first =
        BridgeServer.builder().unixSocket(socket).rooms(rooms).build().start()) {
      BridgeServer second = BridgeServer.builder().unixSocket(socket).rooms(rooms).build();
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(socket.toString())
          .hasMessageContaining("another server listens");
      assertThat(first.sessions()).isEmpty();
      assertThat(socket).exists();
    }
  }

  @Test
  void fileThatIsNoSocketIsLeftAlone(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "text");
    BridgeServer server = BridgeServer.builder().unixSocket(file).rooms(rooms).build();
    assertThatThrownBy(server::start).hasMessageContaining("is no socket");
    assertThat(file).hasContent("text");
  }

  @Test
  void portThatIsTakenIsAClearError() throws IOException {
    try (BridgeServer first = tcp().start()) {
      BridgeServer second =
          BridgeServer.builder().host("127.0.0.1").port(first.port()).rooms(rooms).build();
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Integer.toString(first.port()))
          .hasMessageContaining("choose another");
    }
  }

  @Test
  void healthAndReflectionAreStandard() throws Exception {
    try (BridgeServer server = tcp().start()) {
      ManagedChannel channel = channel(server);
      HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
      for (String service : new String[] {"", "mentra.livekit.bridge.LiveKitBridge"}) {
        assertThat(
                health
                    .check(
                        io.grpc.health.v1.HealthCheckRequest.newBuilder()
                            .setService(service)
                            .build())
                    .getStatus())
            .isEqualTo(ServingStatus.SERVING);
      }
      CompletableFuture<ServerReflectionResponse> services = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> reflection =
          ServerReflectionGrpc.newStub(channel).serverReflectionInfo(first(services));
      reflection.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      assertThat(services.get(5, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
          .anySatisfy(
              s -> assertThat(s.getName()).isEqualTo("mentra.livekit.bridge.LiveKitBridge"));
    }
  }

  @Test
  void healthCheckTellsTheVersionAndNothingOfTheWarmUp() throws IOException {
    try (BridgeServer server = tcp().start()) {
      HealthCheckResponse health =
          LiveKitBridgeGrpc.newBlockingStub(channel(server))
              .healthCheck(HealthCheckRequest.getDefaultInstance());
      assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      assertThat(health.getActiveSessions()).isZero();
      assertThat(health.getMetadataMap().get("version")).matches("\\d+\\.\\d+.*");
      assertThat(rooms.rooms()).isEmpty();
    }
  }

  @Test
  void garbageOnThePortHarmsNoSession() throws IOException {
    try (BridgeServer server = tcp().start();
        Socket garbage = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      ManagedChannel channel = channel(server);
      assertThatAudioFlows(server, channel);
      OutputStream out = garbage.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      out.flush();
      // The server says GOAWAY, and closes.
      assertThat(garbage.getInputStream().readAllBytes()).isNotEmpty();
      assertThatAudioFlows(server, channel);
    }
  }

  @Test
  void closeDrainsWithinItsDeadline() throws IOException {
    BridgeServer server = tcp().start();
    ManagedChannel channel = channel(server);
    LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
    assertThat(stub.joinRoom(InProcessBridge.request("u").build()).getSuccess()).isTrue();
    TestStream plain = TestStream.plain(channel, "u");
    await().until(() -> server.sessions().toString().contains("STREAMING"));
    server.close(Duration.ofSeconds(5));
    assertThat(plain.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(plain.reason()).contains(dev.livekitbridge.core.CloseReason.DRAINING);
    assertThat(rooms.rooms()).isEmpty();
  }

  private BridgeServer tcp() {
    return BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build();
  }

  private ManagedChannel channel(BridgeServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
            .usePlaintext()
            .build();
    opened.complete(channel);
    return channel;
  }

  private void assertThatAudioFlows(BridgeServer server, ManagedChannel channel) {
    MemoryParticipant alice = rooms.room("room").join("alice");
    CompletableFuture<Integer> heard = new CompletableFuture<>();
    alice.onAudio((identity, track, frame) -> heard.complete(frame.size()));
    JoinRoomResponse joined =
        LiveKitBridgeGrpc.newBlockingStub(channel).joinRoom(InProcessBridge.request("u").build());
    assertThat(joined.getSuccess()).as(joined.getError()).isTrue();
    TestStream stream = TestStream.plain(channel, "u").say(FRAME);
    assertThat(heard.orTimeout(5, TimeUnit.SECONDS).join()).isEqualTo(FRAME.length);
    alice.publish(FRAME);
    await().until(() -> stream.audio().size() == 1);
    assertThat(server.sessions()).hasSize(1);
    stream.halfClose();
    assertThat(stream.awaitEnd()).isEqualTo(Status.OK);
    assertThat(server.sessions()).isEmpty();
    alice.leave();
    await().until(() -> rooms.rooms().isEmpty());
  }

  private static void leaveStaleSocket(Path socket) throws IOException {
    try (java.nio.channels.ServerSocketChannel dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(java.net.UnixDomainSocketAddress.of(socket));
    }
  }

  private static <T> StreamObserver<T> first(CompletableFuture<T> future) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        future.complete(value);
      }

      @Override
      public void onError(Throwable error) {
        future.completeExceptionally(error);
      }

      @Override
      public void onCompleted() {}
    };
  }
}
