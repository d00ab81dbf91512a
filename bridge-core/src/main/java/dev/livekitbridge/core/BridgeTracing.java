package dev.livekitbridge.core;

import io.opentelemetry.api.OpenTelemetry;

/**
 * Traces of joins, reconnects, resumes and playbacks by OpenTelemetry. Off unless a builder of the
 * client or the bridge is given one; who gives none needs no OpenTelemetry on the class path.
 * Immutable, safe for use by many threads.
 *
 * <p>The bridge's spans are children of the client's: the context travels in the headers of the
 * calls, in the form of the given propagators ({@code W3CTraceContextPropagator} for {@code
 * traceparent}). No attribute holds a token, key, URL, user or room. The guide lists the spans.
 */
public final class BridgeTracing {
  private final OpenTelemetry openTelemetry;

  private BridgeTracing(OpenTelemetry openTelemetry) {
    this.openTelemetry = openTelemetry;
  }

  /**
   * Traces by this instance.
   *
   * @param openTelemetry of the caller, such as an SDK, who also closes it
   * @return a tracing for the builders
   */
  public static BridgeTracing of(OpenTelemetry openTelemetry) {
    return new BridgeTracing(openTelemetry);
  }

  /**
   * What traces.
   *
   * @return what was given
   */
  public OpenTelemetry openTelemetry() {
    return openTelemetry;
  }
}
