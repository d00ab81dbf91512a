package dev.livekitbridge.server;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The event loops of a server: they serve connections, calls and timers. */
final class ServerThreads {
  private final EventLoopGroup group;
  private final boolean epoll = Epoll.isAvailable();

  ServerThreads(int eventLoops) {
    group =
        new MultiThreadIoEventLoopGroup(
            eventLoops,
            new DefaultThreadFactory("bridge-io", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  EventLoopGroup group() {
    return group;
  }

  ChannelFactory<? extends ServerChannel> tcpServer() {
    return epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  Class<? extends SocketChannel> tcpClient() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /**
   * Makes channels for a Unix socket.
   *
   * @throws UnsupportedOperationException where epoll is not to be had
   */
  ChannelFactory<? extends ServerChannel> unixServer() {
    if (!epoll) {
      throw new UnsupportedOperationException(
          "Unix sockets need netty's native epoll transport (Linux): listen on TCP instead",
          Epoll.unavailabilityCause());
    }
    return EpollServerDomainSocketChannel::new;
  }

  /** Completes when each event loop has run something: what hangs one hangs its sessions. */
  CompletionStage<Void> pulse() {
    List<CompletableFuture<?>> loops = new ArrayList<>();
    for (EventExecutor loop : group) {
      loops.add(CompletableFuture.runAsync(() -> {}, loop));
    }
    return CompletableFuture.allOf(loops.toArray(CompletableFuture<?>[]::new));
  }

  void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
