package dev.livekitbridge.examples.bench.recover;

/**
 * How often each fault is done.
 *
 * @param shortKills the bridge is killed and started again after 0.5 s
 * @param longKills the bridge is killed and started again after 8 s
 * @param serviceKills the service is killed and started again after 0.5 s
 * @param handOvers a bridge is told to end while the client has another one
 * @param standbyKills a bridge is killed while the client has a standby
 * @param cuts the link is cut, each way and both
 */
public record RecoverPlan(
    int shortKills, int longKills, int serviceKills, int handOvers, int standbyKills, int cuts) {
  private static final int MOST = 500;

  /** Checks the values, so that a run stays bounded. */
  public RecoverPlan {
    check("--kills", shortKills);
    check("--long-kills", longKills);
    check("--service-kills", serviceKills);
    check("--hand-overs", handOvers);
    check("--standby-kills", standbyKills);
    check("--cuts", cuts);
  }

  private static void check(String name, int value) {
    if (value < 0 || value > MOST) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + MOST + ")");
    }
  }
}
