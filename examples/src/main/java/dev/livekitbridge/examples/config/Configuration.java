package dev.livekitbridge.examples.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What was set, by whom: flags before the environment, that before a file. Immutable. All of it is
 * checked when it is read, also what something else overrides.
 */
public final class Configuration {
  /** Who set something; the first one counts. */
  public enum Origin {
    /** The command line. */
    FLAG,
    /** The environment. */
    ENVIRONMENT,
    /** A file. */
    FILE
  }

  private static final int MAX_FILE_BYTES = 1 << 20;
  // Of the launcher and of this page, and what Kubernetes sets for a service named "bridge".
  private static final Set<String> OTHERS =
      Set.of("BRIDGE_CONFIG", "BRIDGE_JAVA_OPTS", "BRIDGE_NO_BUILD", "BRIDGE_PORT");
  private static final Pattern KUBERNETES = Pattern.compile("BRIDGE_(SERVICE|PORT)_.*");

  private record Value(String text, Origin origin, String source) {}

  private final Map<Setting<?>, Value> values = new LinkedHashMap<>();

  private Configuration() {}

  /**
   * Reads it.
   *
   * @param flags texts by setting
   * @param environment usually {@code System.getenv()}; what is blank is not set
   * @param file if there is one: {@code key = value} lines, UTF-8 (the format of {@link
   *     Properties})
   * @throws ConfigurationException if something cannot be
   */
  public static Configuration read(
      Map<Setting<?>, String> flags, Map<String, String> environment, Optional<Path> file) {
    Configuration configuration = new Configuration();
    flags.forEach((setting, text) -> configuration.put(setting, text, Origin.FLAG, setting.flag()));
    configuration.readEnvironment(environment);
    file.ifPresent(path -> configuration.readFile(path.toString(), content(path)));
    return configuration;
  }

  /** The text of a file, read as {@link #read} does. */
  static Configuration ofFile(String name, String content) {
    Configuration configuration = new Configuration();
    configuration.readFile(name, content);
    return configuration;
  }

  /** The value of a setting; empty if nobody set it. */
  public <T> Optional<T> get(Setting<T> setting) {
    Value value = values.get(setting);
    return value == null ? Optional.empty() : Optional.of(setting.parser().apply(value.text));
  }

  /** Who set it; empty if nobody did. */
  public Optional<Origin> origin(Setting<?> setting) {
    return Optional.ofNullable(values.get(setting)).map(Value::origin);
  }

  /** That a setting cannot be as it is, in the words of the others. */
  public ConfigurationException bad(Setting<?> setting, String expected) {
    Value value = values.get(setting);
    return value == null
        ? new ConfigurationException(setting.key() + " is not set (expected: " + expected + ")")
        : bad(setting, value, expected);
  }

  /** Without what is secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (setting, value) ->
            text.append(setting.key()).append('=').append(shown(setting, value.text)).append(' '));
    return text.toString().strip();
  }

  private void put(Setting<?> setting, String text, Origin origin, String source) {
    Value value = new Value(text.strip(), origin, source);
    try {
      Object checked = setting.parser().apply(value.text);
      if (value.text.isEmpty() || checked == null) {
        throw new IllegalArgumentException("something");
      }
    } catch (IllegalArgumentException e) {
      throw bad(setting, value, String.valueOf(e.getMessage()));
    }
    values.putIfAbsent(setting, value);
  }

  private void readEnvironment(Map<String, String> environment) {
    Map<String, Setting<?>> byName = new HashMap<>();
    Settings.all().forEach(setting -> byName.put(setting.env(), setting));
    environment.forEach(
        (name, text) -> {
          Setting<?> setting = byName.get(name);
          if (setting != null && !text.isBlank()) {
            put(setting, text, Origin.ENVIRONMENT, name + " of the environment");
          } else if (setting == null && unknown(name)) {
            // A misspelled name would leave a bridge without what it was to be protected by.
            throw new ConfigurationException(
                printable(name) + " of the environment is no setting (expected: " + names() + ")");
          }
        });
  }

  private static boolean unknown(String name) {
    return name.startsWith(Setting.ENV_PREFIX)
        && !OTHERS.contains(name)
        && !KUBERNETES.matcher(name).matches();
  }

  private void readFile(String name, String content) {
    Map<String, Setting<?>> byKey = new HashMap<>();
    Settings.all().forEach(setting -> byKey.put(setting.key(), setting));
    lines(name, content)
        .forEach(
            (key, text) -> {
              Setting<?> setting = byKey.get(key);
              if (setting == null) {
                throw new ConfigurationException(
                    printable(key) + " of " + name + " is no setting (expected: " + keys() + ")");
              }
              put(setting, text, Origin.FILE, name);
            });
  }

  private static Map<String, String> lines(String name, String content) {
    Map<String, String> lines = new LinkedHashMap<>();
    Properties properties =
        new Properties() {
          private static final long serialVersionUID = 1;

          @Override
          public synchronized Object put(Object key, Object value) {
            if (lines.put((String) key, (String) value) != null) {
              throw new ConfigurationException(
                  printable((String) key) + " is twice in " + name + " (expected: once)");
            }
            return value;
          }
        };
    try (Reader reader = new StringReader(content)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          name + ": not readable as properties (expected: key = value lines, \\uXXXX for others)");
    }
    return lines;
  }

  private static String content(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigurationException(file + ": more than 1 MiB (expected: settings)");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigurationException(
          file + ": cannot be read (" + e.getClass().getSimpleName() + ", expected: a UTF-8 file)");
    }
  }

  private static ConfigurationException bad(Setting<?> setting, Value value, String expected) {
    return new ConfigurationException(
        setting.key()
            + ": '"
            + shown(setting, value.text)
            + "' from "
            + value.source
            + " (expected: "
            + expected
            + ")");
  }

  private static String shown(Setting<?> setting, String text) {
    return setting.secret() ? "***" : printable(text);
  }

  private static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= 100 ? line : line.substring(0, 100) + "…";
  }

  private static String names() {
    return String.join(", ", Settings.all().stream().map(Setting::env).toList());
  }

  private static String keys() {
    return String.join(", ", Settings.all().stream().map(Setting::key).toList());
  }
}
