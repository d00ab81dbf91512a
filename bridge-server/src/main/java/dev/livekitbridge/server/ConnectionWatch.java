package dev.livekitbridge.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/2 keepalive of a server's connections: one that is silent is pinged, one that does not
 * answer is closed. gRPC's own does the same, but never pings before 10 s of silence (measured with
 * 1.83.1: its {@code keepAliveTime} is raised to that), and we promise to notice within 10 s.
 */
final class ConnectionWatch extends IdleStateHandler {
  private static final Logger log = LoggerFactory.getLogger(ConnectionWatch.class);
  // The number of gRPC's own keepalive pings: it takes the answer to any other for a mistake.
  private static final long PING = 0xDEAD;

  private final long timeoutNanos;
  private @Nullable Future<?> deadline;

  private ConnectionWatch(TransportOptions transport) {
    super(transport.keepAliveTime().toNanos(), 0, 0, TimeUnit.NANOSECONDS);
    this.timeoutNanos = transport.keepAliveTimeout().toNanos();
  }

  /** Makes server channels whose connections are watched. */
  static <C extends ServerChannel> ChannelFactory<C> watching(
      ChannelFactory<C> factory, TransportOptions transport) {
    return () -> {
      C server = factory.newChannel();
      server
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object accepted) {
                  ((Channel) accepted)
                      .pipeline()
                      .addFirst(new ConnectionWatch(transport), new ConnectionWindow());
                  context.fireChannelRead(accepted);
                }
              });
      return server;
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
    stopDeadline();
    super.channelRead(context, bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    stopDeadline();
    super.channelInactive(context);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    if (event.state() != IdleState.READER_IDLE || deadline != null) {
      return;
    }
    deadline =
        context.executor().schedule(() -> closeSilent(context), timeoutNanos, TimeUnit.NANOSECONDS);
    ChannelHandlerContext http2 = context.pipeline().context(Http2ConnectionHandler.class);
    // There is none before a TLS handshake is done: then silence alone is what counts.
    if (http2 != null) {
      Http2ConnectionHandler handler = (Http2ConnectionHandler) http2.handler();
      handler.encoder().writePing(http2, false, PING, http2.newPromise());
      http2.flush();
    }
  }

  private void closeSilent(ChannelHandlerContext context) {
    log.info("connection answers no ping, closing it: peer={}", context.channel().remoteAddress());
    context.close();
  }

  private void stopDeadline() {
    Future<?> pending = deadline;
    if (pending != null) {
      deadline = null;
      pending.cancel(false);
    }
  }
}
