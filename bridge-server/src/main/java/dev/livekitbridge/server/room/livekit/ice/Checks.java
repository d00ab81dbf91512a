package dev.livekitbridge.server.room.livekit.ice;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checks that wait for their answers. At most a few a pair, so bounded by the check list. */
final class Checks {
  private static final int MAX = 4 * CheckList.MAX_PAIRS;

  private final Map<TransactionId, Check> open = new LinkedHashMap<>();

  void add(Check check) {
    if (open.size() >= MAX) {
      open.remove(open.keySet().iterator().next());
    }
    open.put(check.id(), check);
  }

  @Nullable Check get(TransactionId id) {
    return open.get(id);
  }

  void remove(Check check) {
    open.remove(check.id());
  }

  /** The pair's checks are not repeated any more. */
  void supersede(Pair pair) {
    for (Check check : open.values()) {
      if (check.pair() == pair) {
        check.supersede();
      }
    }
  }

  void supersedeAll() {
    open.values().forEach(Check::supersede);
  }

  boolean isNominating() {
    for (Check check : open.values()) {
      if (check.nominates() && !check.isSuperseded()) {
        return true;
      }
    }
    return false;
  }

  /** A check whose time has come, taken out. */
  @Nullable Check pollDue(long now) {
    for (Check check : open.values()) {
      if (now >= check.nextAt()) {
        open.remove(check.id());
        return check;
      }
    }
    return null;
  }

  long deadline() {
    long deadline = Long.MAX_VALUE;
    for (Check check : open.values()) {
      deadline = Math.min(deadline, check.nextAt());
    }
    return deadline;
  }
}
