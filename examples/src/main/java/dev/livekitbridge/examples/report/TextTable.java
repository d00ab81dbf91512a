package dev.livekitbridge.examples.report;

import java.util.ArrayList;
import java.util.List;

/** The account as a table of plain text. */
public final class TextTable {
  private static final List<String> HEAD =
      List.of(
          "scenario",
          "direction",
          "accepted",
          "delivered",
          "dropped",
          "twice",
          "gap ms",
          "audio after ms",
          "left",
          "account");

  private TextTable() {}

  /**
   * The table.
   *
   * @param report of the demo
   * @return its lines
   */
  public static List<String> of(DemoReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    List<String> causes = new ArrayList<>();
    for (ScenarioReport scenario : report.scenarios()) {
      String name = scenario.name();
      for (FlowReport flow : scenario.flows()) {
        rows.add(
            List.of(
                name,
                flow.direction(),
                Long.toString(flow.accepted()),
                Long.toString(flow.delivered()),
                Long.toString(flow.droppedTotal()),
                Long.toString(flow.duplicated()),
                Long.toString(flow.gapMillis()),
                recoveries(flow),
                Integer.toString(scenario.sessionsLeft()),
                account(flow)));
        if (flow.droppedTotal() > 0) {
          causes.add(scenario.name() + ", " + flow.direction() + ": " + causes(flow));
        }
        name = "";
      }
    }
    List<String> lines = new ArrayList<>(aligned(rows));
    if (!causes.isEmpty()) {
      lines.add("");
      lines.add("dropped, by cause:");
      causes.forEach(cause -> lines.add("  " + cause));
    }
    return lines;
  }

  private static String account(FlowReport flow) {
    return flow.unaccounted() == 0 ? "balanced" : flow.unaccounted() + " unaccounted";
  }

  static String recoveries(FlowReport flow) {
    List<String> each = new ArrayList<>();
    flow.recoveries()
        .forEach(
            recovery ->
                each.add(
                    recovery.fromFaultMillis() == Recovery.NEVER
                        ? "never"
                        : Long.toString(recovery.fromFaultMillis())));
    return each.isEmpty() ? "-" : String.join(", ", each);
  }

  static String causes(FlowReport flow) {
    List<String> each = new ArrayList<>();
    flow.dropped()
        .forEach(
            (cause, count) -> {
              if (count > 0) {
                each.add(count + " " + cause);
              }
            });
    return each.isEmpty() ? "-" : String.join(", ", each);
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        boolean number = i >= 2 && i < columns - 1;
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(number ? padding + row.get(i) : row.get(i) + padding).append("  ");
      }
      lines.add(line.toString().stripTrailing());
      if (lines.size() == 1) {
        lines.add("-".repeat(lines.get(0).length()));
      }
    }
    return lines;
  }
}
