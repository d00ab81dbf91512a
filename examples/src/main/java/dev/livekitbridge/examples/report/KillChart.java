package dev.livekitbridge.examples.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of many kills. */
final class KillChart {
  static final int WIDTH = 1040;
  static final int HEIGHT = 340;

  private static final Color ORANGE = new Color(0xe0, 0x8a, 0x1e);
  private static final Color[] COLOURS = {
    Palette.HEARD, ORANGE, Palette.REPAIR, new Color(0x80, 0x4a, 0x9c)
  };
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP, SeriesMarkers.SQUARE
  };

  private KillChart() {}

  /** A point for each kill: how long it took until audio came again. */
  static void overTime(ChaosReport report, Graphics2D graphics) {
    XYChart chart = xy("number of the kill", "ms from the kill to audio");
    chart.getStyler().setXAxisDecimalPattern("0").setYAxisMin(0.0);
    int style = 0;
    for (var each : report.byVictim().entrySet()) {
      List<Double> x = each.getValue().stream().map(kill -> (double) kill.number()).toList();
      style = points(chart, each.getKey() + ", room to service", x, each.getValue(), true, style);
      style = points(chart, each.getKey() + ", service to room", x, each.getValue(), false, style);
    }
    ChartLook.paint(chart, graphics);
  }

  /** How many of the kills had audio again after how long. */
  static void distribution(ChaosReport report, Graphics2D graphics) {
    XYChart chart = xy("ms from the kill to audio", "% of the kills with audio again");
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0).setXAxisMin(0.0);
    chart.getStyler().setXAxisDecimalPattern("0");
    int style = 0;
    for (var each : report.byVictim().entrySet()) {
      style = steps(chart, each.getKey() + ", room to service", each.getValue(), true, style);
      style = steps(chart, each.getKey() + ", service to room", each.getValue(), false, style);
    }
    ChartLook.paint(chart, graphics);
  }

  /** Frames lost and twice, by what was killed. */
  static void frames(ChaosReport report, Graphics2D graphics) {
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).yAxisTitle("frames a kill").build();
    ChartLook.applyToBars(chart.getStyler());
    List<String> names = new ArrayList<>();
    List<Double> lost = new ArrayList<>();
    List<Double> twice = new ArrayList<>();
    double highest = 1;
    for (var each : report.byVictim().entrySet()) {
      for (boolean toService : new boolean[] {true, false}) {
        Function<Kill, Kill.Way> way = toService ? Kill::toService : Kill::toRoom;
        names.add(each.getKey() + (toService ? ", room to service" : ", service to room"));
        lost.add(mean(each.getValue(), way, Kill.Way::lost));
        twice.add(mean(each.getValue(), way, Kill.Way::twice));
        highest = Math.max(highest, lost.get(lost.size() - 1));
        highest = Math.max(highest, twice.get(twice.size() - 1));
      }
    }
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(highest * 1.2).setYAxisDecimalPattern("0.#");
    chart.addSeries("lost", names, lost).setFillColor(Palette.FAULT);
    chart.addSeries("twice", names, twice).setFillColor(ORANGE);
    ChartLook.paint(chart, graphics);
  }

  private static double mean(
      List<Kill> kills, Function<Kill, Kill.Way> way, ToLongFunction<Kill.Way> of) {
    double mean = kills.stream().map(way).mapToLong(of).average().orElse(0);
    return Math.round(mean * 10) / 10.0;
  }

  private static int points(
      XYChart chart, String name, List<Double> x, List<Kill> kills, boolean toService, int style) {
    XYSeries series = chart.addSeries(name, x, millis(kills, toService));
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    series.setMarker(MARKERS[style % MARKERS.length]);
    series.setMarkerColor(COLOURS[style % COLOURS.length]);
    return style + 1;
  }

  private static int steps(
      XYChart chart, String name, List<Kill> kills, boolean toService, int style) {
    List<Double> sorted = millis(kills, toService).stream().sorted().toList();
    List<Double> x = new ArrayList<>(List.of(0.0));
    List<Double> y = new ArrayList<>(List.of(0.0));
    for (int i = 0; i < sorted.size(); i++) {
      x.add(sorted.get(i));
      y.add(100.0 * (i + 1) / sorted.size());
    }
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Step);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(COLOURS[style % COLOURS.length]);
    series.setLineWidth(1.6f);
    return style + 1;
  }

  private static List<Double> millis(List<Kill> kills, boolean toService) {
    return kills.stream()
        .map(kill -> (double) (toService ? kill.toService() : kill.toRoom()).audioMillis())
        .toList();
  }

  private static XYChart xy(String x, String y) {
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(x).yAxisTitle(y).build();
    ChartLook.apply(chart.getStyler());
    chart.getStyler().setMarkerSize(6);
    return chart;
  }
}
