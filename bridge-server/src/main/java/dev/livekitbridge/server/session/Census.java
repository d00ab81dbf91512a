package dev.livekitbridge.server.session;

import dev.livekitbridge.core.SessionState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the living sessions when a registry asks: the rooms they are in, and who lives beyond
 * its time. Reads only what any thread may read, so it waits for no session. Thread-safe.
 */
public final class Census {
  // A registry asks for several of these numbers in a row.
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** For a timer that fires late under load. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How long a participant may be on its way out. */
  private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(15);

  /**
   * What there was.
   *
   * @param rooms that have been joined
   * @param ours participants of this bridge, those on their way out among them
   * @param others participants that are not this bridge's
   * @param overdueSessions sessions that should have ended
   * @param overdueParticipants participants that should have left
   */
  public record Count(
      int rooms, int ours, int others, int overdueSessions, int overdueParticipants) {}

  private final SessionEnvironment environment;
  private final SessionRegistry registry;
  private final Departures departures;
  // Both guarded by this.
  private Count count = new Count(0, 0, 0, 0, 0);
  private long countedNanos;
  private boolean counted;

  Census(SessionEnvironment environment, SessionRegistry registry, Departures departures) {
    this.environment = environment;
    this.registry = registry;
    this.departures = departures;
  }

  /** A count that is at most 100 ms old. */
  public synchronized Count now() {
    long nowNanos = environment.time().nanoTime();
    if (!counted || nowNanos - countedNanos >= FRESH_NANOS) {
      count = take(nowNanos);
      countedNanos = nowNanos;
      counted = true;
    }
    return count;
  }

  private Count take(long nowNanos) {
    Map<String, int[]> rooms = new HashMap<>();
    int joined = 0;
    int overdue = 0;
    for (BridgeSession session : registry.all()) {
      if (session.overdue(nowNanos - GRACE_NANOS)) {
        overdue++;
      }
      SessionState state = session.state();
      if (state != SessionState.JOINING && state != SessionState.CLOSED) {
        joined++;
        int[] room = rooms.computeIfAbsent(session.room(), it -> new int[2]);
        room[0]++;
        room[1] = Math.max(room[1], session.participantCount());
      }
    }
    int others = 0;
    for (int[] room : rooms.values()) {
      others += Math.max(0, room[1] - room[0]);
    }
    return new Count(
        rooms.size(),
        joined + departures.leaving(),
        others,
        overdue,
        departures.leavingSince(nowNanos - LEAVING_NANOS));
  }
}
