package dev.livekitbridge.examples.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a child JVM is to run. Immutable; each method returns a changed copy. */
public final class JvmSpec {
  private final String name;
  private final String mainClass;
  private final List<String> arguments;
  private final List<String> flags;
  private final List<String> prefix;
  private final Map<String, String> environment;
  private final int heapMegabytes;
  private final Consumer<JsonNode> events;

  private JvmSpec(
      String name,
      String mainClass,
      List<String> arguments,
      List<String> flags,
      List<String> prefix,
      Map<String, String> environment,
      int heapMegabytes,
      Consumer<JsonNode> events) {
    this.name = name;
    this.mainClass = mainClass;
    this.arguments = List.copyOf(arguments);
    this.flags = List.copyOf(flags);
    this.prefix = List.copyOf(prefix);
    this.environment = Map.copyOf(environment);
    this.heapMegabytes = heapMegabytes;
    this.events = events;
  }

  /**
   * A JVM on this JVM's class path with at most 96 MiB of heap.
   *
   * @param name for people; its log is {@code NAME.log}
   * @param mainClass what to run
   * @param arguments of the main method
   * @return the spec
   */
  public static JvmSpec of(String name, Class<?> mainClass, String... arguments) {
    return new JvmSpec(
        name,
        mainClass.getName(),
        List.of(arguments),
        List.of(),
        List.of(),
        Map.of(),
        96,
        event -> {});
  }

  /**
   * Sets the largest heap.
   *
   * @param megabytes MiB
   * @return a changed copy
   */
  public JvmSpec heap(int megabytes) {
    return new JvmSpec(name, mainClass, arguments, flags, prefix, environment, megabytes, events);
  }

  /**
   * Adds flags of the JVM.
   *
   * @param more such as {@code -Dx=y}
   * @return a changed copy
   */
  public JvmSpec flags(String... more) {
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of(more));
    return new JvmSpec(name, mainClass, arguments, all, prefix, environment, heapMegabytes, events);
  }

  /**
   * Sets a variable of the environment.
   *
   * @param key its name
   * @param value its value
   * @return a changed copy
   */
  public JvmSpec environment(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put(key, value);
    return new JvmSpec(name, mainClass, arguments, flags, prefix, all, heapMegabytes, events);
  }

  /**
   * Runs it in a network namespace of ours.
   *
   * @param namespace where
   * @return a changed copy
   */
  public JvmSpec in(NetworkNamespace namespace) {
    return new JvmSpec(
        name,
        mainClass,
        arguments,
        flags,
        namespace.commandPrefix(),
        environment,
        heapMegabytes,
        events);
  }

  /**
   * Hears every JSON line that the child writes to standard output, in order, on a thread of the
   * harness.
   *
   * @param listener must return soon
   * @return a changed copy
   */
  public JvmSpec onEvent(Consumer<JsonNode> listener) {
    return new JvmSpec(
        name, mainClass, arguments, flags, prefix, environment, heapMegabytes, listener);
  }

  String name() {
    return name;
  }

  Map<String, String> environment() {
    return environment;
  }

  Consumer<JsonNode> events() {
    return events;
  }

  /** The whole command line, with the flags that make a small JVM start quickly. */
  List<String> command() {
    List<String> command = new ArrayList<>(prefix);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:+UseSerialGC");
    command.add("-Xms16m");
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-Xss512k");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Dio.netty.jfr.enabled=false");
    // An archive that does not fit is left aside in silence.
    command.add("-Xlog:disable");
    command.add("-Xlog:all=error:stderr");
    String archive = System.getProperty("bridge.jsa");
    if (archive != null) {
      command.add("-XX:SharedArchiveFile=" + archive);
      command.add("-Dbridge.jsa=" + archive);
    }
    String extra = System.getProperty("bridge.jvm.flags", "");
    for (String flag : extra.split(" ", -1)) {
      if (!flag.isBlank()) {
        command.add(flag);
      }
    }
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }
}
