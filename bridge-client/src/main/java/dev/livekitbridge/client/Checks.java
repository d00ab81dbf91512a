package dev.livekitbridge.client;

import java.time.Duration;

/** Preconditions that name the value, what it was and what is expected. */
final class Checks {
  /** Longest id on the wire, in characters. */
  static final int MAX_ID = 256;

  private Checks() {}

  static Duration positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
    }
    return value;
  }

  static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: zero or more)");
    }
    return value;
  }

  static int atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: at least " + least + ")");
    }
    return value;
  }

  static long atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: at least " + least + ")");
    }
    return value;
  }

  /** An id that may be empty; its text may be told. */
  static String id(String name, String value) {
    return text(name, value, MAX_ID);
  }

  static String required(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + ": empty (expected: 1 to " + MAX_ID + " letters)");
    }
    return id(name, value);
  }

  /** Text that may be a secret: only its length is told. */
  static String text(String name, String value, int most) {
    if (value.length() > most) {
      throw new IllegalArgumentException(
          name + ": " + value.length() + " characters (expected: at most " + most + ")");
    }
    return value;
  }

  /** As the wire has it: milliseconds in an int. */
  static int wireMillis(String name, Duration value) {
    long millis = notNegative(name, value).toMillis();
    if (millis > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: at most 24 days)");
    }
    return (int) millis;
  }
}
