package dev.livekitbridge.server;

import java.time.Duration;

/** Checks of settings: each returns the value, or says its name, value and range. */
final class Options {
  private Options() {}

  static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
    }
    return value;
  }

  static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 or more)");
    }
    return value;
  }

  static int positive(String name, int value) {
    return (int) positive(name, (long) value);
  }

  static long positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
    }
    return value;
  }

  static int atMost(int max, String name, int value) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + max + ")");
    }
    return value;
  }

  static int atLeast(int min, String name, int value) {
    if (value < min) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + min + ")");
    }
    return value;
  }
}
