package dev.livekitbridge.examples.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What one process measured between the mark and the end of the measured time.
 *
 * @param nanos measured time
 * @param sent frames sent
 * @param received frames that arrived
 * @param missing frames that a later one of their session overtook for good
 * @param disordered frames that came twice or too late
 * @param latency of the frames that arrived here
 * @param cpuNanos CPU time of the process
 * @param allocatedBytes heap that it allocated
 * @param collections garbage collections
 * @param collectionMillis time they took
 * @param threads Java threads at the end
 * @param residentBytes memory in RAM at the end; -1 where it is not known
 */
public record EndFigures(
    long nanos,
    long sent,
    long received,
    long missing,
    long disordered,
    Latency latency,
    long cpuNanos,
    long allocatedBytes,
    long collections,
    long collectionMillis,
    int threads,
    long residentBytes) {

  /** Frames that went through this process, either way. */
  long frames() {
    return sent + received;
  }

  double bytesPerFrame() {
    return (double) allocatedBytes / Math.max(1, frames());
  }

  /**
   * Added latency, from the moment a frame was due at its generator to its arrival, in
   * microseconds.
   */
  public record Latency(double p50, double p99, double p999, double max) {
    static Latency of(Histogram nanos) {
      return new Latency(
          nanos.getValueAtPercentile(50) / 1e3,
          nanos.getValueAtPercentile(99) / 1e3,
          nanos.getValueAtPercentile(99.9) / 1e3,
          nanos.getMaxValue() / 1e3);
    }
  }
}
