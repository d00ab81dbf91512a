package dev.livekitbridge.client;

import java.util.Locale;

/** What kind of fault ended a connection or a try. The label {@code cause} of the metrics. */
public enum FaultCause {
  /** The bridge could not be reached, or did not answer. */
  UNREACHABLE,
  /** A stream that was up broke. */
  STREAM_BROKEN,
  /** Nothing was heard for too long: the network swallows everything, or the bridge hangs. */
  SILENCE,
  /** The bridge refused a join. */
  JOIN_REFUSED,
  /** The bridge refused or ended a stream and said why. */
  STREAM_ENDED,
  /** The token supplier threw, gave nothing, or took too long. */
  TOKEN_SUPPLIER,
  /** The bridge is shutting down. */
  DRAINING,
  /** The caller asked for it with {@link BridgeSession#reconnectNow}. */
  REQUESTED;

  /** The name as a label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
