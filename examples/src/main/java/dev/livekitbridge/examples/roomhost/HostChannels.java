package dev.livekitbridge.examples.roomhost;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.concurrent.TimeUnit;

/** Opens connections to room hosts. */
final class HostChannels {
  private static final int LARGEST_MESSAGE_BYTES = 64 << 20;
  private static final int CONNECT_MILLIS = 2_000;
  // The shortest that grpc-java allows.
  private static final int KEEPALIVE_SECONDS = 10;

  private HostChannels() {}

  static ManagedChannel open(HostAddress host, HostLoop loop) {
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
