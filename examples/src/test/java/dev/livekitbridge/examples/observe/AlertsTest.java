package dev.livekitbridge.examples.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The alerts: right by promtool's word, about meters that exist, and each with its runbook. */
class AlertsTest {
  private static final String FOLDER = "examples/deploy/prometheus";
  private static final Pattern METRIC = Pattern.compile("\\blivekit_bridge_[a-z_]+");
  private static final List<String> SECTIONS =
      List.of("## What it means", "## What users notice", "## How to check", "## What to do");

  @Test
  void promtoolFindsTheRulesRight() throws Exception {
    Path promtool = Tool.find("prometheus", "promtool");
    Path folder = Documents.path(FOLDER);
    assertThat(Tool.run(folder, promtool, "check", "rules", "alerts.yml"))
        .satisfies(run -> assertThat(run.exitCode()).as(run.output()).isZero());
    assertThat(Tool.run(folder, promtool, "check", "config", "prometheus.yml"))
        .satisfies(run -> assertThat(run.exitCode()).as(run.output()).isZero());
    assertThat(Tool.run(folder, promtool, "test", "rules", "alerts-test.yml"))
        .satisfies(run -> assertThat(run.exitCode()).as(run.output()).isZero());
  }

  @Test
  void everyAlertIsTestedAndHasItsRunbookWhichItNames() throws IOException {
    Set<String> alerts = alerts();
    assertThat(names("alertname:", "alerts-test.yml")).isEqualTo(alerts);
    assertThat(names("runbook:", "alerts.yml"))
        .isEqualTo(
            alerts.stream()
                .map(name -> "docs/runbooks/" + name + ".md")
                .collect(Collectors.toCollection(TreeSet::new)));
    try (Stream<Path> pages = Files.list(Documents.path("docs/runbooks"))) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(alerts);
    }
  }

  @Test
  void everyRunbookTellsTheSameFourThings() throws IOException {
    for (String alert : alerts()) {
      String page = Documents.read("docs/runbooks/" + alert + ".md");
      assertThat(page).as(alert).startsWith("# " + alert + "\n").contains(SECTIONS);
      assertThat(page.lines().filter(line -> line.startsWith("Severity: ")))
          .as("severity of %s, as in its rule", alert)
          .singleElement()
          .satisfies(line -> assertThat(line).startsWith("Severity: " + severity(alert) + "."));
    }
  }

  /** Whoever is woken finds the way from either page to the other. */
  @Test
  void operationsAndRunbooksLeadToEachOther() throws IOException {
    String operations = Documents.read("docs/operations.md");
    for (String alert : alerts()) {
      assertThat(operations).contains("[" + alert + "](runbooks/" + alert + ".md)");
      assertThat(Documents.read("docs/runbooks/" + alert + ".md")).contains("](../operations.md)");
    }
  }

  @Test
  void rulesRunbooksAndTestsKnowOnlyMetersThatExist() throws IOException {
    Set<String> series = series();
    List<String> documents =
        new ArrayList<>(List.of(FOLDER + "/alerts.yml", FOLDER + "/alerts-test.yml"));
    alerts().forEach(alert -> documents.add("docs/runbooks/" + alert + ".md"));
    for (String document : documents) {
      assertThat(METRIC.matcher(Documents.read(document)).results().map(m -> m.group()))
          .as(document)
          .isSubsetOf(series);
    }
  }

  /** Everything that may be asked for. */
  static Set<String> series() {
    Set<String> series = OurMeters.families();
    OurMeters.scrape()
        .lines()
        .filter(line -> line.startsWith("livekit_"))
        .forEach(line -> series.add(line.split("[{ ]", 2)[0]));
    return series;
  }

  private static Set<String> alerts() throws IOException {
    Set<String> alerts = names("- alert:", "alerts.yml");
    assertThat(alerts)
        .contains(
            "ExcessiveReconnections",
            "FramesLost",
            "SlowReconnects",
            "ZombieSessions",
            "CircuitOpen");
    return alerts;
  }

  private static Set<String> names(String key, String file) throws IOException {
    return Documents.read(FOLDER + "/" + file)
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static @Nullable String severity(String alert) throws IOException {
    String found = null;
    boolean here = false;
    for (String line : Documents.read(FOLDER + "/alerts.yml").lines().toList()) {
      String text = line.strip();
      if (text.startsWith("- alert:")) {
        here = text.equals("- alert: " + alert);
      } else if (here && text.startsWith("severity:")) {
        found = text.substring("severity:".length()).strip();
      }
    }
    return found;
  }
}
