package dev.livekitbridge.server.room.livekit.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A UDP socket on one local address. Used on its event loop only. */
public final class UdpSocket {
  /** Larger than any packet of a WebRTC peer, which keeps to 1,500 bytes. */
  private static final int LARGEST_PACKET = 2048;

  private final Channel channel;

  private UdpSocket(Channel channel) {
    this.channel = channel;
  }

  /**
   * Opens a socket on any free port.
   *
   * @param loop where its packets arrive
   * @param address the local address
   * @param hook sees the pipeline first
   * @param receiver takes the packets
   * @param opened gets the socket, on the loop; nothing if it cannot be opened: then the receiver
   *     hears so
   */
  public static void open(
      EventLoop loop,
      InetAddress address,
      SocketHook hook,
      PacketReceiver receiver,
      Consumer<UdpSocket> opened) {
    ChannelFuture bound =
        new Bootstrap()
            .group(loop)
            .channel(ChannelKinds.datagram(loop))
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST_PACKET))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    hook.prepare(channel.pipeline());
                    channel.pipeline().addLast(new Handler(receiver));
                  }
                })
            .bind(new InetSocketAddress(address, 0));
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            opened.accept(new UdpSocket(bound.channel()));
          } else {
            receiver.closed("UDP on " + address.getHostAddress() + ": " + done.cause());
          }
        });
  }

  /**
   * Where packets for it are to be sent.
   *
   * @return the bound address and port
   */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  /**
   * Sends a packet, or loses it as networks do.
   *
   * @param remote where to
   * @param packet not to be changed any more
   */
  public void send(InetSocketAddress remote, ByteBuffer packet) {
    channel.writeAndFlush(
        new DatagramPacket(Unpooled.wrappedBuffer(packet), remote), channel.voidPromise());
  }

  /** Closes it. */
  public void close() {
    channel.close();
  }

  private static final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {
    private final PacketReceiver receiver;

    Handler(PacketReceiver receiver) {
      this.receiver = receiver;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      receiver.packet(packet.sender(), packet.content().nioBuffer());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // A packet could not be sent (no route, full buffer): ICE notices where it matters.
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      receiver.closed("UDP socket closed");
    }
  }
}
