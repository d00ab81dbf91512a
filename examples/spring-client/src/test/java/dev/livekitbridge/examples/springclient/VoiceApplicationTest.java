package dev.livekitbridge.examples.springclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@Timeout(60)
class VoiceApplicationTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final MemoryRooms rooms = MemoryRooms.create();

  @Test
  void usersAreHeardItsHealthTellsOfTheBridgeAndItEndsGracefully() throws Exception {
    MemoryParticipant alice = rooms.room("standup").join("alice");
    Queue<AudioFrame> heard = new ConcurrentLinkedQueue<>();
    alice.onAudio((identity, track, frame) -> heard.add(frame));
    try (BridgeServer bridge = bridge(0)) {
      int port = bridge.port();
      ConfigurableApplicationContext service =
          SpringApplication.run(
              VoiceApplication.class, "--server.port=0", "--bridge.target=127.0.0.1:" + port);
      String base = "http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port");

      assertThat(put(base + "/conversations/echo?url=memory:standup&room=standup")).isEqualTo(202);
      await().atMost(SOON).until(() -> bridge.sessions().size() == 1);
      await()
          .atMost(SOON)
          .until(() -> get(base + "/actuator/health/readiness").statusCode() == 200);
      alice.publish(new byte[640]);
      await().atMost(SOON).until(() -> !heard.isEmpty());
      assertThat(get(base + "/actuator/health/bridge").body()).contains("\"CONNECTED\":1");
      assertThat(get(base + "/actuator/metrics").body()).contains("livekit.bridge.client.");
      assertThat(get(base + "/actuator/prometheus").body())
          .contains("livekit_bridge_client_sessions{state=\"connected\"} 1");

      bridge.close(Duration.ZERO);
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(get(base + "/actuator/health/readiness").statusCode()).isEqualTo(503);
                assertThat(get(base + "/actuator/health/liveness").statusCode()).isEqualTo(200);
              });

      try (BridgeServer again = bridge(port)) {
        await().atMost(SOON).until(() -> again.sessions().size() == 1);
        service.close();
        await().atMost(SOON).until(() -> again.sessions().isEmpty());
      }
    }
  }

  private BridgeServer bridge(int port) throws Exception {
    return BridgeServer.builder().host("127.0.0.1").port(port).rooms(rooms).build().start();
  }

  private HttpResponse<String> get(String url) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private int put(String url) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(url))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
