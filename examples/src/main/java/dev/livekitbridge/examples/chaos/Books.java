package dev.livekitbridge.examples.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The law of frames, held against what clients and bridges say, and all promises that broke. Safe
 * for use by many threads.
 */
final class Books {
  private static final int MOST_TOLD = 50;
  // The service says 25 frames/s while it is behind, so its 15 s are 375; less what it said since
  // it told last.
  private static final long FULL_FRAMES = 300;

  private final List<String> broken = new ArrayList<>();
  private final Map<Integer, Long> buffered = new HashMap<>();
  private long overflowed;
  private long checks;
  private int sessions;

  synchronized void ofClient(int session, JsonNode stats) {
    for (String direction : List.of("sent", "received")) {
      law("client", direction, stats.path(direction));
    }
    buffered.put(session, stats.path("sent").path("buffered").asLong());
  }

  /** Frames that a session gave up because its store was full. It has to have been. */
  synchronized void overflowed(int session, long frames) {
    overflowed += frames;
    long held = buffered.getOrDefault(session, 0L);
    check(
        held >= FULL_FRAMES,
        () -> "session " + session + " gave up " + frames + " frames, but held only " + held);
  }

  /** All that were given up so. */
  synchronized long overflowed() {
    return overflowed;
  }

  synchronized void ofBridge(JsonNode event) {
    if (!event.path("event").asText().equals("stats")) {
      return;
    }
    sessions = event.path("sessions").size();
    for (JsonNode session : event.path("sessions")) {
      law("bridge", "to_client", session.path("to_client"));
      law("bridge", "to_room", session.path("to_room"));
    }
  }

  private void law(String who, String direction, JsonNode counts) {
    checks++;
    check(
        counts.path("balanced").asBoolean(),
        () -> "the law of frames, " + who + ", " + direction + ": " + counts);
  }

  synchronized void check(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      broke(otherwise.get());
    }
  }

  synchronized void broke(String what) {
    if (broken.size() < MOST_TOLD) {
      broken.add(what);
    }
  }

  synchronized List<String> broken() {
    return List.copyOf(broken);
  }

  /** How often the law was held against the books. */
  synchronized long checks() {
    return checks;
  }

  /** Sessions of the bridge that told last. */
  synchronized int sessions() {
    return sessions;
  }

  /** Frames that the service's clients held when they told last. */
  synchronized long buffered() {
    return buffered.values().stream().mapToLong(Long::longValue).sum();
  }
}
