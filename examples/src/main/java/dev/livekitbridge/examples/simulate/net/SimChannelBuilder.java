package dev.livekitbridge.examples.simulate.net;

import io.grpc.ClientInterceptor;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a client sets on its channels has no meaning here: callbacks run where events run. */
final class SimChannelBuilder extends ManagedChannelBuilder<SimChannelBuilder> {
  private final Supplier<ManagedChannel> make;

  SimChannelBuilder(Supplier<ManagedChannel> make) {
    this.make = make;
  }

  @Override
  public ManagedChannel build() {
    return make.get();
  }

  @Override
  public SimChannelBuilder directExecutor() {
    return this;
  }

  @Override
  public SimChannelBuilder executor(Executor executor) {
    return this;
  }

  @Override
  public SimChannelBuilder offloadExecutor(Executor executor) {
    return this;
  }

  @Override
  public SimChannelBuilder intercept(List<ClientInterceptor> interceptors) {
    return this;
  }

  @Override
  public SimChannelBuilder intercept(ClientInterceptor... interceptors) {
    return this;
  }

  @Override
  public SimChannelBuilder userAgent(String userAgent) {
    return this;
  }

  @Override
  public SimChannelBuilder overrideAuthority(String authority) {
    return this;
  }

  @Override
  @Deprecated
  public SimChannelBuilder nameResolverFactory(NameResolver.Factory factory) {
    throw new UnsupportedOperationException("nothing is resolved here");
  }

  @Override
  public SimChannelBuilder decompressorRegistry(DecompressorRegistry registry) {
    return this;
  }

  @Override
  public SimChannelBuilder compressorRegistry(CompressorRegistry registry) {
    return this;
  }

  @Override
  public SimChannelBuilder idleTimeout(long value, TimeUnit unit) {
    return this;
  }

  @Override
  public SimChannelBuilder disableRetry() {
    return this;
  }

  @Override
  public SimChannelBuilder maxInboundMessageSize(int bytes) {
    return this;
  }
}
