package dev.livekitbridge.examples.report;

import java.awt.Graphics2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The report as one page that needs nothing else. */
public final class HtmlReport {
  private static final Logger log = LoggerFactory.getLogger(HtmlReport.class);

  static final String STYLE =
      """
      :root { color-scheme: light; }
      body { font: 15px/1.5 system-ui, sans-serif; color: #22262b; background: #fff;
             max-width: 1120px; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.6rem; margin-bottom: .2rem; }
      h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem; border-top: 1px solid #e4e6ea;
           padding-top: 1.5rem; }
      h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
      p { margin: .3rem 0; max-width: 48rem; }
      .facts, .time { color: #667; }
      .ok { color: #1b7f4b; font-weight: 600; }
      .broken { color: #c02a1d; font-weight: 600; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; margin: .8rem 0; font-variant-numeric: tabular-nums; }
      th, td { padding: .25rem .4rem; border-bottom: 1px solid #e4e6ea; text-align: right;
               vertical-align: top; white-space: nowrap; }
      th { font-weight: 600; }
      th.text, td.text { text-align: left; }
      td.wrap { white-space: normal; min-width: 9rem; }
      img { width: 100%; height: auto; display: block; }
      details { margin: .5rem 0; }
      summary { cursor: pointer; color: #445; }
      """;

  private final DemoReport report;
  private final StringBuilder html = new StringBuilder();
  private boolean picturesPossible = true;

  private HtmlReport(DemoReport report) {
    this.report = report;
  }

  /**
   * Writes the page.
   *
   * @param report what to tell
   * @param file where
   * @throws IOException if it cannot be written
   */
  public static void write(DemoReport report, Path file) throws IOException {
    Files.writeString(file, new HtmlReport(report).build());
  }

  private String build() {
    html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
        .append("<title>LiveKit bridge: the demo's report</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n");
    head();
    summary();
    report.scenarios().forEach(this::scenario);
    html.append("</body>\n</html>\n");
    return html.toString();
  }

  private void head() {
    html.append("<h1>LiveKit bridge: what survived</h1>\n<p class=\"facts\">")
        .append(escape(report.when() + " · " + report.version() + " · " + report.machine()))
        .append("<br>")
        .append(escape(report.link()))
        .append("</p>\n<p>")
        .append(
            """
            Real speech and numbered frames (50 a second each way) flowed from a room through a
            bridge to a service and back into the room, each a process of its own. Then
            processes were killed with SIGKILL and the link between service and bridge was cut. Every
            numbered frame is accounted for below: it arrived, or it is counted under a cause.
            """)
        .append("</p>\n");
    long broken = report.scenarios().stream().filter(scenario -> !scenario.ok()).count();
    html.append(
        broken == 0
            ? "<p class=\"ok\">All invariants held.</p>\n"
            : "<p class=\"broken\">Invariants broke in "
                + broken
                + " scenario(s), see below.</p>\n");
  }

  private void summary() {
    html.append("<div class=\"scroll\"><table>\n<tr>");
    for (String column : new String[] {"Scenario", "Direction"}) {
      html.append("<th class=\"text\">").append(column).append("</th>");
    }
    for (String column :
        new String[] {
          "Accepted", "Delivered", "Dropped", "Duplicated", "Longest gap", "Fault to audio", "Left"
        }) {
      html.append("<th>").append(column).append("</th>");
    }
    html.append("<th class=\"text\">Dropped by cause</th></tr>\n");
    for (ScenarioReport scenario : report.scenarios()) {
      String name = scenario.name();
      for (FlowReport flow : scenario.flows()) {
        row(scenario, flow, name);
        name = "";
      }
    }
    html.append("</table></div>\n");
    picture(
        "Time from fault to audio",
        RecoveryChart.WIDTH,
        RecoveryChart.HEIGHT,
        () -> {
          RecoveryChart chart = new RecoveryChart(report);
          return chart.isEmpty() ? graphics -> {} : chart::paint;
        });
  }

  private void row(ScenarioReport scenario, FlowReport flow, String name) {
    html.append("<tr><td class=\"text\">").append(escape(name));
    html.append("</td><td class=\"text\">").append(escape(flow.direction())).append("</td>");
    number(flow.accepted());
    number(flow.delivered());
    number(flow.droppedTotal());
    number(flow.duplicated());
    html.append("<td>").append(flow.gapMillis()).append(" ms</td><td>");
    html.append(escape(TextTable.recoveries(flow))).append(" ms</td>");
    number(scenario.sessionsLeft());
    html.append("<td class=\"text wrap\">").append(escape(TextTable.causes(flow)));
    if (flow.unaccounted() != 0) {
      html.append(" <span class=\"broken\">")
          .append(flow.unaccounted())
          .append(" unaccounted</span>");
    }
    html.append("</td></tr>\n");
  }

  private void number(long value) {
    html.append("<td>").append(value).append("</td>");
  }

  private void scenario(ScenarioReport scenario) {
    html.append("<h2 id=\"").append(escape(scenario.name())).append("\">");
    html.append(escape(scenario.title())).append("</h2>\n<p>");
    html.append(escape(scenario.story())).append("</p>\n");
    if (scenario.ok()) {
      html.append("<p class=\"ok\">Held.</p>\n");
    } else {
      html.append("<ul class=\"broken\">\n");
      scenario.broken().forEach(it -> html.append("<li>").append(escape(it)).append("</li>\n"));
      html.append("</ul>\n");
    }
    html.append("<p class=\"facts\">")
        .append(
            escape(
                String.format(
                    Locale.ROOT,
                    "Speech: %.1f s said in the room, %.1f s came back into it.",
                    scenario.speechSentMillis() / 1000.0,
                    scenario.speechHeardMillis() / 1000.0)))
        .append("</p>\n");
    for (FlowReport flow : scenario.flows()) {
      html.append("<h3>").append(escape(flow.direction())).append("</h3>\n");
      for (Recovery recovery : flow.recoveries()) {
        html.append("<p class=\"facts\">").append(escape(sentence(recovery))).append("</p>\n");
      }
      picture(
          scenario.title() + ", " + flow.direction(),
          FlowChart.WIDTH,
          FlowChart.HEIGHT,
          () -> new FlowChart(scenario, flow)::paint);
    }
    html.append("<details><summary>What happened when</summary>\n<table>\n");
    for (Mark mark : scenario.marks()) {
      html.append("<tr><td class=\"time\">")
          .append(String.format(Locale.ROOT, "%.3f s", mark.seconds()))
          .append("</td><td class=\"text wrap\">")
          .append(escape(mark.text()))
          .append("</td></tr>\n");
    }
    html.append("</table></details>\n");
  }

  private static String sentence(Recovery recovery) {
    if (recovery.fromFaultMillis() == Recovery.NEVER) {
      return recovery.fault() + ": no audio came after it.";
    }
    if (recovery.fromFaultMillis() == 0) {
      return recovery.fault() + ": no frame was late.";
    }
    String text = recovery.fault() + ": audio again after " + recovery.fromFaultMillis() + " ms";
    return recovery.fromRepairMillis() < 0
        ? text + "."
        : text + ", " + recovery.fromRepairMillis() + " ms after it was mended.";
  }

  private void picture(
      String title, int width, int height, Supplier<Consumer<Graphics2D>> painter) {
    if (!picturesPossible) {
      return;
    }
    String source;
    try {
      source = Pictures.dataUri(width, height, painter.get());
    } catch (LinkageError | InternalError | RuntimeException e) {
      // A Java without fonts cannot write into a picture; the figures are in the tables.
      picturesPossible = false;
      log.warn("no pictures: {}", e.toString());
      html.append("<p class=\"facts\">No pictures: this machine's Java has no fonts. On Debian:")
          .append(" <code>apt install fontconfig fonts-dejavu-core</code>.</p>\n");
      return;
    }
    html.append("<img alt=\"").append(escape(title)).append("\" src=\"");
    html.append(source).append("\">\n");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("-&gt;", "&rarr;");
  }
}
