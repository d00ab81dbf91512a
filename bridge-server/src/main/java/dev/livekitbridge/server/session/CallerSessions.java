package dev.livekitbridge.server.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many sessions each caller has. It holds as much as there are sessions. Not thread-safe. */
final class CallerSessions {
  private final Map<BridgeSession, String> callers = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /** The session is this caller's now, whoever had it before. */
  void opened(BridgeSession session, String caller) {
    less(callers.put(session, caller));
    counts.merge(caller, 1, Integer::sum);
  }

  void closed(BridgeSession session) {
    less(callers.remove(session));
  }

  int of(String caller) {
    return counts.getOrDefault(caller, 0);
  }

  private void less(@Nullable String caller) {
    if (caller != null) {
      counts.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Whether it was this caller who opened the session. */
  boolean opened(String caller, BridgeSession session) {
    return caller.equals(callers.get(session));
  }
}
