package dev.livekitbridge.server.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One question and its answer; then the connection ends. */
final class AdminExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(AdminPort.class);

  private final AdminPages pages;
  private boolean asked;

  AdminExchange(AdminPages pages) {
    this.pages = pages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (asked) {
      return;
    }
    asked = true;
    boolean head = request.method().equals(HttpMethod.HEAD);
    if (!request.decoderResult().isSuccess()) {
      answer(context, Reply.text(400, "not a request of HTTP"), false);
    } else if (!head && !request.method().equals(HttpMethod.GET)) {
      answer(context, Reply.text(405, "only GET and HEAD"), false);
    } else {
      String uri = request.uri();
      int query = uri.indexOf('?');
      pages
          .page(query < 0 ? uri : uri.substring(0, query))
          .whenComplete(
              (reply, error) -> {
                if (error != null) {
                  log.warn("the admin port cannot answer", error);
                }
                answer(
                    context,
                    reply == null ? Reply.text(500, "failed: see the log of the bridge") : reply,
                    head);
              });
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("admin connection ends: {}", cause.getMessage());
    context.close();
  }

  private static void answer(ChannelHandlerContext context, Reply reply, boolean head) {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, "close")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("Content-Security-Policy", StatusPage.CONTENT_SECURITY_POLICY)
        .set("Referrer-Policy", "no-referrer")
        .set("X-Content-Type-Options", "nosniff");
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
