package dev.livekitbridge.core.trace;

import dev.livekitbridge.core.BridgeTracing;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Begins spans. Safe for use by many threads. */
public interface Traces {
  /** Traces nothing. */
  Traces NONE =
      new Traces() {
        @Override
        public Trace begin(String name) {
          return Trace.NONE;
        }

        @Override
        public Trace root() {
          return Trace.NONE;
        }

        @Override
        public Trace serve(String name, Metadata headers) {
          return Trace.NONE;
        }

        @Override
        public void inject(Metadata headers) {}
      };

  /** Traces by what the caller gave; nothing if that is null. */
  static Traces of(@Nullable BridgeTracing tracing) {
    return tracing == null ? NONE : new OtelTraces(tracing.openTelemetry());
  }

  /** Begins a span in the caller's own trace, if this thread is within one. */
  Trace begin(String name);

  /** No span itself; those begun from it are each the first of a trace. */
  Trace root();

  /** Begins the span of a call that came, in the trace that its headers name. */
  Trace serve(String name, Metadata headers);

  /** Names the span that this thread is within in the headers of a call. */
  void inject(Metadata headers);
}
