package dev.livekitbridge.server;

import dev.livekitbridge.core.BridgeTracing;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.server.admin.AdminPort;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.security.SecurityOptions;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bridge that stands alone: listens on TCP or on a Unix socket, with the standard gRPC health and
 * reflection services beside its own. Safe for use by many threads.
 *
 * <pre>{@code
 * BridgeServer server = BridgeServer.builder().port(9090).build().start();
 * Runtime.getRuntime().addShutdownHook(new Thread(() -> server.close(Duration.ofSeconds(5))));
 * server.awaitTermination();
 * }</pre>
 */
public final class BridgeServer implements AutoCloseable {
  /** The port where nobody says another one. */
  public static final int DEFAULT_PORT = 9090;

  private static final Logger log = LoggerFactory.getLogger(BridgeServer.class);
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  private final Builder settings;
  private final @Nullable ServerTls tls;
  private final ServerThreads threads;
  private final BridgeService service;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final @Nullable AdminPort admin;
  private volatile boolean serving;
  private boolean closed;

  private BridgeServer(Builder builder) {
    settings = builder;
    // What may fail comes first, so that nothing has to be undone.
    tls = builder.tls == null ? null : new ServerTls(builder.tls);
    threads = new ServerThreads(builder.transport.eventLoops());
    builder.connectors.forEach(connector -> connector.offerThreads(threads.group()));
    service = builder.service.scheduler(threads.group().next()).build();
    NettyServerBuilder netty =
        builder.socket == null
            ? NettyServerBuilder.forAddress(builder.tcpAddress())
            : NettyServerBuilder.forAddress(new DomainSocketAddress(builder.socket.toFile()));
    if (tls != null) {
      netty.sslContext(tls.context());
    }
    server =
        configure(
                netty,
                builder.socket == null ? threads.tcpServer() : threads.unixServer(),
                threads,
                builder.transport)
            .addService(service)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build();
    admin = builder.admin == null ? null : adminPort(builder.admin);
  }

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Warms up, then opens the port or socket. Clients may call when it returns.
   *
   * @return this
   * @throws IOException if it cannot listen there: the message says why and what to do
   */
  public BridgeServer start() throws IOException {
    try {
      if (settings.socket != null) {
        UnixSocketFile.makeWay(settings.socket);
      }
      if (settings.transport.warmUp()) {
        WarmUp.run(threads, settings.transport);
      }
      server.start();
    } catch (IOException e) {
      free();
      throw settings.socket != null ? e : new IOException(settings.cannotListen(e), e);
    }
    if (settings.transport.warmUp()) {
      // Not now: clients of a bridge before this one may be waiting.
      threads.group().next().schedule(service::preparePlayback, 3, TimeUnit.SECONDS);
    }
    serving = true;
    openAdmin();
    health.setStatus("mentra.livekit.bridge.LiveKitBridge", ServingStatus.SERVING);
    settings.warnIfOpen();
    log.info("bridge listens: {} version={}", settings.where(server), Version.current());
    return this;
  }

  /**
   * Where it listens.
   *
   * @return the TCP port, or -1 for a Unix socket
   */
  public int port() {
    return server.getPort();
  }

  /**
   * Where the admin port listens.
   *
   * @return its TCP port, or -1 if there is none
   */
  public int adminPort() {
    return admin == null ? -1 : admin.port();
  }

  /**
   * The sessions that are alive now; see {@link BridgeService#sessions}.
   *
   * @return a snapshot of each, in no order
   */
  public List<SessionSnapshot> sessions() {
    return service.sessions();
  }

  /**
   * Frames from rooms to clients; see {@link BridgeService#framesToClients}.
   *
   * @return the sum over all sessions that there ever were
   */
  public FrameCounts framesToClients() {
    return service.framesToClients();
  }

  /**
   * Frames from clients to rooms; see {@link BridgeService#framesToRooms}.
   *
   * @return the sum over all sessions that there ever were
   */
  public FrameCounts framesToRooms() {
    return service.framesToRooms();
  }

  /**
   * Waits until the server was closed.
   *
   * @throws InterruptedException if this thread is interrupted
   */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  /** Like {@link #close(Duration)} with 5 s. */
  @Override
  public void close() {
    close(CLOSE_DEADLINE);
  }

  /**
   * Drains and ends: health says NOT_SERVING, joins are refused, clients that can hear it are told
   * to go elsewhere, the others are disconnected, every room is left; then the port closes. Blocks
   * until all of it is done, or until the deadline. Calls after the first do nothing.
   *
   * @param deadline for all of it
   */
  public synchronized void close(Duration deadline) {
    if (closed) {
      return;
    }
    closed = true;
    serving = false;
    log.info("bridge closes: {} deadline={}", settings.where(server), deadline);
    health.enterTerminalState();
    service.close(deadline);
    server.shutdown();
    try {
      // What was ended above must still reach its clients.
      if (!server.awaitTermination(200, TimeUnit.MILLISECONDS)) {
        server.shutdownNow().awaitTermination(200, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    free();
    if (settings.socket != null) {
      settings.removeSocketFile();
    }
    log.info("bridge closed");
  }

  private AdminPort adminPort(AdminOptions options) {
    return new AdminPort(
        options.host(),
        options.port(),
        service.site(options.metrics(), () -> serving, threads::pulse));
  }

  /** An operator who asked for it must not believe that it is there. */
  private void openAdmin() throws IOException {
    if (admin != null) {
      try {
        admin.open();
      } catch (IOException e) {
        close(Duration.ZERO);
        throw e;
      }
    }
  }

  private void free() {
    threads.close();
    if (admin != null) {
      admin.close();
    }
    if (tls != null) {
      tls.close();
    }
  }

  /** What every server of ours has, the one for the warm-up too. */
  static NettyServerBuilder configure(
      NettyServerBuilder netty,
      ChannelFactory<? extends ServerChannel> channels,
      ServerThreads threads,
      TransportOptions transport) {
    StreamErrorFilter.install();
    return netty
        .channelFactory(ConnectionWatch.watching(channels, transport))
        .bossEventLoopGroup(threads.group())
        .workerEventLoopGroup(threads.group())
        .directExecutor()
        .maxInboundMessageSize(transport.maxMessageBytes())
        .handshakeTimeout(transport.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .maxConcurrentCallsPerConnection(transport.maxCallsPerConnection())
        .flowControlWindow(transport.flowControlWindow())
        .permitKeepAliveTime(transport.permitKeepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Builds {@link BridgeServer}; not safe for use by many threads at once. */
  public static final class Builder {
    private final List<RoomConnector> connectors = new ArrayList<>();
    private final BridgeService.Builder service = BridgeService.builder();
    private TransportOptions transport = TransportOptions.defaults();
    private @Nullable String host;
    private int port = DEFAULT_PORT;
    private @Nullable Path socket;
    private @Nullable TlsOptions tls;
    private SecurityOptions security = SecurityOptions.none();
    private @Nullable AdminOptions admin;

    private Builder() {}

    /**
     * The address to listen on.
     *
     * @param value a name or an IP address of this machine; by default all of them
     * @return this
     */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /**
     * The TCP port to listen on.
     *
     * @param value 0 for any free one, which {@link BridgeServer#port} then tells; default 9090
     * @return this
     */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /**
     * Listens on a Unix socket instead of TCP. A socket file that a dead server left behind is
     * replaced; one that is listened on is an error.
     *
     * @param path of the socket; removed when the server closes
     * @return this
     */
    public Builder unixSocket(Path path) {
      socket = path;
      return this;
    }

    /**
     * Speaks TLS.
     *
     * @param chain file with the server's certificate and those between it and the root, PEM
     * @param key file with its private key, PKCS#8 in PEM
     * @return this
     */
    public Builder tls(Path chain, Path key) {
      return tls(TlsOptions.builder(chain, key).build());
    }

    /**
     * Speaks TLS, mutual TLS too.
     *
     * @param options by default there is none: plain text
     * @return this
     */
    public Builder tls(TlsOptions options) {
      tls = options;
      return this;
    }

    /**
     * Adds a kind of room; see {@link BridgeService.Builder#rooms}.
     *
     * @param connector stays the caller's, who closes it after the server
     * @return this
     */
    public Builder rooms(RoomConnector connector) {
      connectors.add(connector);
      service.rooms(connector);
      return this;
    }

    /**
     * Times and limits of sessions.
     *
     * @param options by default {@link BridgeServerOptions#defaults}
     * @return this
     */
    public Builder options(BridgeServerOptions options) {
      service.options(options);
      return this;
    }

    /**
     * What concerns connections.
     *
     * @param options by default {@link TransportOptions#defaults}
     * @return this
     */
    public Builder transport(TransportOptions options) {
      transport = options;
      return this;
    }

    /**
     * Who may use it, for what, and how much.
     *
     * @param options by default everybody, for everything
     * @return this
     */
    public Builder security(SecurityOptions options) {
      security = options;
      service.security(options);
      return this;
    }

    /**
     * Where metrics go; see {@link BridgeService.Builder#meterRegistry}.
     *
     * @param registry stays the caller's; by default there are no metrics
     * @return this
     */
    public Builder meterRegistry(MeterRegistry registry) {
      service.meterRegistry(registry);
      return this;
    }

    /**
     * Where traces go; see {@link BridgeService.Builder#tracing}.
     *
     * @param value by default there are none, and no OpenTelemetry is needed
     * @return this
     */
    public Builder tracing(BridgeTracing value) {
      service.tracing(value);
      return this;
    }

    /**
     * Opens an admin port beside the bridge's own: metrics, health, and a page for people.
     *
     * @param options by default there is no such port
     * @return this
     */
    public Builder admin(AdminOptions options) {
      admin = options;
      return this;
    }

    /**
     * The server, which does not listen yet.
     *
     * @return a new server; {@link BridgeServer#start} opens it, {@link BridgeServer#close} ends it
     */
    public BridgeServer build() {
      return new BridgeServer(this);
    }

    /** Says what an address that others reach is open to. */
    private void warnIfOpen() {
      InetAddress address = tcpAddress().getAddress();
      if (socket != null || (address != null && address.isLoopbackAddress())) {
        return;
      }
      List<String> missing = new ArrayList<>();
      if (tls == null) {
        missing.add("no TLS: tokens and audio can be read on the way");
      }
      if (security.authenticator().isEmpty() && (tls == null || tls.clientAuthorities == null)) {
        missing.add("no authentication: whoever reaches it may join, hear and speak as any user");
      }
      if (security.roomUrls().isEmpty()) {
        missing.add("no list of room URLs: callers make it dial any host");
      }
      if (!missing.isEmpty()) {
        log.warn(
            "THIS BRIDGE IS OPEN to whoever reaches {}: {}. See docs/security.md, or listen on"
                + " 127.0.0.1 or a Unix socket",
            tcpAddress(),
            String.join("; ", missing));
      }
    }

    private InetSocketAddress tcpAddress() {
      return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    private String where(Server of) {
      return socket == null
          ? "tcp " + (host == null ? "*" : host) + ":" + of.getPort()
          : "unix " + socket;
    }

    private String cannotListen(IOException cause) {
      return "cannot listen on "
          + tcpAddress()
          + " ("
          + cause.getMessage()
          + "): stop who has the port, or choose another";
    }

    private void removeSocketFile() {
      try {
        if (socket != null) {
          Files.deleteIfExists(socket);
        }
      } catch (IOException e) {
        log.warn("could not remove the socket file: {}", e.getMessage());
      }
    }
  }
}
