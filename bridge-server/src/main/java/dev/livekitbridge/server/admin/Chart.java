package dev.livekitbridge.server.admin;

import java.util.List;
import java.util.Locale;

/** A line over the last ten minutes, as SVG. */
final class Chart {
  private static final int WIDTH = 600;
  private static final int HEIGHT = 120;
  private static final int TOP = 18;

  private Chart() {}

  /** The newest value is at the right; a place without a value is empty. */
  static String svg(String title, String unit, List<Double> values, String colour) {
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double now = values.isEmpty() ? 0 : values.get(values.size() - 1);
    double top = Math.max(1, most);
    StringBuilder points = new StringBuilder();
    int first = History.MOST - values.size();
    for (int i = 0; i < values.size(); i++) {
      double x = (first + i) * (double) WIDTH / (History.MOST - 1);
      double y = HEIGHT - values.get(i) / top * (HEIGHT - TOP);
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    String label = Html.escape(title) + ", now " + number(now) + " " + Html.escape(unit);
    return "<figure><figcaption><span>"
        + Html.escape(title)
        + "</span> <span class=\"now\">"
        + number(now)
        + " "
        + Html.escape(unit)
        + "</span></figcaption><svg viewBox=\"0 0 "
        + WIDTH
        + " "
        + (HEIGHT + 1)
        + "\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\""
        + label
        + "\"><line class=\"grid\" x1=\"0\" x2=\"600\" y1=\"18\" y2=\"18\"/><line class=\"grid\""
        + " x1=\"0\" x2=\"600\" y1=\"69\" y2=\"69\"/><line class=\"grid\" x1=\"0\" x2=\"600\""
        + " y1=\"120\" y2=\"120\"/><polyline class=\""
        + colour
        + "\" points=\""
        + points.toString().strip()
        + "\"/></svg><p class=\"scale\"><span>10 min ago</span><span>most "
        + number(most)
        + "</span><span>now</span></p></figure>\n";
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String number(double value) {
    if (value >= 100 || value == Math.rint(value)) {
      return number(Math.round(value));
    }
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
