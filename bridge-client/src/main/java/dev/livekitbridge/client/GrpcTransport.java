package dev.livekitbridge.client;

import dev.livekitbridge.core.trace.Traces;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Connections over gRPC channels that run their callbacks on the transport's own threads. */
final class GrpcTransport implements Transport {
  /** As the existing bridge has it. */
  private static final int MAX_MESSAGE_BYTES = 10 << 20;

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Function<String, ManagedChannelBuilder<?>> channels;
  private final String authority;
  private final Executor offload;
  private final Deadline.Ticker ticker;
  private final AutoCloseable resources;
  private final Queue<GrpcConnection> open = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Bearer bearer;
  private volatile Traces traces = Traces.NONE;

  /**
   * A transport.
   *
   * @param authority of every bridge that is found by a name; empty: that name
   */
  GrpcTransport(
      Function<String, ManagedChannelBuilder<?>> channels,
      String authority,
      Executor offload,
      Deadline.Ticker ticker,
      AutoCloseable resources) {
    this.channels = channels;
    this.authority = authority;
    this.offload = offload;
    this.ticker = ticker;
    this.resources = resources;
  }

  @Override
  public Connection connect(String target) {
    return connect(BridgeAddress.of(target));
  }

  @Override
  public Connection connect(BridgeAddress address) {
    ManagedChannelBuilder<?> builder = channels.apply(address.target());
    if (!address.authority().isEmpty()) {
      builder.overrideAuthority(authority.isEmpty() ? address.authority() : authority);
    }
    ManagedChannel channel =
        builder
            .directExecutor()
            .offloadExecutor(offload)
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .userAgent("livekit-bridge-java")
            .build();
    open.removeIf(GrpcConnection::isClosed);
    GrpcConnection connection = new GrpcConnection(channel, ticker, bearer, traces);
    open.add(connection);
    return connection;
  }

  /** The token that goes with every call of the connections made from now on. */
  void bearer(Bearer value) {
    bearer = value;
  }

  /** What names its spans to the bridges, in the calls of the connections made from now on. */
  void traces(Traces value) {
    traces = value;
  }

  @Override
  public void close() {
    open.forEach(GrpcConnection::close);
    long left = CLOSE_NANOS;
    try {
      for (GrpcConnection connection : open) {
        if (!connection.awaitClosed(left)) {
          // The first that takes too long has used up the time of the others.
          left = 0;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      resources.close();
    } catch (Exception e) {
      throw new IllegalStateException("could not free the network threads", e);
    }
  }
}
