package dev.livekitbridge.examples.roomhost;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
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
  Channel to(HostAddress address) {
    HostAddress host = new HostAddress(address.host(), address.port(), "");
    ManagedChannel channel =
        channels.compute(
            host,
            (key, current) -> {
              if (current != null
                  && current.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
                return current;
              }
              if (current != null) {
                current.shutdown();
              }
              return open(host);
            });
    return ClientInterceptors.intercept(channel, new Failures(() -> forget(host, channel)));
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  private void forget(HostAddress host, ManagedChannel channel) {
    if (channels.remove(host, channel)) {
      channel.shutdown();
    }
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

  /** Tells of a connection's failure before its call does: a channel's state changes only later. */
  private record Failures(Runnable onFailure) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  if (status.getCode() == Status.Code.UNAVAILABLE) {
                    onFailure.run();
                  }
                  super.onClose(status, trailers);
                }
              },
              headers);
        }
      };
    }
  }
}
