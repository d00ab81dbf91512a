package dev.livekitbridge.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Opens the flow-control window of a connection as a whole. gRPC makes it as large as that of one
 * stream, which is small here; a client's hundreds of sessions share it, and would be held to one
 * such window in each round trip (128 KiB in 10 ms are some 370 sessions).
 */
final class ConnectionWindow extends ChannelInboundHandlerAdapter {
  // A thousand sessions for 0.4 s. Each stream is bounded by a window of its own.
  private static final int BYTES = 16 << 20;

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) throws Http2Exception {
    context.fireChannelRead(bytes);
    // There is none before a TLS handshake is done.
    ChannelHandlerContext http2 = context.pipeline().context(Http2ConnectionHandler.class);
    if (http2 != null && !context.isRemoved()) {
      open((Http2ConnectionHandler) http2.handler());
      http2.flush();
      context.pipeline().remove(this);
    }
  }

  private static void open(Http2ConnectionHandler handler) throws Http2Exception {
    Http2Stream all = handler.connection().connectionStream();
    Http2LocalFlowController flow = handler.connection().local().flowController();
    flow.incrementWindowSize(all, BYTES - flow.initialWindowSize(all));
  }
}
