package dev.livekitbridge.examples.springserver;

import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The bridge as a part of the app: it starts last and is drained first, so that its clients go
 * elsewhere while the rest still runs. While it drains it is out of service.
 */
@Component("bridge")
class EmbeddedBridge implements SmartLifecycle, HealthIndicator {
  private final MemoryRooms rooms = MemoryRooms.create();
  private final MeterRegistry meters;
  private final String host;
  private final int port;
  private final Duration drain;
  private volatile BridgeServer server;
  private volatile boolean draining;

  EmbeddedBridge(
      MeterRegistry meters,
      @Value("${bridge.host:127.0.0.1}") String host,
      @Value("${bridge.port:9090}") int port,
      @Value("${bridge.drain:5s}") Duration drain) {
    this.meters = meters;
    this.host = host;
    this.port = port;
    this.drain = drain;
  }

  /** Where it listens. */
  int port() {
    return server.port();
  }

  /** The rooms of this process, for {@code memory:} URLs. */
  MemoryRooms rooms() {
    return rooms;
  }

  @Override
  public void start() {
    BridgeServer built =
        BridgeServer.builder()
            .host(host)
            .port(port)
            .rooms(rooms)
            .rooms(LiveKitRooms.create())
            .meterRegistry(meters)
            .build();
    try {
      server = built.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until every client was told and every room was left, no longer than {@code drain}. */
  @Override
  public void stop() {
    draining = true;
    server.close(drain);
    server = null;
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }

  /** Before the web server's, which is the last but this. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Health health() {
    BridgeServer running = server;
    if (running == null || draining) {
      return Health.outOfService().build();
    }
    return Health.up()
        .withDetails(Map.of("port", running.port(), "sessions", running.sessions().size()))
        .build();
  }
}
