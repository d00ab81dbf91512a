package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only real sockets show. */
class SocketTest {
  private static final ReconnectOptions QUICK =
      ReconnectOptions.builder().degradedAfter(Duration.ofMillis(300)).build();

  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(threads()).noneMatch(t -> t.startsWith("bridge-client")));
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  private static FakeBridge listeningWith(SelfSigned identity) throws Exception {
    return FakeBridge.silentOurs()
        .listen(
            NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .useTransportSecurity(identity.certificate().toFile(), identity.key().toFile()));
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(0, one);
    return one;
  }

  private BridgeSession session(BridgeClient.Builder builder) {
    BridgeClient client = closing(builder.reconnect(QUICK).build());
    return client.open(SessionRequest.builder("u").room("r").onEvent(events::add).build());
  }

  private static void connected(BridgeSession session) {
    await().until(() -> session.state() == ConnectionState.CONNECTED);
  }

  private static void failed(BridgeSession session, String... texts) {
    await().untilAsserted(() -> assertThat(session.stats().lastFault().toString()).contains(texts));
    await().until(() -> session.state() == ConnectionState.DEGRADED);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aDeadEndpointDegradesTheSessionWithAClearErrorAndIsFoundWhenItOpens() throws IOException {
    int port = freePort();
    BridgeSession session = session(BridgeClient.builder("localhost:" + port));
    assertThat(session.send(Frames.frame(1))).isEqualTo(SendResult.BUFFERED);
    failed(session, "UNREACHABLE", "UNAVAILABLE", "refused");
    FakeBridge bridge = closing(FakeBridge.listening(port));
    connected(session);
    await().until(() -> bridge.stream(0).audio().size() == 1);
  }

  @Test
  void aBridgeThatIsKilledAndComesBackOnItsPortIsFoundAgain() {
    FakeBridge bridge = closing(FakeBridge.listening(0));
    int port = bridge.port();
    BridgeSession session = session(BridgeClient.builder("127.0.0.1:" + port));
    connected(session);
    bridge.kill();
    await().until(() -> session.state() != ConnectionState.CONNECTED);
    FakeBridge next = closing(FakeBridge.listening(port));
    connected(session);
    session.send(Frames.frame(1));
    await().until(() -> session.stats().sent().delivered() == 1);
    assertThat(next.streams).hasSize(1);
  }

  @Test
  void garbageOnThePortIsNoBridge() throws IOException {
    ServerSocket port = closing(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread speaker =
        new Thread(
            () -> {
              while (!port.isClosed()) {
                try (Socket caller = port.accept();
                    OutputStream out = caller.getOutputStream()) {
                  out.write(
                      "HTTP/1.1 400 Bad Request\r\n\r\n\u0007".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                  // The caller hung up, or the test is over.
                }
              }
            });
    speaker.start();
    BridgeSession session = session(BridgeClient.builder("localhost:" + port.getLocalPort()));
    failed(session, "UNREACHABLE");
    assertThat(session.send(Frames.frame(1))).isEqualTo(SendResult.BUFFERED);
    assertThat(session.stats().sent().balanced()).isTrue();
  }

  @Test
  void aBlackHoleIsNoticedAndLeftWhenItHeals() throws IOException {
    FakeBridge bridge = closing(FakeBridge.listening(0));
    BlackHoleProxy proxy = closing(new BlackHoleProxy(bridge.port()));
    BridgeSession session = session(BridgeClient.builder("127.0.0.1:" + proxy.port()));
    connected(session);
    int sent = 0;
    session.send(Frames.frame(++sent));
    await().until(() -> session.stats().sent().delivered() == 1);
    proxy.swallow(true);
    session.send(Frames.frame(++sent));
    await().until(() -> session.state() != ConnectionState.CONNECTED);
    session.send(Frames.frame(++sent));
    assertThat(events.toString()).contains("SILENCE");
    proxy.swallow(false);
    connected(session);
    await().until(() -> session.stats().sent().delivered() == 3);
    assertThat(Frames.numbers(bridge.stream(bridge.streams.size() - 1).audio()))
        .containsExactly(2, 3);
  }

  @Test
  void aUnixSocketFromTheEnvironment(@TempDir Path dir) {
    Path socket = dir.resolve("bridge.sock");
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    FakeBridge bridge =
        closing(
            FakeBridge.silentOurs()
                .listen(
                    NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop)
                        .channelType(EpollServerDomainSocketChannel.class)));
    BridgeSession session =
        session(
            BridgeClient.fromEnvironment(
                Map.of(
                    "LIVEKIT_GRPC_SOCKET",
                    socket.toString(),
                    "LIVEKIT_GRPC_BRIDGE_URL",
                    "localhost:1")));
    connected(session);
    session.send(Frames.frame(1));
    await().until(() -> bridge.stream(0).audio().size() == 1);
    open.add(() -> loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await());
  }

  @Test
  void tlsWithAPrivateAuthorityAndAClientCertificate(@TempDir Path dir) throws Exception {
    SelfSigned bridgeId = SelfSigned.create(dir, "bridge.test");
    SelfSigned clientId = SelfSigned.create(dir, "client.test");
    FakeBridge bridge =
        closing(
            FakeBridge.silentOurs()
                .listen(
                    NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sslContext(
                            GrpcSslContexts.forServer(
                                    bridgeId.certificate().toFile(), bridgeId.key().toFile())
                                .trustManager(clientId.certificate().toFile())
                                .clientAuth(ClientAuth.REQUIRE)
                                .build())));
    BridgeSession session =
        session(
            BridgeClient.builder("localhost:" + bridge.port())
                .tls(
                    TlsOptions.builder()
                        .trustedCertificates(bridgeId.certificate())
                        .clientCertificate(clientId.certificate(), clientId.key())
                        .serverName("bridge.test")
                        .build()));
    connected(session);
    session.send(Frames.frame(1));
    await().until(() -> session.stats().sent().delivered() == 1);
  }

  @Test
  void aNameIsLookedUpInDnsAndItsBridgesShowTheCertificateOfTheName(@TempDir Path dir)
      throws Exception {
    SelfSigned bridgeId = SelfSigned.create(dir, "localhost");
    FakeBridge bridge = closing(listeningWith(bridgeId));
    BridgeSession session =
        session(
            BridgeClient.builder("dns:///localhost:" + bridge.port())
                .tls(TlsOptions.builder().trustedCertificates(bridgeId.certificate()).build()));
    connected(session);
    assertThat(session.stats().bridge()).isEqualTo("127.0.0.1:" + bridge.port());
  }

  @Test
  void aCertificateThatNobodyTrustsIsAClearError(@TempDir Path dir) throws Exception {
    SelfSigned bridgeId = SelfSigned.create(dir, "bridge.test");
    FakeBridge bridge = closing(listeningWith(bridgeId));
    BridgeSession session =
        session(BridgeClient.builder("localhost:" + bridge.port()).tls(TlsOptions.defaults()));
    failed(session, "UNREACHABLE", "PKIX path building failed");
  }

  @Test
  void tlsFilesThatCannotBeReadAreRefusedWhenTheClientIsBuilt(@TempDir Path dir) {
    assertThatThrownBy(
            () ->
                BridgeClient.builder("localhost:1")
                    .tls(
                        TlsOptions.builder()
                            .trustedCertificates(dir.resolve("missing.pem"))
                            .build())
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing.pem");
  }

  @Test
  void closeLeavesNoThreadBehindAndIsIdempotent() {
    FakeBridge bridge = closing(FakeBridge.listening(0));
    BridgeClient client = BridgeClient.builder("127.0.0.1:" + bridge.port()).build();
    for (int i = 0; i < 5; i++) {
      BridgeSession session =
          client.open(SessionRequest.builder("u" + i).tokens(request -> "t").build());
      connected(session);
      session.send(Frames.frame(1));
    }
    assertThat(threads()).anyMatch(t -> t.startsWith("bridge-client"));
    client.close();
    client.close();
    // A pool is terminated a moment before its last thread has run its last instruction.
    await()
        .untilAsserted(() -> assertThat(threads()).noneMatch(t -> t.startsWith("bridge-client")));
    await().until(() -> bridge.streams.stream().allMatch(s -> s.halfClosed));
  }
}
