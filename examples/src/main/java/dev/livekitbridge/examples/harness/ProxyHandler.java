package dev.livekitbridge.examples.harness;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Ties a socket to the lane that it feeds and the lane that it drains. */
class ProxyHandler extends ChannelInboundHandlerAdapter {
  private final ProxyLane feeds;
  private final ProxyLane drains;

  ProxyHandler(ProxyLane feeds, ProxyLane drains) {
    this.feeds = feeds;
    this.drains = drains;
  }

  void opened(Channel channel) {}

  @Override
  public void channelActive(ChannelHandlerContext context) {
    opened(context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    feeds.read((ByteBuf) message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    drains.writable();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    feeds.sourceEnded(false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reset of this side becomes a reset of the other.
    feeds.sourceEnded(true);
    context.close();
  }
}
