package dev.livekitbridge.client;

import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Channels over TCP or a Unix socket, on one event loop of the client's own. */
final class NettyChannels implements Function<String, ManagedChannelBuilder<?>>, AutoCloseable {
  // A default Go server closes on more than one ping in five minutes; ours are asked by chunks.
  private static final long KEEPALIVE_SECONDS = 330;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;
  private static final long CLOSE_SECONDS = 2;

  private final EventLoopGroup loop;
  private final int connectTimeoutMillis;
  private final @Nullable ClientTls tls;
  private final @Nullable String serverName;

  NettyChannels(@Nullable TlsOptions tls, int connectTimeoutMillis) {
    this.tls = tls == null ? null : new ClientTls(tls);
    this.serverName = tls == null ? null : tls.serverName;
    this.connectTimeoutMillis = connectTimeoutMillis;
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loop =
        new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("bridge-client-io", true), io);
  }

  @Override
  public ManagedChannelBuilder<?> apply(String target) {
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target).eventLoopGroup(loop);
    if (Target.isUnix(target)) {
      if (!Epoll.isAvailable()) {
        throw new IllegalStateException(
            "target: " + target + " (expected: host:port; Unix sockets need Linux)");
      }
      builder.channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class);
    } else {
      builder.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis);
      if (Epoll.isAvailable()) {
        builder.channelType(EpollSocketChannel.class, InetSocketAddress.class);
      } else {
        builder.channelType(NioSocketChannel.class, InetSocketAddress.class);
      }
      builder
          .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
          .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .keepAliveWithoutCalls(false);
    }
    if (tls == null) {
      builder.negotiationType(NegotiationType.PLAINTEXT);
    } else {
      builder.sslContext(tls.context());
    }
    if (serverName != null) {
      builder.overrideAuthority(serverName);
    }
    return builder;
  }

  /** A server on a free port of loopback and on this event loop, for the warm-up. */
  NettyServerBuilder loopbackServer() {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .channelType(
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .directExecutor();
  }

  @Override
  public void close() {
    if (tls != null) {
      tls.close();
    }
    loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
