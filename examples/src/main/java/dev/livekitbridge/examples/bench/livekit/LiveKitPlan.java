package dev.livekitbridge.examples.bench.livekit;

import java.util.List;

/**
 * What is measured.
 *
 * @param users how many at once, one figure for each, growing
 * @param warmUpSeconds before anything is measured
 * @param seconds measured for each number of users
 * @param joins measured one by one
 * @param rounds of {@code sessions} joining and leaving, watched for leaks; 0 for none
 * @param sessions of a round
 * @param audio whether to measure what is said in the room
 */
public record LiveKitPlan(
    List<Integer> users,
    int warmUpSeconds,
    int seconds,
    int joins,
    int rounds,
    int sessions,
    boolean audio) {
  /** Checks the values, so that a run stays bounded. */
  public LiveKitPlan {
    users = users.stream().sorted().toList();
    for (int count : users) {
      check("users", count, 1, 500);
    }
    check("warm-up", warmUpSeconds, 0, 300);
    check("seconds", seconds, 1, 3_600);
    check("joins", joins, 0, 10_000);
    check("rounds", rounds, 0, 1_000);
    check("sessions", sessions, 1, 200);
  }

  private static void check(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "--" + name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }
}
