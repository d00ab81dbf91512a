package dev.livekitbridge.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Frames per 100 ms over time, with the states of the service and what was done to it. */
final class FlowChart {
  static final int WIDTH = 1040;
  static final int HEIGHT = 300;

  private static final double BIN_SECONDS = 0.1;

  /** A replay comes all at once; drawn to scale it would leave nothing else to be seen. */
  private static final int CAP = 15;

  private static final int MAX_LULL_BINS = 5;

  private static final int STRIP_HEIGHT = 17;
  private static final int LABEL_HEIGHT = 16;
  private static final int LABEL_PADDING = 4;
  private static final double LINE_GAP = 1.5;

  private final ScenarioReport scenario;
  private final FlowReport flow;
  private final XYChart chart;
  private final double seconds;
  private final double top;

  FlowChart(ScenarioReport scenario, FlowReport flow) {
    this.scenario = scenario;
    this.flow = flow;
    this.seconds = Math.max(1, scenario.seconds());
    int highest =
        Math.min(CAP, Math.max(max(flow.heardPer100Millis()), max(flow.sentPer100Millis())));
    // Head room for the states and the words at the faults.
    this.top = highest * 1.9;
    this.chart = build(highest);
  }

  private static int max(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).max().orElse(1);
  }

  private XYChart build(int highest) {
    XYChart built =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("seconds since the scenario began")
            .yAxisTitle("frames per 100 ms")
            .build();
    ChartLook.apply(built.getStyler());
    built
        .getStyler()
        .setXAxisMin(0.0)
        .setXAxisMax(seconds)
        .setYAxisMin(0.0)
        .setYAxisMax(top)
        .setAxisTickMarksColor(Palette.NOTE)
        .setXAxisTickMarkSpacingHint(60)
        .setXAxisDecimalPattern("0")
        // The head room holds no values.
        .setYAxisTickLabelsFormattingFunction(
            value -> value > highest * 1.05 ? " " : String.format("%.0f", value));
    add(built, "arrived", flow.heardPer100Millis(), true);
    add(built, "sent", flow.sentPer100Millis(), false);
    return built;
  }

  private void add(XYChart built, String name, List<Integer> perBin, boolean filled) {
    int bins = (int) Math.ceil(seconds / BIN_SECONDS);
    double[] x = new double[bins + 1];
    double[] y = new double[bins + 1];
    for (int i = 0; i <= bins; i++) {
      x[i] = i * BIN_SECONDS;
      y[i] = i < perBin.size() ? Math.min(CAP, perBin.get(i)) : 0;
    }
    XYSeries series = built.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    if (filled) {
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
      series.setLineColor(Palette.HEARD);
      series.setFillColor(Palette.HEARD_FILL);
      series.setLineWidth(1.2f);
    } else {
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Step);
      series.setLineColor(Palette.SENT);
      series.setLineStyle(
          new BasicStroke(
              1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] {3f, 3f}, 0f));
    }
  }

  void paint(Graphics2D graphics) {
    ChartLook.paint(chart, graphics);
    double plotTop = chart.getScreenYFromChart(top);
    double plotBottom = chart.getScreenYFromChart(0);
    paintStates(graphics, plotTop);
    paintPeaks(graphics);
    paintMarks(graphics, plotTop + STRIP_HEIGHT + 4, plotBottom);
  }

  private void paintStates(Graphics2D graphics, double y) {
    graphics.setFont(Palette.SMALL);
    FontMetrics metrics = graphics.getFontMetrics();
    for (StateSpan span : scenario.states()) {
      if (span.from() >= seconds) {
        continue;
      }
      double from = chart.getScreenXFromChart(Math.max(0, span.from()));
      double to = chart.getScreenXFromChart(Math.min(seconds, span.to()));
      graphics.setColor(Palette.ofState(span.state()));
      graphics.fill(new Rectangle2D.Double(from, y, Math.max(1, to - from), STRIP_HEIGHT));
      String text = "service " + span.state();
      for (String candidate : List.of(text, span.state(), "")) {
        text = candidate;
        if (metrics.stringWidth(candidate) + 2 * LABEL_PADDING <= to - from) {
          break;
        }
      }
      graphics.setColor(Palette.TEXT);
      graphics.drawString(text, (float) from + LABEL_PADDING, (float) y + STRIP_HEIGHT - 5);
    }
  }

  /** Where the picture was cut off: how many frames came in that burst. */
  private void paintPeaks(Graphics2D graphics) {
    graphics.setFont(Palette.SMALL);
    graphics.setColor(Palette.HEARD);
    List<Integer> heard = flow.heardPer100Millis();
    for (int begin = 0; begin < heard.size(); begin++) {
      if (heard.get(begin) > CAP) {
        // Bursts that follow each other closely are one.
        int end = begin;
        for (int i = begin; i < heard.size() && i <= end + MAX_LULL_BINS; i++) {
          end = heard.get(i) > CAP ? i : end;
        }
        int frames = heard.subList(begin, end + 1).stream().mapToInt(Integer::intValue).sum();
        double x = chart.getScreenXFromChart(Math.min(seconds, (end + 1) * BIN_SECONDS));
        graphics.drawString(
            frames + " in " + (end + 1 - begin) * 100 + " ms",
            (float) x + LABEL_PADDING,
            (float) chart.getScreenYFromChart(CAP) + 9);
        begin = end;
      }
    }
  }

  /** Each mark is a line with its words beside it, on the first row where they overlap nothing. */
  private void paintMarks(Graphics2D graphics, double y, double bottom) {
    List<Mark> marks =
        scenario.marks().stream().filter(mark -> mark.kind() != Mark.Kind.NOTE).toList();
    graphics.setStroke(new BasicStroke(1.3f));
    for (Mark mark : marks) {
      double x = x(mark);
      graphics.setColor(Palette.of(mark.kind()));
      graphics.draw(new Line2D.Double(x, y - 4, x, bottom));
    }
    graphics.setFont(Palette.SMALL);
    FontMetrics metrics = graphics.getFontMetrics();
    List<Rectangle2D> taken = new ArrayList<>();
    double right = chart.getScreenXFromChart(seconds);
    for (Mark mark : marks) {
      double width = metrics.stringWidth(mark.text()) + 2 * LABEL_PADDING;
      double left = x(mark) + LINE_GAP;
      left = left + width > right ? x(mark) - width - LINE_GAP : left;
      Rectangle2D box = new Rectangle2D.Double(left, y, width, LABEL_HEIGHT);
      while (overlaps(box, taken)) {
        box.setRect(left, box.getY() + LABEL_HEIGHT + 1, width, LABEL_HEIGHT);
      }
      taken.add((Rectangle2D) box.clone());
      graphics.setColor(new Color(255, 255, 255, 225));
      graphics.fill(box);
      graphics.setColor(Palette.of(mark.kind()));
      graphics.drawString(
          mark.text(), (float) left + LABEL_PADDING, (float) (box.getY() + LABEL_HEIGHT - 4));
    }
  }

  private double x(Mark mark) {
    return chart.getScreenXFromChart(Math.min(seconds, Math.max(0, mark.seconds())));
  }

  private static boolean overlaps(Rectangle2D box, List<Rectangle2D> taken) {
    return taken.stream().anyMatch(box::intersects);
  }
}
