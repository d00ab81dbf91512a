package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The room host: memory rooms behind gRPC, on one thread. A participant whose process dies leaves
 * at once, one whose process is frozen within three keepalives (15 s, as on a LiveKit server).
 */
public final class RoomHostServer implements AutoCloseable {
  private static final int LARGEST_MESSAGE_BYTES = 64 << 20;
  private static final Duration KEEPALIVE = Duration.ofSeconds(5);

  private final String host;
  private final MemoryRooms rooms = MemoryRooms.create();
  private final HostLoop loop = HostLoop.create("room-host");
  private final Server server;

  private RoomHostServer(String host, int port, Duration keepalive) {
    this.host = host;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
            .bossEventLoopGroup(loop.group())
            .workerEventLoopGroup(loop.group())
            .channelType(loop.serverChannel())
            .directExecutor()
            .maxInboundMessageSize(LARGEST_MESSAGE_BYTES)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(
                new RoomHostService(rooms, TimeSource.system(), loop.scheduler(), keepalive))
            .build();
  }

  /**
   * A host that is not started yet.
   *
   * @param host the address to listen on, such as {@code 127.0.0.1}
   * @param port the port, or 0 for any
   * @return the host
   */
  public static RoomHostServer create(String host, int port) {
    return create(host, port, KEEPALIVE);
  }

  /**
   * A host that is not started yet, with a keepalive of its own.
   *
   * @param host the address to listen on
   * @param port the port, or 0 for any
   * @param keepalive how often silent processes are asked for a sign of life; otherwise 5 s. gRPC's
   *     own keepalive cannot be set below 10 s
   * @return the host
   */
  public static RoomHostServer create(String host, int port, Duration keepalive) {
    return new RoomHostServer(host, port, keepalive);
  }

  /**
   * Opens the port.
   *
   * @return this
   * @throws IOException if the port cannot be opened
   */
  public RoomHostServer start() throws IOException {
    server.start();
    return this;
  }

  /**
   * The port that it listens on.
   *
   * @return the port, once started
   */
  public int port() {
    return server.getPort();
  }

  /**
   * The address for {@link RoomHostClient}.
   *
   * @return {@code HOST:PORT}
   */
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /**
   * The URL of a room, for a bridge.
   *
   * @param room its name
   * @return {@code roomhost://HOST:PORT/NAME}
   */
  public String url(String room) {
    return RoomHostConnector.SCHEME + "://" + address() + "/" + room;
  }

  /**
   * The rooms, for a test in the same process.
   *
   * @return the rooms
   */
  public MemoryRooms rooms() {
    return rooms;
  }

  /**
   * Waits until it is closed.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  /** Ends at once: participants' processes hear that the room is lost. */
  @Override
  public void close() {
    server.shutdownNow();
    loop.close();
    rooms.close();
  }
}
