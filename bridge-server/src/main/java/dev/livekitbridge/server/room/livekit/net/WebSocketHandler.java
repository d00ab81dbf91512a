package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The opening handshake (RFC 6455 §4.1), with the server's own words where it refuses. */
final class WebSocketHandler extends ChannelInboundHandlerAdapter {
  private final WebSocketClient client;
  private final WebSocketClientHandshaker handshaker;

  WebSocketHandler(WebSocketClient client, URI uri, String token, int maxMessageBytes) {
    this.client = client;
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
    handshaker =
        WebSocketClientHandshakerFactory.newHandshaker(
            uri, WebSocketVersion.V13, null, false, headers, maxMessageBytes);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (context.pipeline().get(SslHandler.class) == null) {
      handshaker.handshake(context.channel());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls && tls.isSuccess()) {
      handshaker.handshake(context.channel());
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof FullHttpResponse response)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      if (response.decoderResult().isFailure()) {
        client.end("the server does not speak HTTP");
        context.close();
      } else if (handshaker.isHandshakeComplete()) {
        client.end("the server spoke HTTP on an open WebSocket");
        context.close();
      } else if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        client.refuse(
            response.status().code(), response.content().toString(StandardCharsets.UTF_8));
        context.close();
      } else {
        handshaker.finishHandshake(context.channel(), response);
        if (client.isOver()) {
          context.close();
        } else {
          var local = (InetSocketAddress) context.channel().localAddress();
          client.listener().opened(local.getAddress());
        }
      }
    } catch (WebSocketHandshakeException e) {
      client.end("no WebSocket: " + e.getMessage());
      context.close();
    } finally {
      ReferenceCountUtil.release(response);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    client.end(
        handshaker.isHandshakeComplete()
            ? "the server closed the WebSocket"
            : "the connection was closed before the WebSocket was open");
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.end("the WebSocket failed: " + cause);
    context.close();
  }
}
