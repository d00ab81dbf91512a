package dev.livekitbridge.examples.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/** Time from each fault to audio, in both directions, and how much of it was waiting for repair. */
final class RecoveryChart {
  static final int WIDTH = 1040;
  static final int HEIGHT = 340;

  private static final Color[] COLOURS = {Palette.HEARD, new Color(0xe0, 0x8a, 0x1e)};

  private final CategoryChart chart;
  private boolean empty = true;

  RecoveryChart(DemoReport report) {
    chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .yAxisTitle("milliseconds of silence")
            .build();
    ChartLook.applyToBars(chart.getStyler());
    long highest = 1;
    List<String> directions = directions(report);
    for (int d = 0; d < directions.size(); d++) {
      List<String> names = new ArrayList<>();
      List<Long> values = new ArrayList<>();
      for (ScenarioReport scenario : report.scenarios()) {
        FlowReport flow = scenario.flows().get(d);
        for (Recovery recovery : flow.recoveries()) {
          String name = scenario.name();
          int number = flow.recoveries().indexOf(recovery) + 1;
          names.add(flow.recoveries().size() > 1 ? name + " " + number : name);
          values.add(Math.max(0, recovery.fromFaultMillis()));
          highest = Math.max(highest, recovery.fromFaultMillis());
        }
      }
      if (!names.isEmpty()) {
        CategorySeries series = chart.addSeries(directions.get(d), names, values);
        empty = false;
        series.setFillColor(COLOURS[d % COLOURS.length]);
      }
    }
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(highest * 1.15);
  }

  private static List<String> directions(DemoReport report) {
    return report.scenarios().isEmpty()
        ? List.of()
        : report.scenarios().get(0).flows().stream().map(FlowReport::direction).toList();
  }

  boolean isEmpty() {
    return empty;
  }

  void paint(Graphics2D graphics) {
    ChartLook.paint(chart, graphics);
  }
}
