package dev.livekitbridge.examples.observe;

import dev.livekitbridge.core.BridgeTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An SDK of OpenTelemetry and what it exported. */
public final class Spans implements AutoCloseable {
  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(provider)
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();

  /** For the builders of client and bridge. */
  public BridgeTracing tracing() {
    return BridgeTracing.of(sdk);
  }

  OpenTelemetry sdk() {
    return sdk;
  }

  /** All that are over. */
  public List<SpanData> all() {
    return exported.getFinishedSpanItems();
  }

  List<SpanData> named(String name) {
    return all().stream().filter(span -> span.getName().equals(name)).toList();
  }

  List<SpanData> named(String name, SpanKind kind) {
    return named(name).stream().filter(span -> span.getKind() == kind).toList();
  }

  /** The only one. */
  SpanData only(String name, SpanKind kind) {
    List<SpanData> found = named(name, kind);
    if (found.size() != 1) {
      throw new AssertionError(name + " " + kind + ": " + found + " in " + all());
    }
    return found.get(0);
  }

  /** What is a part of it. */
  List<SpanData> partsOf(SpanData whole) {
    return all().stream()
        .filter(
            span ->
                span.getTraceId().equals(whole.getTraceId())
                    && span.getParentSpanId().equals(whole.getSpanId()))
        .toList();
  }

  static @Nullable String word(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  static @Nullable Boolean truth(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.booleanKey(key));
  }

  static @Nullable Long number(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.longKey(key));
  }

  static List<String> events(SpanData span) {
    return span.getEvents().stream().map(EventData::getName).toList();
  }

  @Override
  public void close() {
    sdk.close();
  }
}
