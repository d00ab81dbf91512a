package dev.livekitbridge.examples.cli;

import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.server.BridgeServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a bridge counts, as an event: its sessions now, and all frames since it started. */
final class ServerStats {
  private static final List<String> OUTCOMES = List.of("accepted", "delivered", "dropped");

  private final BridgeServer server;
  private final MeterRegistry meters;

  ServerStats(BridgeServer server, MeterRegistry meters) {
    this.server = server;
    this.meters = meters;
  }

  Map<String, Object> event() {
    List<Map<String, Object>> sessions = new ArrayList<>();
    for (SessionSnapshot each : server.sessions()) {
      sessions.add(
          Json.object(
              "user", each.userId(),
              "session", each.alias(),
              "room", each.roomName(),
              "state", each.state().name(),
              "participants", each.participantCount(),
              "to_client", counts(each.toClient()),
              "to_room", counts(each.toRoom())));
    }
    return Json.object("event", "stats", "sessions", sessions, "frames", totals());
  }

  /** Direction to outcome (or {@code dropped CAUSE}) to frames. */
  private Map<String, Map<String, Long>> totals() {
    Map<String, Map<String, Long>> totals = new LinkedHashMap<>();
    for (String outcome : OUTCOMES) {
      for (FunctionCounter counter :
          meters.find("livekit.bridge.frames." + outcome).functionCounters()) {
        String cause = counter.getId().getTag("cause");
        long count = (long) counter.count();
        if (count > 0) {
          totals
              .computeIfAbsent(
                  String.valueOf(counter.getId().getTag("direction")), it -> new LinkedHashMap<>())
              .put(cause == null ? outcome : outcome + " " + cause, count);
        }
      }
    }
    return totals;
  }

  private static Map<String, Object> counts(FrameCounts counts) {
    return Json.object(
        "accepted", counts.accepted(),
        "delivered", counts.delivered(),
        "dropped", counts.dropped(),
        "buffered", counts.buffered(),
        "replayed", counts.replayed(),
        "duplicates", counts.duplicates(),
        "missing", counts.missing(),
        "balanced", counts.balanced());
  }
}
