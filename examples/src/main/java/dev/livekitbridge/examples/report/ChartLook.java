package dev.livekitbridge.examples.report;

import java.awt.Color;
import java.awt.Graphics2D;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** How all pictures look. */
final class ChartLook {
  private ChartLook() {}

  static void apply(AxesChartStyler styler) {
    styler
        .setPlotGridLinesColor(Palette.GRID)
        .setAxisTickLabelsFont(Palette.SMALL)
        .setAxisTitleFont(Palette.NORMAL)
        .setYAxisDecimalPattern("0")
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(Palette.TEXT)
        .setPlotBorderVisible(false)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(Palette.NORMAL)
        .setChartTitleVisible(false);
    styler.setLegendLayout(LegendLayout.Horizontal);
  }

  /** Of bars, each with its value above it. */
  static void applyToBars(CategoryStyler styler) {
    apply(styler);
    styler
        .setLabelsVisible(true)
        .setLabelsFont(Palette.SMALL)
        .setLabelsFontColor(Palette.TEXT)
        .setLabelsPosition(1.06)
        .setAvailableSpaceFill(0.6)
        .setPlotGridVerticalLinesVisible(false);
  }

  static void paint(Chart<?, ?> chart, Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, chart.getWidth(), chart.getHeight());
    chart.paint(graphics, chart.getWidth(), chart.getHeight());
  }
}
