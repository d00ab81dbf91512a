package dev.livekitbridge.core.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** A span of OpenTelemetry and the context in which it is the current one. */
final class OtelTrace implements Trace {
  private final Tracer tracer;
  private final Span span;
  private final Context context;

  private OtelTrace(Tracer tracer, Span span, Context context) {
    this.tracer = tracer;
    this.span = span;
    this.context = context;
  }

  static Trace root(Tracer tracer) {
    return new OtelTrace(tracer, Span.getInvalid(), Context.root());
  }

  static Trace begin(
      Tracer tracer, String name, SpanKind kind, Context parent, @Nullable SpanContext link) {
    SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
    if (link != null && link.isValid()) {
      builder.addLink(link);
    }
    Span span = builder.startSpan();
    return new OtelTrace(tracer, span, parent.with(span));
  }

  @Override
  public Trace call(String name) {
    return begin(tracer, name, SpanKind.CLIENT, context, null);
  }

  @Override
  public Trace after(String name) {
    return begin(tracer, name, SpanKind.INTERNAL, Context.root(), span.getSpanContext());
  }

  @Override
  public Trace set(String key, String value) {
    span.setAttribute(key, value);
    return this;
  }

  @Override
  public Trace set(String key, long value) {
    span.setAttribute(key, value);
    return this;
  }

  @Override
  public Trace set(String key, boolean value) {
    span.setAttribute(key, value);
    return this;
  }

  @Override
  public void event(String name) {
    span.addEvent(name);
  }

  @Override
  public void run(Runnable part) {
    context.wrap(part).run();
  }

  @Override
  public void end() {
    span.end();
  }

  @Override
  public void fail(String reason) {
    span.setAttribute("bridge.reason", reason).setStatus(StatusCode.ERROR, reason).end();
  }
}
