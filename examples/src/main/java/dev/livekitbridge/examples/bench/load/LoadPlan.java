package dev.livekitbridge.examples.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * How much load for how long.
 *
 * @param sessions streams open at once
 * @param frameMillis a frame's length, and the time between two frames of a session
 * @param warmupSeconds before anything is measured
 * @param seconds measured
 */
public record LoadPlan(int sessions, int frameMillis, int warmupSeconds, int seconds) {
  /** Checks the values, so that a run stays bounded. */
  public LoadPlan {
    check("sessions", sessions, 1, 10_000);
    check("frame-ms", frameMillis, 5, 100);
    check("warmup", warmupSeconds, 1, 300);
    check("seconds", seconds, 1, 600);
  }

  /** Bytes of 16 kHz mono PCM16 in a frame. */
  @JsonIgnore
  int frameBytes() {
    return 32 * frameMillis;
  }

  /** Frames that the whole load should send one way in the measured time. */
  @JsonIgnore
  long framesOneWay() {
    return (long) sessions * seconds * 1000 / frameMillis;
  }

  private static void check(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "--" + name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }
}
