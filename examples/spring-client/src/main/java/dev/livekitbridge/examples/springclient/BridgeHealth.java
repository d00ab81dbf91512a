package dev.livekitbridge.examples.springclient;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * {@code /actuator/health/bridge}: how many sessions are in which state. OUT_OF_SERVICE when none
 * is connected although there are some. It belongs into readiness, never into liveness: a restart
 * of this service does not bring a bridge back, and the client does that by itself.
 */
@Component("bridge")
class BridgeHealth implements HealthIndicator {
  private final BridgeClient client;

  BridgeHealth(BridgeClient client) {
    this.client = client;
  }

  @Override
  public Health health() {
    Map<ConnectionState, Integer> states = new EnumMap<>(ConnectionState.class);
    for (BridgeSession session : client.sessions()) {
      states.merge(session.state(), 1, Integer::sum);
    }
    boolean away = !states.isEmpty() && !states.containsKey(ConnectionState.CONNECTED);
    return (away ? Health.outOfService() : Health.up()).withDetail("sessions", states).build();
  }
}
