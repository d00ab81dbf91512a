package dev.livekitbridge.examples.bench.figures;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Times of one kind, in milliseconds. Not safe for use by many threads. */
public final class Samples {
  private final String name;
  private final List<Double> millis = new ArrayList<>();

  /** No sample yet. */
  public Samples(String name) {
    this.name = name;
  }

  /** Takes a sample. */
  public void addNanos(long nanos) {
    millis.add(nanos / 1e6);
  }

  /** What was measured. */
  @JsonProperty
  public String name() {
    return name;
  }

  /** How many samples there are. */
  @JsonProperty
  public int count() {
    return millis.size();
  }

  /** All of them, in the order in which they were taken. */
  @JsonProperty
  public List<Double> millis() {
    return Collections.unmodifiableList(millis);
  }

  /** The middle one. */
  @JsonProperty
  public double p50() {
    return percentile(50);
  }

  /** The worst but one in a hundred; with fewer than a hundred samples, the worst. */
  @JsonProperty
  public double p99() {
    return percentile(99);
  }

  /** The worst. */
  @JsonProperty
  public double max() {
    return percentile(100);
  }

  /** For people. */
  public String line() {
    return String.format(
        Locale.ROOT, "%-58s %4d %9.0f %9.0f %9.0f", name, count(), p50(), p99(), max());
  }

  /** Above the lines. */
  public static String head() {
    return String.format("%-58s %4s %9s %9s %9s", "milliseconds", "n", "p50", "p99", "max");
  }

  /** The smallest sample that so many in a hundred do not exceed. */
  private double percentile(double percent) {
    if (millis.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
