package dev.livekitbridge.examples.roomhost;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The connections to room hosts, one to each. */
final class HostChannels implements AutoCloseable {
  private static final int LARGEST_MESSAGE_BYTES = 64 << 20;
  private static final int CONNECT_MILLIS = 2_000;
  // The shortest that grpc-java allows.
  private static final int KEEPALIVE_SECONDS = 10;

  private final HostLoop loop;
  private final Map<HostAddress, ManagedChannel> channels = new ConcurrentHashMap<>();

  HostChannels(HostLoop loop) {
    this.loop = loop;
  }

  /**
   * The channel to a host. One that failed is not waited for: it would fail every call until its
   * own backoff is over, though the host may be back.
   */
  ManagedChannel to(HostAddress address) {
    return channels.compute(
        new HostAddress(address.host(), address.port(), ""),
        (host, current) -> {
          if (current != null && current.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
            return current;
          }
          if (current != null) {
            current.shutdown();
          }
          return open(host);
        });
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  private ManagedChannel open(HostAddress host) {
    return NettyChannelBuilder.forAddress(host.host(), host.port())
        .usePlaintext()
        .directExecutor()
        .eventLoopGroup(loop.group())
        .channelType(loop.clientChannel())
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(LARGEST_MESSAGE_BYTES)
        .disableRetry()
        .build();
  }
}
