package dev.livekitbridge.examples.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What many kills cost.
 *
 * @param when the run began, for people
 * @param version of the bridge
 * @param machine it ran on
 * @param setup what was running
 * @param seed of all that was drawn
 * @param kills in order
 * @param framesToService numbered frames of the rooms that the service heard
 * @param framesToRoom numbered frames of the service that the rooms heard
 * @param checks how often the law of frames was held against the books
 * @param broken promises that were not kept; empty if all were
 */
public record ChaosReport(
    String when,
    String version,
    String machine,
    String setup,
    long seed,
    List<Kill> kills,
    long framesToService,
    long framesToRoom,
    long checks,
    List<String> broken) {
  /** Takes copies of the lists. */
  public ChaosReport {
    kills = List.copyOf(kills);
    broken = List.copyOf(broken);
  }

  /** Whether every promise was kept. */
  @JsonProperty
  public boolean ok() {
    return broken.isEmpty();
  }

  /** The kills of each kind of victim. */
  Map<String, List<Kill>> byVictim() {
    Map<String, List<Kill>> sorted = new LinkedHashMap<>();
    for (Kill kill : kills) {
      sorted.computeIfAbsent(kill.victim(), it -> new ArrayList<>()).add(kill);
    }
    return sorted;
  }

  /** The table for a terminal. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%-18s %-16s %4s  %22s  %22s %6s %6s",
            "killed",
            "direction",
            "n",
            "fault to audio, ms",
            "longest silence, ms",
            "lost",
            "twice"));
    lines.add(
        String.format(
            "%-18s %-16s %4s  %6s %7s %7s  %6s %7s %7s",
            "", "", "", "p50", "p99", "max", "p50", "p99", "max"));
    byVictim()
        .forEach(
            (victim, each) -> {
              lines.add(line(victim, "room -> service", each, Kill::toService));
              lines.add(line(victim, "service -> room", each, Kill::toRoom));
            });
    return lines;
  }

  private static String line(
      String victim, String direction, List<Kill> kills, Function<Kill, Kill.Way> way) {
    List<Kill.Way> ways = kills.stream().map(way).toList();
    return String.format(
        Locale.ROOT,
        "%-18s %-16s %4d  %6d %7d %7d  %6d %7d %7d %6d %6d",
        victim,
        direction,
        ways.size(),
        percentile(ways, Kill.Way::audioMillis, 50),
        percentile(ways, Kill.Way::audioMillis, 99),
        percentile(ways, Kill.Way::audioMillis, 100),
        percentile(ways, Kill.Way::silenceMillis, 50),
        percentile(ways, Kill.Way::silenceMillis, 99),
        percentile(ways, Kill.Way::silenceMillis, 100),
        ways.stream().mapToLong(Kill.Way::lost).sum(),
        ways.stream().mapToLong(Kill.Way::twice).sum());
  }

  /** The smallest value that so many in a hundred do not exceed. */
  static long percentile(List<Kill.Way> ways, ToLongFunction<Kill.Way> of, int percent) {
    long[] sorted = ways.stream().mapToLong(of).sorted().toArray();
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted.length == 0 ? 0 : sorted[Math.max(0, rank - 1)];
  }
}
