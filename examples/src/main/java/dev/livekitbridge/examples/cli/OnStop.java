package dev.livekitbridge.examples.cli;

import io.netty.util.concurrent.DefaultThreadFactory;

/** Runs something when the process is told to stop (Ctrl-C, SIGTERM) or ends. */
final class OnStop {
  private OnStop() {}

  /** At most once; the process waits for it. */
  static Thread run(Runnable task) {
    Thread hook = new DefaultThreadFactory("on-stop").newThread(task);
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  /** Takes it back, unless the process is ending already. */
  static void cancel(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Then it runs, or has run.
      return;
    }
  }
}
