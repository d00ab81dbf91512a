package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * The last faults of a bridge, for people who look at it now; the log has all of them. What happens
 * to many sessions at once is one entry. Holds no user and no text of a caller. Thread-safe.
 */
public final class FaultLog {
  private static final int MOST = 50;

  /**
   * Faults of one kind that came in a row.
   *
   * @param firstMillis when the first one came, epoch
   * @param lastMillis when the last one came, epoch
   * @param what happened
   * @param reason why
   * @param session alias of the last one's session, as in the log
   * @param count how many
   */
  public record Fault(
      long firstMillis,
      long lastMillis,
      String what,
      CloseReason reason,
      String session,
      long count) {}

  // Guarded by itself.
  private final Deque<Fault> faults = new ArrayDeque<>();

  FaultLog() {}

  void add(long millis, String what, CloseReason reason, String session) {
    synchronized (faults) {
      Fault last = faults.peekLast();
      boolean same = last != null && last.what().equals(what) && last.reason() == reason;
      if (last != null && same) {
        faults.removeLast();
        faults.add(new Fault(last.firstMillis(), millis, what, reason, session, last.count() + 1));
        return;
      }
      if (faults.size() == MOST) {
        faults.removeFirst();
      }
      faults.add(new Fault(millis, millis, what, reason, session, 1));
    }
  }

  /** The latest first. */
  public List<Fault> latest() {
    synchronized (faults) {
      List<Fault> copy = new ArrayList<>(faults);
      Collections.reverse(copy);
      return copy;
    }
  }
}
