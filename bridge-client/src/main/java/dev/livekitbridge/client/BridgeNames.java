package dev.livekitbridge.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Looks the client's names up, by gRPC's own resolvers, and tells whenever other bridges stand for
 * them. What a name stood for last holds while nobody answers for it.
 */
final class BridgeNames {
  private static final int DEFAULT_PORT = 9090;

  private final Set<String> fixed = new LinkedHashSet<>();
  // Confined to the context, as all that resolvers tell.
  private final Map<String, List<BridgeAddress>> found = new LinkedHashMap<>();
  private final Map<String, NameResolver> resolvers = new LinkedHashMap<>();
  private final SynchronizationContext sync;
  private final Consumer<List<BridgeAddress>> changed;
  private final Logger log;
  private @Nullable ScheduledFuture<?> timer;

  BridgeNames(
      List<String> targets,
      ClientRuntime runtime,
      Consumer<List<BridgeAddress>> changed,
      Logger log) {
    this.changed = changed;
    this.log = log;
    this.sync =
        new SynchronizationContext(
            (thread, error) -> log.error("names of bridges: defect, please report it", error));
    for (String target : targets) {
      NameResolverProvider provider = provider(target);
      if (provider == null) {
        fixed.add(target);
      } else {
        resolvers.put(target, resolver(target, provider, runtime));
      }
    }
  }

  /** Whether a target is a name that has to be looked up. */
  static boolean isName(String target) {
    return provider(target) != null;
  }

  /** Whether there is nothing to look up. */
  boolean none() {
    return resolvers.isEmpty();
  }

  /** What needs no looking up. */
  List<BridgeAddress> fixed() {
    return fixed.stream().map(BridgeAddress::of).toList();
  }

  /** Begins to look them up, and goes on. */
  void start(ClientRuntime runtime, long everyNanos) {
    if (none()) {
      return;
    }
    sync.execute(() -> resolvers.forEach((name, r) -> r.start(new Listener(name))));
    timer =
        runtime
            .scheduler()
            .scheduleAtFixedRate(this::refresh, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  /** Any thread: looks them up again. */
  void refresh() {
    sync.execute(() -> resolvers.values().forEach(NameResolver::refresh));
  }

  void close() {
    ScheduledFuture<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
    sync.execute(
        () -> {
          resolvers.values().forEach(NameResolver::shutdown);
          resolvers.clear();
        });
  }

  private static @Nullable NameResolverProvider provider(String target) {
    int scheme = target.indexOf(":/");
    if (scheme <= 0 || Target.isUnix(target)) {
      return null;
    }
    return NameResolverRegistry.getDefaultRegistry()
        .getProviderForScheme(target.substring(0, scheme));
  }

  private NameResolver resolver(
      String target, NameResolverProvider provider, ClientRuntime runtime) {
    NameResolver.Args args =
        NameResolver.Args.newBuilder()
            .setDefaultPort(DEFAULT_PORT)
            .setProxyDetector(address -> null)
            .setSynchronizationContext(sync)
            .setScheduledExecutorService(runtime.scheduler())
            .setOffloadExecutor(runtime.tokens())
            .setServiceConfigParser(
                new NameResolver.ServiceConfigParser() {
                  @Override
                  public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> raw) {
                    return NameResolver.ConfigOrError.fromConfig(raw);
                  }
                })
            .build();
    NameResolver resolver = provider.newNameResolver(URI.create(target), args);
    if (resolver == null) {
      throw new IllegalArgumentException(
          "target: " + target + " (expected: " + provider.getDefaultScheme() + ":///host:port)");
    }
    return resolver;
  }

  private void found(String name, List<BridgeAddress> bridges) {
    if (bridges.isEmpty()) {
      log.warn(
          "name={} reason=NO_BRIDGE it stands for no bridge: staying with those of before", name);
      return;
    }
    if (!bridges.equals(found.put(name, bridges))) {
      log.info("name={} stands for {} bridges: {}", name, bridges.size(), targets(bridges));
      Set<BridgeAddress> all = new LinkedHashSet<>(fixed());
      found.values().forEach(all::addAll);
      changed.accept(List.copyOf(all));
    }
  }

  private static List<String> targets(List<BridgeAddress> bridges) {
    return bridges.stream().map(BridgeAddress::target).toList();
  }

  private final class Listener extends NameResolver.Listener2 {
    private final String name;

    Listener(String name) {
      this.name = name;
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      sync.execute(() -> onResult2(result));
    }

    @Override
    public Status onResult2(NameResolver.ResolutionResult result) {
      NameResolver resolver = resolvers.get(name);
      StatusOr<List<EquivalentAddressGroup>> answer = result.getAddressesOrError();
      if (!answer.hasValue()) {
        onError(answer.getStatus());
        return answer.getStatus();
      }
      if (resolver != null) {
        found(name, BridgeAddress.of(answer.getValue(), resolver.getServiceAuthority()));
      }
      return Status.OK;
    }

    @Override
    public void onError(Status error) {
      log.warn("name={} reason=NAME_UNKNOWN cannot look it up: {}", name, error.getDescription());
    }
  }
}
