package dev.livekitbridge.examples.report;

import java.awt.Graphics2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The report of many kills as one page that needs nothing else. */
public final class ChaosPage {
  private static final Logger log = LoggerFactory.getLogger(ChaosPage.class);

  private final ChaosReport report;
  private final StringBuilder html = new StringBuilder();

  private ChaosPage(ChaosReport report) {
    this.report = report;
  }

  /**
   * Writes the page, and beside it its pictures.
   *
   * @param report what to tell
   * @param folder where {@code chaos.html} goes; it exists
   * @throws IOException if it cannot be written
   */
  public static void write(ChaosReport report, Path folder) throws IOException {
    Files.writeString(folder.resolve("chaos.html"), new ChaosPage(report).build(folder));
  }

  private String build(Path folder) throws IOException {
    html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
        .append("<title>LiveKit bridge: many kills</title>\n<style>\n")
        .append(HtmlReport.STYLE)
        .append("</style>\n</head>\n<body>\n<h1>LiveKit bridge: many kills</h1>\n")
        .append("<p class=\"facts\">")
        .append(HtmlReport.escape(report.when() + " · " + report.version()))
        .append(HtmlReport.escape(" · " + report.machine() + " · seed " + report.seed()))
        .append("<br>")
        .append(HtmlReport.escape(report.setup()))
        .append("</p>\n<p>")
        .append(
            """
            Numbered frames (50 a second each way and session) flowed from rooms through a bridge to a
            service and back. Then one process after the other was killed with SIGKILL and started
            again. Times are those of the session that had it worst, and hold the time that the
            victim was away.
            """)
        .append("</p>\n");
    if (report.ok()) {
      html.append("<p class=\"ok\">Every promise was kept.</p>\n");
    } else {
      html.append("<ul class=\"broken\">\n");
      report
          .broken()
          .forEach(it -> html.append("<li>").append(HtmlReport.escape(it)).append("</li>\n"));
      html.append("</ul>\n");
    }
    html.append("<div class=\"scroll\"><pre>");
    report.table().forEach(line -> html.append(HtmlReport.escape(line)).append('\n'));
    html.append("</pre></div>\n");
    html.append(
        String.format(
            Locale.ROOT,
            "<p class=\"facts\">%d frames reached the service, %d the rooms; the law of frames was"
                + " held against the books %d times.</p>%n",
            report.framesToService(),
            report.framesToRoom(),
            report.checks()));
    picture(folder, "From the kill to audio, kill by kill", "kills", KillChart::overTime);
    picture(folder, "How many had audio again, and when", "times", KillChart::distribution);
    picture(folder, "Frames lost and twice, a kill", "frames", KillChart::frames);
    rows();
    return html.append("</body>\n</html>\n").toString();
  }

  private void picture(
      Path folder, String title, String name, BiConsumer<ChaosReport, Graphics2D> painter)
      throws IOException {
    html.append("<h2>").append(HtmlReport.escape(title)).append("</h2>\n");
    try {
      byte[] png =
          Pictures.png(
              KillChart.WIDTH, KillChart.HEIGHT, graphics -> painter.accept(report, graphics));
      Files.write(folder.resolve(name + ".png"), png);
      html.append("<img alt=\"").append(HtmlReport.escape(title)).append("\" src=\"");
      html.append(Pictures.dataUri(png)).append("\">\n");
    } catch (LinkageError | InternalError | RuntimeException e) {
      log.warn("no pictures: {}", e.toString());
      html.append("<p class=\"facts\">No picture: this machine's Java has no fonts. On Debian:")
          .append(" <code>apt install fontconfig fonts-dejavu-core</code>.</p>\n");
    }
  }

  private void rows() {
    html.append("<details><summary>Every kill</summary>\n<div class=\"scroll\"><table>\n<tr>");
    for (String column :
        new String[] {
          "",
          "At",
          "Killed",
          "Away",
          "Audio in service",
          "Lost",
          "Twice",
          "Audio in room",
          "Lost",
          "Twice"
        }) {
      html.append("<th>").append(column).append("</th>");
    }
    html.append("</tr>\n");
    for (Kill kill : report.kills()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%d</td><td>%.1f s</td><td>%s</td><td>%d ms</td>",
              kill.number(),
              kill.seconds(),
              HtmlReport.escape(kill.victim()),
              kill.awayMillis()));
      for (Kill.Way way : new Kill.Way[] {kill.toService(), kill.toRoom()}) {
        html.append(
            String.format(
                Locale.ROOT,
                "<td>%d ms</td><td>%d</td><td>%d</td>",
                way.audioMillis(),
                way.lost(),
                way.twice()));
      }
      html.append("</tr>\n");
    }
    html.append("</table></div></details>\n");
  }
}
