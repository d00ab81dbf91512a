package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.LiveKitBridgeGrpc.LiveKitBridgeBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admin port over real HTTP: what it tells, to whom, and what it keeps to itself. */
@NullMarked
class AdminPortTest {
  private static final String SECRET = "marked-secret-token";

  private final HttpClient http = HttpClient.newHttpClient();
  private final BridgeServer server = server(0);
  private final List<Socket> sockets = new ArrayList<>();

  private static BridgeServer server(int adminPort) {
    return BridgeServer.builder()
        .host("127.0.0.1")
        .port(0)
        .transport(TransportOptions.builder().warmUp(false).build())
        .admin(AdminOptions.builder().port(adminPort).metrics(() -> "up 1\n").build())
        .build();
  }

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close(Duration.ofSeconds(1));
  }

  @Test
  void tellsMetricsHealthAndReadiness() throws Exception {
    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.body()).isEqualTo("up 1\n");
    assertThat(metrics.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void isHealthyButNotReadyWhileItDrains() throws Exception {
    join("someone@example.com", true);
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(() -> server.close(Duration.ofSeconds(3)));
    await()
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(get("/readyz").statusCode()).isEqualTo(503));
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/").body()).contains("draining");
    closing.join();
    assertThatThrownBy(() -> get("/readyz")).isInstanceOf(IOException.class);
  }

  @Test
  void showsSessionsWithoutTheirSecretsOrTheirNames() throws Exception {
    join("<i>mallory@example.com", false);
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("s1", "&lt;i…", "ready", "serving")
        .doesNotContain(
            "<i>", "mallory", "example.com", SECRET, "private-room", "memory:", "key-1");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'", "style-src 'sha256-")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("cache-control")).contains("no-store");
  }

  @Test
  void showsSessionsByUserSoThatOneIsFoundAgain() throws Exception {
    for (String user : List.of("zed", "max", "eve", "abe", "tim", "bob")) {
      join(user + "@example.com", false);
    }
    assertThat(get("/").body()).containsSubsequence("ab…", "bo…", "ev…", "ma…", "ti…", "ze…");
  }

  @Test
  void takesNothingButQuestions() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.ofString("x")).build();
    assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    HttpRequest head =
        HttpRequest.newBuilder(uri("/"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(http.send(head, HttpResponse.BodyHandlers.ofString()).body()).isEmpty();
    assertThat(raw("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
    assertThat(raw("GET / HTTP/1.1\r\nx: " + "x".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void thoseWhoSendNothingNeitherHoldOthersUpNorStay() throws Exception {
    for (int i = 0; i < 40; i++) {
      Socket socket = connect();
      socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    for (int i = 0; i < 100; i++) {
      connect();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get("/healthz").statusCode()).isEqualTo(200));
    assertThat(sockets.get(0).getInputStream().read()).as("closed after 10 s").isEqualTo(-1);
  }

  @Test
  void aPortThatIsTakenIsAnErrorThatSaysSoAndLeavesNothingBehind() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BridgeServer second = server(taken.getLocalPort());
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("admin port on 127.0.0.1:" + taken.getLocalPort());
      assertThatThrownBy(second::port).as("the bridge's own").hasMessageContaining("terminated");
      assertThat(second.adminPort()).isEqualTo(-1);
    }
  }

  @Test
  void thereIsNoneUnlessAskedFor() {
    assertThat(BridgeServer.builder().build().adminPort()).isEqualTo(-1);
    assertThatThrownBy(() -> AdminOptions.builder().port(70_000))
        .hasMessage("admin port: 70000 (expected: 0 to 65535)");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.adminPort());
    sockets.add(socket);
    return socket;
  }

  private String raw(String request) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(12), StandardCharsets.US_ASCII);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.adminPort() + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void join(String user, boolean resumable) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
      JoinRoomRequest.Builder request =
          JoinRoomRequest.newBuilder()
              .setUserId(user)
              .setRoomName("private-room")
              .setLivekitUrl("memory:private-room")
              .setToken(SECRET);
      if (resumable) {
        request.setResumeKey("key-1").setResumeWindowMs(60_000);
      }
      assertThat(stub.joinRoom(request.build()).getSuccess()).isTrue();
    } finally {
      channel.shutdownNow();
    }
  }
}
