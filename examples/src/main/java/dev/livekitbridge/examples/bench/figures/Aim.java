package dev.livekitbridge.examples.bench.figures;

import java.util.Locale;

/**
 * A figure beside what it should be.
 *
 * @param name what was measured
 * @param value the figure
 * @param limit what it should be at most, or at least
 * @param upper whether the limit is an upper one
 * @param unit of both
 */
public record Aim(String name, double value, double limit, boolean upper, String unit) {
  /** A figure that should not be above its limit. */
  public static Aim atMost(String name, double value, double limit, String unit) {
    return new Aim(name, value, limit, true, unit);
  }

  /** A figure that should not be below its limit. */
  public static Aim atLeast(String name, double value, double limit, String unit) {
    return new Aim(name, value, limit, false, unit);
  }

  /** Whether the figure is as it should be; one that could not be measured is not. */
  public boolean met() {
    return upper ? value <= limit : value >= limit;
  }

  /** For people: the figure, the aim, and by how much it was missed. */
  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "%-52s %10.1f %-3s aim %s %s %s",
            name,
            value,
            unit,
            upper ? "<=" : ">=",
            limit == Math.rint(limit)
                ? Long.toString((long) limit)
                : String.format(Locale.ROOT, "%.1f", limit),
            unit);
    return met()
        ? text.stripTrailing()
        : String.format(
                Locale.ROOT,
                "%s  MISSED by %.1f %s",
                text.stripTrailing(),
                Math.abs(value - limit),
                unit)
            .stripTrailing();
  }
}
