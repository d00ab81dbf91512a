package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** Which channels an event loop can carry: ours are NIO's, a server's may be epoll's. */
final class ChannelKinds {
  private ChannelKinds() {}

  static Class<? extends DatagramChannel> datagram(EventLoop loop) {
    return isEpoll(loop) ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  static Class<? extends SocketChannel> stream(EventLoop loop) {
    return isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  private static boolean isEpoll(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
  }
}
