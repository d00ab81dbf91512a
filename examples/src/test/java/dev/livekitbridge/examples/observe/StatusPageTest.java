package dev.livekitbridge.examples.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.AdminOptions;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The status page of a living bridge in a real browser, on a desk and on a phone; the pictures are
 * left in {@code target/status-page}.
 */
class StatusPageTest {
  private static final Path PICTURES = Path.of("target/status-page");
  private static final String HOSTILE = "<img src=x onerror=document.title='hacked'>";

  @TempDir private Path profile;

  @Test
  void isReadableOnADeskAndOnAPhoneAndKeepsItsSecrets() throws Exception {
    Path chromium =
        Tool.find(
            "chromium-headless-shell",
            "chromium-headless-shell",
            "chromium",
            "google-chrome",
            "chrome");
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (MemoryRooms rooms = MemoryRooms.create();
        BridgeServer server =
            BridgeServer.builder()
                .host("127.0.0.1")
                .port(0)
                .rooms(rooms)
                .meterRegistry(meters)
                .admin(AdminOptions.builder().port(0).metrics(meters::scrape).build())
                .build()
                .start();
        BridgeClient client = BridgeClient.builder("127.0.0.1:" + server.port()).build()) {
      List<BridgeSession> sessions = live(rooms, server, client);
      try (Browser browser = new Browser(chromium, profile)) {
        URI page = URI.create("http://127.0.0.1:" + server.adminPort() + "/");
        browser.size(1280, 1000, false);
        browser.open(page);
        assertThat(browser.evaluate("document.title").asText()).isEqualTo("LiveKit bridge");
        String text = browser.evaluate("document.body.innerText").asText();
        assertThat(text)
            .contains("serving", "Sessions", "Last faults", "stream broken", "s1", "streaming")
            .contains("detached")
            .doesNotContain("example.com", "marked-secret", "onerror", "standup");
        assertThat(browser.evaluate("document.images.length").asInt()).isZero();
        assertThat(browser.evaluate("document.querySelectorAll('svg polyline').length").asInt())
            .isEqualTo(3);
        assertStyled(browser);
        browser.screenshot(PICTURES.resolve("desk.png"));
        browser.dark(true);
        browser.screenshot(PICTURES.resolve("desk-dark.png"));
        browser.dark(false);
        browser.size(390, 1600, true);
        assertFitsThePhone(browser);
        browser.screenshot(PICTURES.resolve("phone.png"));
        assertComesBackByItself(browser, client, sessions);
        assertThat(browser.complaints()).isEmpty();
      }
      assertThat(meters.scrape())
          .contains("livekit_bridge_sessions{state=\"streaming\"}")
          .doesNotContain("example.com", "marked-secret");
    }
  }

  /** Sessions as there are: some speak, one has reconnected, one waits for its service. */
  private static List<BridgeSession> live(
      MemoryRooms rooms, BridgeServer server, BridgeClient client) {
    MemoryParticipant alice = rooms.room("standup").join("alice");
    List<BridgeSession> sessions = new ArrayList<>();
    for (String user : List.of("anna@example.com", "ben@example.com", HOSTILE)) {
      sessions.add(open(client, user));
    }
    await().until(() -> sessions.stream().allMatch(s -> s.state() == ConnectionState.CONNECTED));
    alice.publish(new byte[640]);
    sessions.get(0).reconnectNow();
    await().until(() -> count(server, SessionState.STREAMING) == 3);
    breakOne(server);
    return sessions;
  }

  /** A service that dies: its session waits for it. */
  private static void breakOne(BridgeServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      String session =
          LiveKitBridgeGrpc.newBlockingStub(channel)
              .joinRoom(
                  JoinRoomRequest.newBuilder()
                      .setUserId("carl@example.com")
                      .setRoomName("standup")
                      .setLivekitUrl("memory:standup")
                      .setToken("marked-secret-token")
                      .setResumeKey("marked-secret-key")
                      .setResumeWindowMs(60_000)
                      .build())
              .getSessionId();
      LiveKitBridgeGrpc.newStub(channel)
          .streamAudio(new Unheard())
          .onNext(
              AudioChunk.newBuilder()
                  .setUserId("carl@example.com")
                  .setSessionId(session)
                  .setSampleRate(16_000)
                  .setChannels(1)
                  .build());
      await().until(() -> count(server, SessionState.STREAMING) == 4);
    } finally {
      channel.shutdownNow();
    }
    await().until(() -> count(server, SessionState.DETACHED) == 1);
  }

  private static long count(BridgeServer server, SessionState state) {
    return server.sessions().stream().filter(s -> s.state() == state).count();
  }

  /** What the dying service would have heard. */
  private static final class Unheard implements StreamObserver<AudioChunk> {
    @Override
    public void onNext(AudioChunk chunk) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  private static BridgeSession open(BridgeClient client, String user) {
    return client.open(
        SessionRequest.builder(user)
            .room("standup")
            .liveKitUrl("memory:standup")
            .tokens(join -> "marked-secret-token")
            .resumeKey("marked-secret-key")
            .resumeWindow(Duration.ofSeconds(60))
            .onAudio(frame -> {})
            .build());
  }

  /** Its one style is not refused by its own policy. */
  private static void assertStyled(Browser browser) throws Exception {
    assertThat(
            browser.evaluate("getComputedStyle(document.querySelector('.tiles')).display").asText())
        .isEqualTo("grid");
  }

  private static void assertFitsThePhone(Browser browser) throws Exception {
    assertThat(browser.evaluate("innerWidth").asInt()).isEqualTo(390);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .as("nothing to scroll sideways but the tables in themselves")
        .isLessThanOrEqualTo(390);
    assertThat(
            browser
                .evaluate(
                    "Math.min(...[...document.querySelectorAll('td,span,b,p,small')]"
                        + ".map(e => parseFloat(getComputedStyle(e).fontSize)))")
                .asDouble())
        .as("smallest letters, px")
        .isGreaterThanOrEqualTo(12);
  }

  private static void assertComesBackByItself(
      Browser browser, BridgeClient client, List<BridgeSession> sessions) throws Exception {
    String rows = "document.querySelectorAll('section:last-of-type tbody tr').length";
    assertThat(browser.evaluate(rows).asInt()).isGreaterThanOrEqualTo(3);
    sessions.add(open(client, "dora@example.com"));
    browser.until("document.body.innerText.includes('do…')");
  }
}
