package dev.livekitbridge.examples.faults;

import com.google.common.net.HostAndPort;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A name service of one name, as DNS is for a headless service; a test says who is there. */
final class FleetNames extends NameResolverProvider implements AutoCloseable {
  static final String NAME = "fleet:///bridges";

  private volatile List<String> bridges = List.of();

  FleetNames() {
    NameResolverRegistry.getDefaultRegistry().register(this);
  }

  void set(List<String> next) {
    bridges = List.copyOf(next);
  }

  @Override
  public void close() {
    NameResolverRegistry.getDefaultRegistry().deregister(this);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return "fleet";
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new NameResolver() {
      private @Nullable Listener2 listener;

      @Override
      public String getServiceAuthority() {
        return "bridges";
      }

      @Override
      public void start(Listener2 to) {
        listener = to;
        refresh();
      }

      @Override
      public void refresh() {
        Listener2 to = listener;
        if (to != null) {
          to.onResult2(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(
                      StatusOr.fromValue(bridges.stream().map(FleetNames::group).toList()))
                  .build());
        }
      }

      @Override
      public void shutdown() {}
    };
  }

  private static EquivalentAddressGroup group(String bridge) {
    HostAndPort at = HostAndPort.fromString(bridge);
    return new EquivalentAddressGroup(new InetSocketAddress(at.getHost(), at.getPort()));
  }
}
