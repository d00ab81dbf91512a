package dev.livekitbridge.examples.embedserver;

import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.BridgeService;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC server of one's own with the bridge in it, beside whatever else it serves. (Who needs no
 * server of their own takes {@code BridgeServer}: see this example's README.)
 */
public final class OwnServer implements AutoCloseable {
  private final BridgeService bridge;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;

  /**
   * Builds the server.
   *
   * @param port to listen on; 0 takes a free one
   * @param rooms the rooms of this process, for {@code memory:} URLs
   */
  public OwnServer(int port, MemoryRooms rooms) {
    bridge =
        BridgeService.builder()
            .rooms(rooms)
            .options(
                BridgeServerOptions.builder()
                    .maxSessions(1_000)
                    .inactivityTimeout(Duration.ofSeconds(30))
                    .build())
            .build();
    server =
        ServerBuilder.forPort(port)
            .addService(bridge)
            .addService(health.getHealthService())
            // Clients of this project may ask after 10 s of silence whether we are there.
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
  }

  /**
   * Begins to listen.
   *
   * @return this
   * @throws IOException if the port is taken
   */
  public OwnServer start() throws IOException {
    server.start();
    return this;
  }

  /**
   * Where it listens.
   *
   * @return the port
   */
  public int port() {
    return server.getPort();
  }

  /**
   * Sessions of the bridge now.
   *
   * @return their number
   */
  public int sessions() {
    return bridge.sessions().size();
  }

  /** Drains: tells the clients, leaves the rooms, and ends within a few seconds. */
  @Override
  public void close() {
    health.enterTerminalState();
    bridge.close();
    server.shutdown();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs it until Ctrl-C.
   *
   * @param args the port, 9090 by default
   * @throws IOException if the port is taken
   * @throws InterruptedException if the thread is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 9090;
    OwnServer own = new OwnServer(port, MemoryRooms.create()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(own::close));
    System.out.println("listening on port " + own.port());
    own.server.awaitTermination();
  }
}
