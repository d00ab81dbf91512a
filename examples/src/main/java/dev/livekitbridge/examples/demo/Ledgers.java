package dev.livekitbridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The books of client and bridge as they tell them, checked at every telling: accepted = delivered
 * + dropped + buffered. Keeps the last word of each. Safe for use by many threads.
 */
final class Ledgers {
  private final Consumer<String> broken;
  private final Map<String, Long> clientDrops = new TreeMap<>();
  private final Map<String, Long> bridgeDrops = new TreeMap<>();
  private long checks;
  private int sessions = -1;
  private long clientBuffered;

  Ledgers(Consumer<String> broken) {
    this.broken = broken;
  }

  /** Statistics of the service's client. */
  synchronized void ofClient(JsonNode stats) {
    clientDrops.clear();
    clientBuffered =
        stats.path("sent").path("buffered").asLong()
            + stats.path("received").path("buffered").asLong();
    check("client", "sent", stats.path("sent"), "service -> room");
    check("client", "received", stats.path("received"), "room -> service");
    collect(stats.path("sent").path("dropped"), "client, service -> room: ", clientDrops);
    collect(stats.path("received").path("dropped"), "client, room -> service: ", clientDrops);
  }

  /** Statistics of the bridge. */
  synchronized void ofBridge(JsonNode stats) {
    sessions = stats.path("sessions").size();
    for (JsonNode session : stats.path("sessions")) {
      check("bridge", "to_client", session.path("to_client"), "room -> service");
      check("bridge", "to_room", session.path("to_room"), "service -> room");
    }
    bridgeDrops.clear();
    totals(stats.path("frames").path("to_client"), "bridge, room -> service: ");
    totals(stats.path("frames").path("to_room"), "bridge, service -> room: ");
  }

  private void totals(JsonNode outcomes, String prefix) {
    for (Map.Entry<String, JsonNode> field : outcomes.properties()) {
      if (field.getKey().startsWith("dropped ")) {
        bridgeDrops.put(
            prefix + field.getKey().substring("dropped ".length()), field.getValue().asLong());
      }
    }
  }

  private static void collect(JsonNode dropped, String prefix, Map<String, Long> into) {
    for (Map.Entry<String, JsonNode> field : dropped.properties()) {
      if (field.getValue().asLong() > 0) {
        into.put(prefix + field.getKey().toLowerCase(Locale.ROOT), field.getValue().asLong());
      }
    }
  }

  private void check(String who, String what, JsonNode counts, String direction) {
    checks++;
    if (!counts.path("balanced").asBoolean()) {
      broken.accept(
          "the law of frames at the " + who + ", " + direction + " (" + what + "): " + counts);
    }
  }

  /** A bridge died, and its books with it. */
  synchronized void bridgeDied() {
    bridgeDrops.clear();
  }

  /** How often a ledger was checked. */
  synchronized long checks() {
    return checks;
  }

  /** Frames that the client still held when it last told, speech included. */
  synchronized long clientBuffered() {
    return clientBuffered;
  }

  /** Sessions in the bridge's registry when it last told; -1 before. */
  synchronized int sessions() {
    return sessions;
  }

  /** Frames that were dropped and counted in a direction, speech included, by who and why. */
  synchronized Map<String, Long> drops(String direction) {
    Map<String, Long> drops = new TreeMap<>();
    for (Map<String, Long> book : List.of(clientDrops, bridgeDrops)) {
      book.forEach(
          (key, count) -> {
            if (key.contains(direction) && count > 0) {
              drops.merge(key.replace(", " + direction, ""), count, Long::sum);
            }
          });
    }
    return drops;
  }
}
