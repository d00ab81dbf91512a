package dev.livekitbridge.examples.chaos;

/**
 * What is done to whom. The order of the kills, how long a victim is away and how long there is
 * peace before the next one follow from the seed.
 *
 * @param bridgeKills SIGKILLs of a bridge
 * @param serviceKills SIGKILLs of the service
 * @param sessions of the service, each in a room of its own
 * @param standby whether there are two bridges, and each session stands by at the other one
 * @param awayMillis how long a victim is away, at most
 * @param calmMillis how long there is peace before the next kill, at most; half of it at least
 * @param withinMillis audio both ways, in every session, is back so soon after the bridge listens
 *     again or the new service opens; with a standby, after the kill of a bridge
 * @param seed of all that is drawn
 */
public record ChaosPlan(
    int bridgeKills,
    int serviceKills,
    int sessions,
    boolean standby,
    int awayMillis,
    int calmMillis,
    int withinMillis,
    long seed) {
  /** Checks the numbers. */
  public ChaosPlan {
    atLeast("--bridge-kills", bridgeKills, 0);
    atLeast("--service-kills", serviceKills, 0);
    atLeast("--sessions", sessions, 1);
    atLeast("--away", awayMillis, 0);
    atLeast("--calm", calmMillis, 100);
    atLeast("--within", withinMillis, 100);
    // A killed service has to be back before its sessions' window is over.
    if (awayMillis > 6_000) {
      throw new IllegalArgumentException("--away: " + awayMillis + " (expected: at most 6000)");
    }
  }

  /** For people. */
  String setup() {
    return (standby ? "two bridges with standby, " : "one bridge, ")
        + "one service with "
        + sessions
        + " session(s); "
        + bridgeKills
        + " SIGKILLs of a bridge, "
        + serviceKills
        + " of the service";
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: at least " + least + ")");
    }
  }
}
