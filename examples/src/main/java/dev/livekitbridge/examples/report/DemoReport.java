package dev.livekitbridge.examples.report;

import java.util.List;

/**
 * A whole run of the demo.
 *
 * @param when local date and time
 * @param version of the project
 * @param machine Java, system and processors
 * @param link how the link between service and bridge was cut
 * @param scenarios in the order in which they ran
 */
public record DemoReport(
    String when, String version, String machine, String link, List<ScenarioReport> scenarios) {

  /**
   * Whether all went as it must.
   *
   * @return true if no invariant broke in any scenario
   */
  public boolean ok() {
    return scenarios.stream().allMatch(ScenarioReport::ok);
  }
}
