package dev.livekitbridge.examples.springserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
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
class BridgeApplicationTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void audioFlowsTheHealthTellsAndItsClientsAreToldOfTheEnd() throws Exception {
    Queue<AudioFrame> heard = new ConcurrentLinkedQueue<>();
    Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();
    ConfigurableApplicationContext app =
        SpringApplication.run(
            BridgeApplication.class, "--server.port=0", "--bridge.port=0", "--bridge.drain=1s");
    EmbeddedBridge bridge = app.getBean(EmbeddedBridge.class);
    MemoryParticipant alice = bridge.rooms().room("standup").join("alice");
    try (BridgeClient client = BridgeClient.builder("127.0.0.1:" + bridge.port()).build()) {
      BridgeSession session =
          client.open(
              SessionRequest.builder("service")
                  .room("standup")
                  .liveKitUrl("memory:standup")
                  .onAudio(heard::add)
                  .onEvent(events::add)
                  .build());
      await().atMost(SOON).until(() -> session.state() == ConnectionState.CONNECTED);
      alice.publish(new byte[640]);
      await().atMost(SOON).until(() -> !heard.isEmpty());

      String base = "http://127.0.0.1:" + app.getEnvironment().getProperty("local.server.port");
      assertThat(get(base + "/actuator/health/bridge")).contains("\"sessions\":1");
      assertThat(get(base + "/actuator/metrics")).contains("livekit.bridge.sessions");

      app.close();
      await()
          .atMost(SOON)
          .until(() -> events.stream().anyMatch(SessionEvent.Draining.class::isInstance));
    }
    assertThat(bridge.rooms().room("standup").participants()).hasSize(1);
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
