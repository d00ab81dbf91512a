package dev.livekitbridge.examples.harness;

import dev.livekitbridge.examples.harness.FaultProxy.Direction;
import dev.livekitbridge.examples.harness.FaultProxy.Flow;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection through a {@link FaultProxy}: two sockets and a lane each way. On its loop only.
 */
final class ProxiedConnection {
  /** Hears of delivered bytes. */
  interface Counter {
    void count(Direction direction, long bytes);
  }

  private final Channel client;
  private final Consumer<ProxiedConnection> dialler;
  private final Consumer<ProxiedConnection> onClosed;
  private final ProxyLane toTarget;
  private final ProxyLane fromTarget;
  private @Nullable Channel target;
  private boolean dialling;
  private boolean closed;

  ProxiedConnection(
      Channel client,
      Consumer<ProxiedConnection> dialler,
      Counter counter,
      Consumer<ProxiedConnection> onClosed) {
    this.client = client;
    this.dialler = dialler;
    this.onClosed = onClosed;
    this.toTarget = new ProxyLane(bytes -> counter.count(Direction.TO_TARGET, bytes), this::ended);
    this.fromTarget =
        new ProxyLane(bytes -> counter.count(Direction.FROM_TARGET, bytes), this::ended);
  }

  void start(Flow flowToTarget, Flow flowFromTarget) {
    toTarget.from(client);
    fromTarget.to(client);
    client.pipeline().addLast(new ProxyHandler(toTarget, fromTarget));
    flow(flowToTarget, flowFromTarget);
  }

  /** What the socket to the target gets as its handler once it is connected. */
  ChannelHandler targetHandler() {
    return new ProxyHandler(fromTarget, toTarget) {
      @Override
      void opened(Channel channel) {
        if (closed) {
          channel.close();
          return;
        }
        target = channel;
        fromTarget.from(channel);
        toTarget.to(channel);
      }
    };
  }

  void flow(Flow flowToTarget, Flow flowFromTarget) {
    // A connection request travels towards the target: through a fault there, it does not arrive.
    if (flowToTarget == Flow.PASS && !dialling && !closed) {
      dialling = true;
      dialler.accept(this);
    }
    fromTarget.flow(flowFromTarget);
    toTarget.flow(flowToTarget);
  }

  /** The end of one lane has reached its other side: both sockets close. */
  private void ended(boolean abruptly) {
    close(abruptly);
  }

  /** The target took no connection. Word of that travels back from it like anything else. */
  void refused() {
    fromTarget.sourceEnded(true);
  }

  void reset() {
    close(true);
  }

  private void close(boolean abruptly) {
    if (closed) {
      return;
    }
    closed = true;
    onClosed.accept(this);
    toTarget.discard();
    fromTarget.discard();
    close(client, abruptly);
    if (target != null) {
      close(target, abruptly);
    }
  }

  private static void close(Channel channel, boolean abruptly) {
    if (abruptly && channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }
}
