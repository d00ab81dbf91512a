package dev.livekitbridge.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final Pattern IMAGE = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"");

  @TempDir private Path directory;

  private String write(DemoReport report) throws IOException {
    Path file = directory.resolve("report.html");
    HtmlReport.write(report, file);
    return Files.readString(file);
  }

  @Test
  void isOnePageWithAPictureForEachDirectionAndOneOfAll() throws IOException {
    String html = write(SampleReport.create());

    assertThat(html).contains("All invariants held").doesNotContain("http://", "https://");
    Matcher images = IMAGE.matcher(html);
    int count = 0;
    while (images.find()) {
      count++;
      BufferedImage image =
          ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(images.group(1))));
      assertThat(image.getWidth()).isEqualTo(2 * FlowChart.WIDTH);
    }
    assertThat(count).isEqualTo(5);
  }

  @Test
  void escapesWhatItIsTold() throws IOException {
    assertThat(write(SampleReport.create()))
        .contains("The network parts for 5 s &amp; heals &lt;at once&gt;")
        .doesNotContain("<at once>");
  }

  @Test
  void tellsEveryBrokenInvariant() throws IOException {
    ScenarioReport fine = SampleReport.create().scenarios().get(0);
    ScenarioReport broken =
        new ScenarioReport(
            fine.name(),
            fine.title(),
            fine.story(),
            fine.seconds(),
            fine.marks(),
            fine.states(),
            fine.flows(),
            1,
            1,
            2,
            List.of("2 sessions were left behind"));
    DemoReport report = new DemoReport("now", "v", "m", "l", List.of(broken));

    assertThat(report.ok()).isFalse();
    assertThat(write(report))
        .contains("Invariants broke in 1 scenario(s)")
        .contains("2 sessions were left behind");
  }

  @Test
  void theTableIsAlignedAndNamesTheCauses() {
    List<String> lines = TextTable.of(SampleReport.create());

    assertThat(lines.get(0)).contains("accepted", "delivered", "dropped", "twice", "left");
    assertThat(lines.get(2)).contains("bridge-restart", "room -> service", "315", "268", "47");
    assertThat(lines)
        .contains("  bridge-restart, room -> service: 47 no bridge in the room")
        .anyMatch(line -> line.endsWith("balanced"));
    int column = lines.get(0).indexOf("account", lines.get(0).indexOf("left"));
    assertThat(lines.get(2).substring(column)).isEqualTo("balanced");
  }

  @Test
  void whatNobodyCountedIsUnaccounted() {
    FlowReport flow =
        new FlowReport(
            "d", 100, 90, Map.of("OVERFLOW", 4L), 1, 0, 0, 20, List.of(), List.of(), List.of());

    assertThat(flow.unaccounted()).isEqualTo(5);
  }
}
