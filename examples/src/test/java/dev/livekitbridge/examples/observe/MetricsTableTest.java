package dev.livekitbridge.examples.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} names every meter that there is, and no other. */
class MetricsTableTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @Test
  void namesEveryMeterAndNoOther() throws IOException {
    assertThat(documented().keySet()).isEqualTo(registered().keySet());
  }

  @Test
  void namesTypeUnitAndTagsOfEach() throws IOException {
    assertThat(documented()).isEqualTo(registered());
  }

  @Test
  void namesEachAsPrometheusDoes() throws IOException {
    Set<String> named = new TreeSet<>();
    rows().forEach(row -> named.add(code(row.get(1))));
    assertThat(named).isEqualTo(OurMeters.families());
  }

  @Test
  void meansSomethingInEachRow() throws IOException {
    assertThat(rows())
        .allSatisfy(
            row -> {
              assertThat(row.get(3)).as("unit of %s", row.get(0)).isNotBlank();
              assertThat(row.get(5)).as("meaning of %s", row.get(0)).endsWith(".");
            });
  }

  /** Every value of a tag is named in its row, or is one of the reasons of the wire. */
  @Test
  void namesTheValuesOfTags() throws IOException {
    Map<String, List<String>> rows =
        rows().stream().collect(Collectors.toMap(row -> code(row.get(0)), row -> row));
    for (Meter meter : OurMeters.all()) {
      for (Tag tag : meter.getId().getTags()) {
        boolean listedElsewhere = tag.getKey().equals("reason") || tag.getKey().equals("direction");
        if (!listedElsewhere) {
          assertThat(rows.get(meter.getId().getName()))
              .as("row of %s", meter.getId())
              .isNotNull()
              .satisfies(row -> assertThat(row.get(4)).contains(tag.getValue()));
        }
      }
    }
  }

  private static Map<String, String> registered() {
    Map<String, String> found = new TreeMap<>();
    for (Meter meter : OurMeters.all()) {
      Meter.Id id = meter.getId();
      assertThat(id.getDescription()).as("description of %s", id).isNotBlank();
      String type = id.getType().name().toLowerCase(Locale.ROOT);
      String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
      found.put(
          id.getName(),
          type
              + unit
              + id.getTags().stream()
                  .map(Tag::getKey)
                  .collect(Collectors.toCollection(TreeSet::new)));
    }
    return found;
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (List<String> row : rows()) {
      String unit = Set.of("seconds", "bytes").contains(row.get(3)) ? row.get(3) : "";
      Set<String> tags =
          CODE.matcher(row.get(4))
              .results()
              .map(m -> m.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      found.put(code(row.get(0)), row.get(2) + unit + tags);
    }
    return found;
  }

  private static String code(String cell) {
    return cell.substring(1, cell.length() - 1);
  }

  private static List<List<String>> rows() throws IOException {
    return Documents.read("docs/metrics.md")
        .lines()
        .filter(line -> line.startsWith("| `livekit."))
        .map(line -> List.of(line.substring(1, line.length() - 1).split("\\|", -1)))
        .map(row -> row.stream().map(String::strip).toList())
        .toList();
  }
}
