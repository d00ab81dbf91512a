package dev.livekitbridge.examples.observe;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.server.BridgeService;
import dev.livekitbridge.server.security.SecurityOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/** Every meter of ours, as a bridge and a client that do nothing register them. */
@NullMarked
final class OurMeters {
  private OurMeters() {}

  static List<Meter> all() {
    return with(
        new SimpleMeterRegistry(),
        registry ->
            registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("livekit."))
                // What a simple registry makes of the buckets and quantiles of a timer.
                .filter(meter -> meter.getId().getTag("le") == null)
                .filter(meter -> meter.getId().getTag("phi") == null)
                .toList());
  }

  /** What Prometheus is told of them. */
  static String scrape() {
    return with(
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), PrometheusMeterRegistry::scrape);
  }

  /** Names of the families that Prometheus sees, but for the maxima that come with each timer. */
  static Set<String> families() {
    return scrape()
        .lines()
        .filter(line -> line.startsWith("# TYPE livekit_") && !line.contains("_seconds_max "))
        .map(line -> line.split(" ", -1)[2])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static <R extends MeterRegistry, T> T with(R registry, Function<R, T> look) {
    try (BridgeService service =
            BridgeService.builder()
                .meterRegistry(registry)
                .security(SecurityOptions.builder().maxSessionsPerCaller(1).build())
                .build();
        BridgeClient client = BridgeClient.builder("localhost:1").meterRegistry(registry).build()) {
      if (!service.sessions().isEmpty() || !client.sessions().isEmpty()) {
        throw new IllegalStateException("nobody was to be there");
      }
      return look.apply(registry);
    }
  }
}
