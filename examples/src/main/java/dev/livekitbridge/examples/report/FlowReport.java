package dev.livekitbridge.examples.report;

import java.util.List;
import java.util.Map;

/**
 * The account of the numbered frames of one direction of a scenario. The law: accepted = delivered
 * + dropped + buffered, so that nothing is unaccounted for.
 *
 * @param direction such as {@code room -> service}
 * @param accepted frames that their sender handed over
 * @param delivered different frames that arrived at the far end
 * @param dropped frames that did not arrive, by cause; every cause was counted or reported by
 *     someone
 * @param buffered frames still on their way when the scenario ended
 * @param duplicated frames that arrived more than once
 * @param outOfOrder frames that arrived after a later one
 * @param gapMillis the longest time without a frame
 * @param recoveries one for each fault
 * @param sentPer100Millis frames sent in each 100 ms
 * @param heardPer100Millis frames that arrived in each 100 ms
 */
public record FlowReport(
    String direction,
    long accepted,
    long delivered,
    Map<String, Long> dropped,
    long buffered,
    long duplicated,
    long outOfOrder,
    long gapMillis,
    List<Recovery> recoveries,
    List<Integer> sentPer100Millis,
    List<Integer> heardPer100Millis) {

  /**
   * Frames of all causes.
   *
   * @return their number
   */
  public long droppedTotal() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Frames that nobody counted. More than none is a fault of ours.
   *
   * @return accepted − delivered − dropped − buffered
   */
  public long unaccounted() {
    return accepted - delivered - droppedTotal() - buffered;
  }
}
