package dev.livekitbridge.server.room.livekit.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket (RFC 6455) with binary messages, for ws and wss. Used on its event loop only; the
 * host's name is looked up elsewhere, and each of its addresses is tried in turn.
 */
public final class WebSocketClient {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int MAX_HTTP_BYTES = 64 * 1024;

  private final EventLoop loop;
  private final URI uri;
  private final String token;
  private final int maxMessageBytes;
  private final WebSocketListener listener;
  private @Nullable Channel channel;
  private boolean over;

  private WebSocketClient(
      EventLoop loop, URI uri, String token, int maxMessageBytes, WebSocketListener listener) {
    this.loop = loop;
    this.uri = uri;
    this.token = token;
    this.maxMessageBytes = maxMessageBytes;
    this.listener = listener;
  }

  /**
   * Begins to open a WebSocket.
   *
   * @param loop where it lives
   * @param blocking where names are looked up
   * @param uri where to
   * @param token goes into the {@code Authorization} header; a secret
   * @param maxMessageBytes largest message that is taken
   * @param listener hears it
   * @return the WebSocket
   */
  public static WebSocketClient open(
      EventLoop loop,
      Executor blocking,
      URI uri,
      String token,
      int maxMessageBytes,
      WebSocketListener listener) {
    var client = new WebSocketClient(loop, uri, token, maxMessageBytes, listener);
    try {
      blocking.execute(client::lookUp);
    } catch (RejectedExecutionException e) {
      loop.execute(() -> client.end("the engine is closing"));
    }
    return client;
  }

  private void lookUp() {
    try {
      // A literal IPv6 address comes in brackets.
      InetAddress[] found = InetAddress.getAllByName(uri.getHost());
      loop.execute(() -> connect(found, 0));
    } catch (UnknownHostException e) {
      loop.execute(() -> end("the name " + uri.getHost() + " does not resolve"));
    }
  }

  private void connect(InetAddress[] addresses, int next) {
    if (over) {
      return;
    }
    boolean secure = "wss".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    InetSocketAddress remote = new InetSocketAddress(addresses[next], port);
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(ChannelKinds.stream(loop))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) throws SSLException {
                    if (secure) {
                      SslContext tls = Tls.client();
                      channel
                          .pipeline()
                          .addLast(tls.newHandler(channel.alloc(), uri.getHost(), port));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(MAX_HTTP_BYTES),
                            new WebSocketHandler(WebSocketClient.this, uri, token, maxMessageBytes),
                            new WebSocketFrameAggregator(maxMessageBytes),
                            new MessageHandler(WebSocketClient.this));
                  }
                })
            .connect(remote);
    channel = connecting.channel();
    connecting.addListener(
        done -> {
          if (done.isSuccess() || over) {
            return;
          }
          if (next + 1 < addresses.length) {
            connect(addresses, next + 1);
          } else {
            end("no connection to " + remote + ": " + done.cause().getMessage());
          }
        });
  }

  WebSocketListener listener() {
    return listener;
  }

  boolean isOver() {
    return over;
  }

  void refuse(int status, String body) {
    if (!over) {
      over = true;
      listener.refused(status, body);
    }
  }

  void end(String detail) {
    if (!over) {
      over = true;
      listener.closed(detail);
    }
  }

  /**
   * Sends a binary message; lost if it is not open.
   *
   * @param message not to be changed any more
   */
  public void send(byte[] message) {
    Channel open = channel;
    if (open != null && !over) {
      open.writeAndFlush(
          new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)), open.voidPromise());
    }
  }

  /** Closes it; the listener hears nothing more. */
  public void close() {
    over = true;
    Channel open = channel;
    if (open != null) {
      if (open.isActive() && open.pipeline().get(WebSocketHandler.class) != null) {
        open.writeAndFlush(new CloseWebSocketFrame(1000, "")).addListener(done -> open.close());
      } else {
        open.close();
      }
    }
  }

  /** Made when the first wss URL comes. */
  private static final class Tls {
    private static @Nullable SslContext client;

    static synchronized SslContext client() throws SSLException {
      SslContext made = client;
      if (made == null) {
        made = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        client = made;
      }
      return made;
    }
  }
}
