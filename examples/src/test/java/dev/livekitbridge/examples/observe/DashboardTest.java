package dev.livekitbridge.examples.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Grafana dashboard: its queries are right, and ask for what exists. */
class DashboardTest {
  private static final Pattern METRIC = Pattern.compile("\\blivekit_bridge_[a-z_]+");

  private final JsonNode dashboard = read();

  private static JsonNode read() {
    try {
      return new ObjectMapper()
          .readTree(Documents.read("examples/deploy/grafana/livekit-bridge.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asksOnlyForMetersThatExist() {
    Set<String> series = AlertsTest.series();
    for (String query : queries()) {
      List<String> asked = METRIC.matcher(query).results().map(m -> m.group()).toList();
      assertThat(asked).as(query).isNotEmpty().isSubsetOf(series);
    }
  }

  @Test
  void promtoolTakesEveryQuery() throws Exception {
    Path promtool = Tool.find("prometheus", "promtool");
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    int number = 0;
    for (String query : queries()) {
      String plain = query.replace("$__rate_interval", "1m").replace("$instance", ".*");
      rules.append("  - record: q").append(number++).append("\n    expr: '");
      rules.append(plain.replace("'", "''")).append("'\n");
    }
    Path file = Files.createTempFile("dashboard", ".yml");
    try {
      Files.writeString(file, rules);
      assertThat(Tool.run(file.getParent(), promtool, "check", "rules", file.toString()))
          .satisfies(run -> assertThat(run.exitCode()).as(run.output()).isZero());
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void panelsNeitherOverlapNorShareAnId() {
    Set<Integer> ids = new HashSet<>();
    Set<String> cells = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).as(panel.get("title").asText()).isTrue();
      JsonNode place = panel.get("gridPos");
      for (int x = place.get("x").asInt();
          x < place.get("x").asInt() + place.get("w").asInt();
          x++) {
        for (int y = place.get("y").asInt();
            y < place.get("y").asInt() + place.get("h").asInt();
            y++) {
          assertThat(cells.add(x + "," + y)).as(panel.get("title").asText()).isTrue();
        }
      }
    }
  }

  private List<String> queries() {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.get("expr").asText());
      }
    }
    for (JsonNode annotation : dashboard.get("annotations").get("list")) {
      queries.add(annotation.get("expr").asText());
    }
    assertThat(queries).hasSizeGreaterThan(20);
    return queries;
  }
}
