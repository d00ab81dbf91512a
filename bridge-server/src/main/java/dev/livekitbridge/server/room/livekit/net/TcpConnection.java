package dev.livekitbridge.server.room.livekit.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Packets over a TCP connection, each after its length in two bytes (RFC 4571 §2), as ICE over TCP
 * wants it (RFC 6544 §5). Used on its event loop only.
 */
public final class TcpConnection {
  private static final int LENGTH_BYTES = 2;
  private static final int LARGEST_PACKET = 0xffff;
  private static final int CONNECT_MILLIS = 5_000;
  // Real-time packets are better lost than late: beyond this they are dropped.
  private static final WriteBufferWaterMark BACKLOG = new WriteBufferWaterMark(64 << 10, 256 << 10);
  private static final int WAITING_PACKETS = 64;

  private final InetSocketAddress remote;
  private final Channel channel;
  private final Queue<ByteBuffer> waiting = new ArrayDeque<>();

  private TcpConnection(InetSocketAddress remote, Channel channel) {
    this.remote = remote;
    this.channel = channel;
  }

  /**
   * Begins to connect.
   *
   * @param loop where its packets arrive
   * @param local the address to connect from
   * @param remote where to
   * @param hook sees the pipeline first
   * @param receiver takes the packets and hears of the end
   * @return the connection; packets sent before it is open wait
   */
  public static TcpConnection open(
      EventLoop loop,
      InetAddress local,
      InetSocketAddress remote,
      SocketHook hook,
      PacketReceiver receiver) {
    var connecting =
        new Bootstrap()
            .group(loop)
            .channel(ChannelKinds.stream(loop))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, BACKLOG)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    hook.prepare(channel.pipeline());
                    channel
                        .pipeline()
                        .addLast(
                            new LengthFieldBasedFrameDecoder(
                                LARGEST_PACKET + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES),
                            new LengthFieldPrepender(LENGTH_BYTES),
                            new Handler(remote, receiver));
                  }
                })
            .connect(remote, new InetSocketAddress(local, 0));
    TcpConnection connection = new TcpConnection(remote, connecting.channel());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connection.flushWaiting();
          } else {
            receiver.closed("TCP to " + remote + ": " + done.cause());
          }
        });
    return connection;
  }

  private void flushWaiting() {
    for (ByteBuffer next = waiting.poll(); next != null; next = waiting.poll()) {
      write(next);
    }
  }

  /**
   * Sends a packet, or drops it when the connection does not keep up.
   *
   * @param packet not to be changed any more
   */
  public void send(ByteBuffer packet) {
    if (channel.isActive()) {
      if (channel.isWritable()) {
        write(packet);
      }
    } else if (waiting.size() < WAITING_PACKETS) {
      waiting.add(packet);
    }
  }

  private void write(ByteBuffer packet) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(packet), channel.voidPromise());
  }

  /** Closes it. */
  public void close() {
    waiting.clear();
    channel.close();
  }

  @Override
  public String toString() {
    return "TCP to " + remote;
  }

  private static final class Handler extends SimpleChannelInboundHandler<ByteBuf> {
    private final InetSocketAddress remote;
    private final PacketReceiver receiver;

    Handler(InetSocketAddress remote, PacketReceiver receiver) {
      this.remote = remote;
      this.receiver = receiver;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf packet) {
      receiver.packet(remote, packet.nioBuffer());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      receiver.closed("the TCP connection to " + remote + " was closed");
    }
  }
}
