package dev.livekitbridge.core.trace;

import io.grpc.Metadata;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/** Spans of an OpenTelemetry. */
final class OtelTraces implements Traces {
  private static final String SCOPE = "dev.livekitbridge";

  private static final TextMapSetter<Metadata> SETTER =
      (headers, key, value) -> {
        if (headers != null) {
          headers.put(header(key), value);
        }
      };

  private static final TextMapGetter<Metadata> GETTER =
      new TextMapGetter<>() {
        // Older ones ask for it.
        @SuppressWarnings("deprecation")
        @Override
        public Iterable<String> keys(Metadata headers) {
          return headers.keys();
        }

        @Override
        public @Nullable String get(@Nullable Metadata headers, String key) {
          return headers == null ? null : headers.get(header(key));
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  OtelTraces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer(SCOPE);
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  @Override
  public Trace begin(String name) {
    return OtelTrace.begin(tracer, name, SpanKind.INTERNAL, Context.current(), null);
  }

  @Override
  public Trace root() {
    return OtelTrace.root(tracer);
  }

  @Override
  public Trace serve(String name, Metadata headers) {
    Context caller = propagator.extract(Context.root(), headers, GETTER);
    return OtelTrace.begin(tracer, name, SpanKind.SERVER, caller, null);
  }

  @Override
  public void inject(Metadata headers) {
    propagator.inject(Context.current(), headers, SETTER);
  }

  private static Metadata.Key<String> header(String key) {
    return Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER);
  }
}
