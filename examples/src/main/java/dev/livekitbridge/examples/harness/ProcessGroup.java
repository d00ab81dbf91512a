package dev.livekitbridge.examples.harness;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes and sees to it that none outlives this one. {@link #close} ends them all; so
 * does a shutdown hook; and if this process is killed, a watchdog (a shell that reads a pipe from
 * us) ends them, even those that are frozen. Safe for use by many threads.
 */
public final class ProcessGroup implements AutoCloseable {
  // Reads "add PID" and "del PID"; at the end of the pipe, which is our end, kills what is left.
  // It ignores Ctrl-C, which a terminal sends to all of us.
  private static final String WATCHDOG =
      "trap '' INT TERM HUP; pids=' ';"
          + " while read -r op pid; do case $op in"
          + " add) pids=\"$pids$pid \";;"
          + " del) pids=\"${pids%% $pid *} ${pids#* $pid }\";;"
          + " esac; done;"
          + " for pid in $pids; do kill -KILL $pid 2>/dev/null; done";

  private static final Logger log = LoggerFactory.getLogger(ProcessGroup.class);

  private final Path logs;
  private final List<ChildProcess> children = new ArrayList<>();
  private final List<Process> others = new ArrayList<>();
  private final ExecutorService readers;
  private final Process watchdog;
  private final Thread hook;
  private boolean closed;

  private ProcessGroup(Path logs, Process watchdog) {
    this.logs = logs;
    this.watchdog = watchdog;
    this.readers = Executors.newCachedThreadPool(new DefaultThreadFactory("child-output", true));
    this.hook = new DefaultThreadFactory("end-children").newThread(this::killAll);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * A group without processes yet.
   *
   * @param logs directory for the logs; made if it is missing
   * @return the group; close it
   */
  public static ProcessGroup create(Path logs) {
    try {
      Files.createDirectories(logs);
      Process watchdog =
          new ProcessBuilder("sh", "-c", WATCHDOG)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new ProcessGroup(logs, watchdog);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start processes with logs in " + logs, e);
    }
  }

  /**
   * Starts a JVM. Returns at once; {@link ChildProcess#await} tells when it is ready.
   *
   * @param spec what to run
   * @return the process
   */
  public synchronized ChildProcess start(JvmSpec spec) {
    if (closed) {
      throw new HarnessException("the group is closed: " + spec.name() + " is not started");
    }
    Path log = logFile(spec.name());
    ProcessBuilder builder = new ProcessBuilder(spec.command());
    builder.environment().putAll(spec.environment());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    Process process;
    try {
      process = builder.start();
      watch("add", process.pid());
    } catch (IOException e) {
      throw new HarnessException(spec.name() + " cannot be started: " + e.getMessage(), e);
    }
    process.onExit().thenAccept(ended -> forget(ended.pid()));
    ChildProcess child = new ChildProcess(spec, process, log);
    children.add(child);
    readers.execute(child::pump);
    return child;
  }

  /**
   * Starts a program that is no JVM of ours. What it writes goes to {@code NAME.log}.
   *
   * @param name for messages and logs
   * @param command the program and its arguments
   * @return the process
   */
  public synchronized Process start(String name, List<String> command) {
    if (closed) {
      throw new HarnessException("the group is closed: " + name + " is not started");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(name).toFile()));
    try {
      Process process = builder.start();
      watch("add", process.pid());
      others.add(process);
      process.onExit().thenAccept(ended -> forget(ended.pid()));
      return process;
    } catch (IOException e) {
      throw new HarnessException(name + " cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * Where a process writes its log.
   *
   * @param name of the process
   * @return the file
   */
  public Path logFile(String name) {
    return logs.resolve(name + ".log");
  }

  private void watch(String operation, long pid) throws IOException {
    // One writer at a time: the caller holds the lock.
    watchdog.outputWriter().write(operation + " " + pid + "\n");
    watchdog.outputWriter().flush();
  }

  private synchronized void forget(long pid) {
    children.removeIf(child -> child.pid() == pid);
    others.removeIf(other -> other.pid() == pid);
    try {
      watch("del", pid);
    } catch (IOException e) {
      log.debug("the watchdog has ended before process {}", pid);
    }
  }

  /**
   * Who runs.
   *
   * @return the processes that have not ended
   */
  public synchronized List<ChildProcess> alive() {
    return children.stream().filter(ChildProcess::alive).toList();
  }

  private void killAll() {
    List<ChildProcess> left = alive();
    left.forEach(child -> ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly));
    synchronized (this) {
      others.forEach(Process::destroyForcibly);
    }
    left.forEach(child -> child.awaitExit(Duration.ofSeconds(5)));
  }

  /** Kills whoever still runs, and waits until they are gone. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    killAll();
    try {
      watchdog.outputWriter().close();
    } catch (IOException e) {
      watchdog.destroyForcibly();
    }
    readers.shutdown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending and runs the hook itself.
      readers.shutdownNow();
    }
  }
}
