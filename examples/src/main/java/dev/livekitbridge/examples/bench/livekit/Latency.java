package dev.livekitbridge.examples.bench.livekit;

import org.HdrHistogram.Histogram;

/**
 * How late packets are, from publish to the service.
 *
 * @param p50Millis the middle one
 * @param p99Millis the worst but one in a hundred
 */
public record Latency(double p50Millis, double p99Millis) {
  static Latency of(Histogram nanos) {
    return new Latency(nanos.getValueAtPercentile(50) / 1e6, nanos.getValueAtPercentile(99) / 1e6);
  }
}
