package dev.livekitbridge.examples.roomhost;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The one thread of a room host, or of what talks to one; on epoll where the machine has it. */
record HostLoop(
    EventLoopGroup group,
    Class<? extends ServerChannel> serverChannel,
    Class<? extends Channel> clientChannel)
    implements AutoCloseable {
  private static final int CLOSE_MILLIS = 2_000;

  static HostLoop create(String name) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handler = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new HostLoop(
        new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), handler),
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
        epoll ? EpollSocketChannel.class : NioSocketChannel.class);
  }

  ScheduledExecutorService scheduler() {
    return group;
  }

  /** Ends the thread; waits for it, but not when called on it. */
  @Override
  public void close() {
    boolean inside = group.iterator().next().inEventLoop();
    group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    if (!inside) {
      group.terminationFuture().awaitUninterruptibly(CLOSE_MILLIS);
    }
  }
}
