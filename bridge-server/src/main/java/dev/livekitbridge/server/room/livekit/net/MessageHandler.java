package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** Messages of an open WebSocket. */
final class MessageHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final WebSocketClient client;

  MessageHandler(WebSocketClient client) {
    this.client = client;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (client.isOver()) {
      return;
    }
    if (frame instanceof BinaryWebSocketFrame) {
      client.listener().message(frame.content().nioBuffer());
    } else if (frame instanceof PingWebSocketFrame) {
      context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof CloseWebSocketFrame close) {
      client.end("the server closed the WebSocket with " + close.statusCode());
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.end("the WebSocket failed: " + cause);
    context.close();
  }
}
