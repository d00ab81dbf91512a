package dev.livekitbridge.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A report as a run leaves it, with made-up figures. */
final class SampleReport {
  private SampleReport() {}

  static DemoReport create() {
    return new DemoReport(
        "2026-11-23 08:00:00",
        "bridge 0.1.0",
        "Java 17, Linux, 2 processors",
        "The link was cut in a network namespace.",
        List.of(
            scenario("bridge-restart", "The bridge is killed and comes back after 0.5 s", 6.3, 1.1),
            scenario("partition", "The network parts for 5 s & heals <at once>", 11.2, 5.2)));
  }

  static ScenarioReport scenario(String name, String title, double seconds, double outage) {
    double end = 2.5 + outage;
    return new ScenarioReport(
        name,
        title,
        "A story of what happens & what should come of it.",
        seconds,
        List.of(
            new Mark(0.1, Mark.Kind.NOTE, "speech flows"),
            new Mark(2.5, Mark.Kind.FAULT, "SIGKILL bridge"),
            new Mark(end - 0.2, Mark.Kind.REPAIR, "bridge listens again"),
            new Mark(end, Mark.Kind.AUDIO, "room -> service"),
            new Mark(end + 0.02, Mark.Kind.AUDIO, "service -> room")),
        List.of(
            new StateSpan(0, 2.52, "CONNECTED"),
            new StateSpan(2.52, end - 0.02, "RECONNECTING"),
            new StateSpan(end - 0.02, seconds, "CONNECTED")),
        List.of(
            flow("room -> service", seconds, 2.5, end, Map.of("no bridge in the room", 47L)),
            flow("service -> room", seconds, 2.5, end, Map.of())),
        6_000,
        5_100,
        0,
        List.of());
  }

  private static FlowReport flow(
      String direction, double seconds, double fault, double end, Map<String, Long> dropped) {
    List<Integer> sent = new ArrayList<>();
    List<Integer> heard = new ArrayList<>();
    for (int i = 0; i < seconds * 10; i++) {
      double at = i / 10.0;
      sent.add(5);
      boolean silent = at >= fault && at < end;
      boolean replay = dropped.isEmpty() && at >= end && at < end + 0.1;
      heard.add(silent ? 0 : replay ? 22 : 5);
    }
    long lost = dropped.values().stream().mapToLong(Long::longValue).sum();
    return new FlowReport(
        direction,
        315,
        315 - lost,
        dropped,
        0,
        0,
        0,
        (long) ((end - fault) * 1000),
        List.of(new Recovery("SIGKILL bridge", (long) ((end - fault) * 1000), 180)),
        sent,
        heard);
  }
}
