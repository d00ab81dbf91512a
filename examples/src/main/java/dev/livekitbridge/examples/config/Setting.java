package dev.livekitbridge.examples.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One thing that can be set, defined once: its flag, its name in the environment and in a file, and
 * its row in the README come from here.
 *
 * @param key its name in a file; behind two dashes its flag
 * @param env its name in the environment
 * @param secret whether it has no flag, since others see those, and is shown nowhere
 * @param unit what the value is
 * @param initial what it is if nobody sets it, for people; empty for nothing
 * @param range what it may be, for people
 * @param meaning one sentence
 * @param parser makes the value of its text
 * @param <T> its kind
 */
public record Setting<T>(
    String key,
    String env,
    boolean secret,
    String unit,
    String initial,
    String range,
    String meaning,
    Function<String, T> parser) {

  static final String ENV_PREFIX = "BRIDGE_";

  private static final Pattern COMMA = Pattern.compile(",");

  /** Each is defined once, and a key of many maps while a server starts. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /** Its flag. */
  public String flag() {
    return "--" + key;
  }

  static Setting<Integer> number(
      String key, String unit, String initial, int min, int max, String meaning) {
    String range = min + " to " + max;
    return new Setting<>(
        key,
        envOf(key),
        false,
        unit,
        initial,
        range,
        meaning,
        text -> {
          int value;
          try {
            value = Integer.parseInt(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number, " + range);
          }
          if (value < min || value > max) {
            throw new IllegalArgumentException("a number, " + range);
          }
          return value;
        });
  }

  static Setting<String> text(String key, String unit, String initial, String meaning) {
    return new Setting<>(key, envOf(key), false, unit, initial, "", meaning, Function.identity());
  }

  static Setting<String> secret(String key, String range, String meaning) {
    return new Setting<>(key, envOf(key), true, "secret", "", range, meaning, Function.identity());
  }

  static Setting<Path> file(String key, String meaning) {
    return new Setting<>(
        key,
        envOf(key),
        false,
        "path",
        "",
        "",
        meaning,
        text -> {
          try {
            return Path.of(text);
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("a path");
          }
        });
  }

  static Setting<List<String>> list(String key, String unit, String initial, String meaning) {
    return new Setting<>(
        key,
        envOf(key),
        false,
        unit,
        initial,
        "several: by commas",
        meaning,
        text -> COMMA.splitAsStream(text).map(String::strip).filter(s -> !s.isEmpty()).toList());
  }

  Setting<T> named(String otherEnv) {
    return new Setting<>(key, otherEnv, secret, unit, initial, range, meaning, parser);
  }

  private static String envOf(String key) {
    return ENV_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
