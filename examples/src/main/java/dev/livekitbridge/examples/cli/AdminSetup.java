package dev.livekitbridge.examples.cli;

import dev.livekitbridge.server.AdminOptions;
import dev.livekitbridge.server.BridgeServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The admin port of {@code serve}, and the registry that it shows. */
final class AdminSetup {
  private final @Nullable Integer port;
  private final String host;

  AdminSetup(@Nullable Integer port, String host) {
    this.port = port;
    this.host = host;
  }

  /** Where the meters go: what Prometheus would be told is kept only where it can ask. */
  MeterRegistry registry() {
    if (port == null) {
      return new SimpleMeterRegistry();
    }
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (MeterBinder binder :
        List.of(
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new FileDescriptorMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics())) {
      binder.bindTo(registry);
    }
    return registry;
  }

  /** Tells a server. */
  void apply(BridgeServer.Builder builder, MeterRegistry meters) {
    if (port != null && meters instanceof PrometheusMeterRegistry prometheus) {
      builder.admin(
          AdminOptions.builder().host(host).port(port).metrics(prometheus::scrape).build());
    }
  }

  /** Where it is, for people; null if there is none. */
  @Nullable String address(BridgeServer server) {
    if (server.adminPort() < 0) {
      return null;
    }
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + server.adminPort()
        + "/";
  }
}
