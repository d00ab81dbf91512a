package dev.livekitbridge.examples.report;

import java.util.List;

/**
 * What a scenario showed.
 *
 * @param name as in {@code --scenario}
 * @param title what happens, in a few words
 * @param story what happens and what should come of it
 * @param seconds how long it took
 * @param marks what happened when
 * @param states of the service
 * @param flows both directions
 * @param speechSentMillis speech that was said in the room
 * @param speechHeardMillis speech that came back into the room through the bridge and the service
 * @param sessionsLeft sessions and participants left behind when all was closed
 * @param broken invariants that broke; empty is well
 */
public record ScenarioReport(
    String name,
    String title,
    String story,
    double seconds,
    List<Mark> marks,
    List<StateSpan> states,
    List<FlowReport> flows,
    long speechSentMillis,
    long speechHeardMillis,
    int sessionsLeft,
    List<String> broken) {

  /**
   * Whether all went as it must.
   *
   * @return true if no invariant broke
   */
  public boolean ok() {
    return broken.isEmpty();
  }
}
