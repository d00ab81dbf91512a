package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.net.SocketHook;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A network at the bottom of the media sockets that loses, delays and so reorders UDP packets, both
 * ways, by a seed. TCP passes.
 */
final class BadNetwork implements SocketHook {
  private final Random dice;
  private final int lossPercent;
  private final int delayMillis;
  private final int jitterMillis;
  private volatile boolean blocked;
  private volatile boolean good;

  BadNetwork(long seed, int lossPercent, int delayMillis, int jitterMillis) {
    this.dice = new Random(seed);
    this.lossPercent = lossPercent;
    this.delayMillis = delayMillis;
    this.jitterMillis = jitterMillis;
  }

  /** From now on no UDP passes, or all of it again. */
  void block(boolean all) {
    blocked = all;
  }

  /** A good network for now, or a bad one again. */
  void good(boolean now) {
    good = now;
  }

  @Override
  public void prepare(ChannelPipeline pipeline) {
    if (pipeline.channel() instanceof DatagramChannel) {
      pipeline.addFirst(new Wire());
    }
  }

  private synchronized boolean isLost() {
    return blocked || (dice.nextInt(100) < lossPercent && !good);
  }

  private synchronized int delay() {
    return delayMillis == 0 ? 0 : delayMillis - jitterMillis + dice.nextInt(2 * jitterMillis + 1);
  }

  private final class Wire extends ChannelDuplexHandler {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!(message instanceof DatagramPacket)) {
        context.fireChannelRead(message);
      } else if (isLost()) {
        ReferenceCountUtil.release(message);
      } else if (delayMillis == 0) {
        context.fireChannelRead(message);
      } else {
        context
            .executor()
            .schedule(() -> context.fireChannelRead(message), delay(), TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (isLost()) {
        ReferenceCountUtil.release(message);
        if (!promise.isVoid()) {
          promise.setSuccess();
        }
      } else if (delayMillis == 0) {
        context.write(message, promise);
      } else {
        context
            .executor()
            .schedule(
                () -> context.writeAndFlush(message, promise), delay(), TimeUnit.MILLISECONDS);
      }
    }
  }
}
