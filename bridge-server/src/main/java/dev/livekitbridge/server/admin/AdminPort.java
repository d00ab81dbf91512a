package dev.livekitbridge.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server on one thread of its own, apart from those that carry audio. Whoever is slow
 * or hostile holds nobody up: a connection asks once, ends after 10 s whatever it did, and there
 * are 64 at most.
 */
public final class AdminPort implements AutoCloseable {
  static final int MOST_CONNECTIONS = 64;
  static final long LIFE_SECONDS = 10;

  private static final int MOST_LINE = 2_048;
  private static final int MOST_HEADERS = 8_192;
  private static final int MOST_BODY = 1_024;
  private static final int SAMPLE_SECONDS = 5;
  private static final Logger log = LoggerFactory.getLogger(AdminPort.class);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("bridge-admin", true), NioIoHandler.newFactory());
  private final AtomicInteger connections = new AtomicInteger();
  private final AdminPages pages;
  private final InetSocketAddress address;
  private int port = -1;

  /**
   * A port that does not listen yet.
   *
   * @param host to listen on
   * @param port 0 for a free one
   * @param site what it shows
   */
  public AdminPort(String host, int port, Site site) {
    this.address = new InetSocketAddress(host, port);
    this.pages = new AdminPages(site, group.next());
  }

  /** Begins to listen. */
  public void open() throws IOException {
    if (address.isUnresolved()) {
      throw cannot("no such host", null);
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                });
    io.netty.channel.ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw cannot(String.valueOf(cause.getMessage()), cause);
    }
    Channel channel = bound.channel();
    port = ((InetSocketAddress) channel.localAddress()).getPort();
    group.scheduleAtFixedRate(pages::sample, 0, SAMPLE_SECONDS, TimeUnit.SECONDS);
    log.info("admin port listens: {}:{}", address.getHostString(), port);
    if (!address.getAddress().isLoopbackAddress()) {
      log.warn(
          "the admin port listens on {}, not on this machine alone: it asks nobody who they are;"
              + " keep it inside your network",
          address.getHostString());
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private void accept(SocketChannel channel) {
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    if (connections.incrementAndGet() > MOST_CONNECTIONS) {
      channel.close();
      return;
    }
    channel.eventLoop().schedule(() -> channel.close(), LIFE_SECONDS, TimeUnit.SECONDS);
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MOST_LINE)
                    .setMaxHeaderSize(MOST_HEADERS)))
        .addLast(new HttpObjectAggregator(MOST_BODY))
        .addLast(new AdminExchange(pages));
  }

  private IOException cannot(String why, @org.jspecify.annotations.Nullable Throwable cause) {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    return new IOException(
        "cannot open the admin port on "
            + address.getHostString()
            + ":"
            + address.getPort()
            + " ("
            + why
            + "): stop who has the port, or choose another",
        cause);
  }
}
