package dev.livekitbridge.server;

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

  Class<? extends ServerChannel> tcpServer() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends SocketChannel> tcpClient() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /**
   * The channel type of a Unix socket.
   *
   * @throws UnsupportedOperationException where epoll is not to be had
   */
  Class<? extends ServerChannel> unixServer() {
    if (!epoll) {
      throw new UnsupportedOperationException(
          "Unix sockets need netty's native epoll transport (Linux): listen on TCP instead",
          Epoll.unavailabilityCause());
    }
    return EpollServerDomainSocketChannel.class;
  }

  void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
