package dev.livekitbridge.examples.simulate.net;

import org.jspecify.annotations.Nullable;

/** A machine with a name, on which one process after another runs. */
public final class Host {
  private final String name;
  private @Nullable SimProcess process;
  private @Nullable SimServer server;
  private boolean up = true;

  Host(String name) {
    this.name = name;
  }

  /** Its name, which is its address as well. */
  public String name() {
    return name;
  }

  /** What runs on it, or ran last. */
  public @Nullable SimProcess process() {
    return process;
  }

  /** Whether it answers for a process that is dead. A machine without power does not. */
  boolean isUp() {
    return up;
  }

  @Nullable SimServer server() {
    return server;
  }

  void boot(SimProcess next) {
    process = next;
    up = true;
  }

  void listen(SimServer next) {
    server = next;
  }

  void stop(boolean power) {
    if (process != null) {
      process.kill();
    }
    server = null;
    up = power;
  }
}
