package dev.livekitbridge.examples.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.terminal.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that we started. It speaks to us in JSON lines on standard output, each with an {@code
 * event}, which are kept in {@code NAME.out}; its standard error is {@code NAME.log}.
 */
public final class ChildProcess {
  private static final Logger log = LoggerFactory.getLogger(ChildProcess.class);
  private static final int TAIL_LINES = 15;
  private static final int OUTPUT_LIMIT_SECONDS = 2;

  private static final long STOP_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long STOP_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private final JvmSpec spec;
  private final Process process;
  private final Path logFile;
  private final Map<String, CompletableFuture<JsonNode>> first = new ConcurrentHashMap<>();
  private final CountDownLatch allRead = new CountDownLatch(1);

  ChildProcess(JvmSpec spec, Process process, Path logFile) {
    this.spec = spec;
    this.process = process;
    this.logFile = logFile;
  }

  /** Reads until the process closes its output. Runs on a thread of the harness. */
  void pump() {
    try (BufferedReader reader = process.inputReader();
        PrintWriter said = new PrintWriter(new FileWriter(saidFile(), UTF_8, true), true)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        said.println(line);
        handle(line);
      }
    } catch (IOException e) {
      log.debug("output of {} ended: {}", spec.name(), e.toString());
    }
    HarnessException ended = new HarnessException(spec.name() + " ended; " + describeEnd());
    first.values().forEach(future -> future.completeExceptionally(ended));
    allRead.countDown();
  }

  /** All that it said, for whoever wants to know exactly what happened. */
  private File saidFile() {
    return logFile.resolveSibling(spec.name() + ".out").toFile();
  }

  private void handle(String line) {
    if (!line.startsWith("{")) {
      log.info("{}: {}", spec.name(), line);
      return;
    }
    JsonNode event;
    try {
      event = Json.read(line);
    } catch (UncheckedIOException e) {
      // A killed process may leave half a line.
      log.debug("{}: half a line: {}", spec.name(), line);
      return;
    }
    try {
      spec.events().accept(event);
    } catch (RuntimeException e) {
      log.warn("listener of {} failed at {}", spec.name(), line, e);
    }
    first(event.path("event").asText()).complete(event);
  }

  private CompletableFuture<JsonNode> first(String event) {
    return first.computeIfAbsent(event, key -> new CompletableFuture<>());
  }

  /**
   * Waits for the first event of a name. This is how a child says that it is ready.
   *
   * @param event its name
   * @param limit how long to wait
   * @return the event
   * @throws HarnessException if the process ended, or said nothing in time; with the end of its log
   */
  public JsonNode await(String event, Duration limit) {
    CompletableFuture<JsonNode> future = first(event);
    if (!process.isAlive() && !future.isDone()) {
      throw new HarnessException(spec.name() + " ended before '" + event + "'; " + describeEnd());
    }
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HarnessException(
          spec.name() + " did not say '" + event + "' within " + limit + "; " + tail(), e);
    } catch (ExecutionException e) {
      throw new HarnessException(
          spec.name() + " ended before '" + event + "'; " + describeEnd(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while " + spec.name() + " starts", e);
    }
  }

  /**
   * The name from the spec.
   *
   * @return its name
   */
  public String name() {
    return spec.name();
  }

  /**
   * The id of the process.
   *
   * @return its pid
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Whether it runs (a paused one does).
   *
   * @return true until it has ended
   */
  public boolean alive() {
    return process.isAlive();
  }

  /**
   * Where its log is.
   *
   * @return the file with its standard error
   */
  public Path logFile() {
    return logFile;
  }

  /**
   * Writes a line to its standard input.
   *
   * @param line without its line break
   */
  public void tell(String line) {
    try {
      process.outputWriter().write(line + "\n");
      process.outputWriter().flush();
    } catch (IOException e) {
      throw new HarnessException(spec.name() + " does not listen: " + e.getMessage(), e);
    }
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(5));
  }

  /** SIGTERM: asks it to end. Does not wait. */
  public void terminate() {
    process.destroy();
  }

  /** SIGSTOP: freezes it; its sockets stay open. Returns when each of its threads stands. */
  public void pause() {
    signal("STOP");
    long deadline = System.nanoTime() + STOP_LIMIT_NANOS;
    while (process.isAlive() && !frozen() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(STOP_LOOK_NANOS);
    }
  }

  /** The signal is there at once, its threads stop one by one; only Linux tells. */
  private boolean frozen() {
    Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
    if (!Files.isDirectory(tasks)) {
      return true;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
      for (Path task : all) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // A thread has just ended.
      return false;
    }
  }

  /** SIGCONT: lets it go on. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    if (process.isAlive()) {
      Shell.mustRun("kill", "-" + name, Long.toString(process.pid()));
    }
  }

  /**
   * Waits for its end, and until everything that it said has been heard.
   *
   * @param limit how long
   * @return its exit code (128 + signal where one ended it)
   * @throws HarnessException if it goes on
   */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new HarnessException(spec.name() + " did not end within " + limit + "; " + tail());
      }
      if (!allRead.await(OUTPUT_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        log.warn("output of {} is still open, although it has ended", spec.name());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while " + spec.name() + " ends", e);
    }
  }

  private String describeEnd() {
    try {
      process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String code = process.isAlive() ? "still running" : "exit code " + process.exitValue();
    return code + "; " + tail();
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(logFile);
      List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return "its log " + logFile + " ends:\n  " + String.join("\n  ", last);
    } catch (IOException e) {
      return "its log " + logFile + " cannot be read";
    }
  }
}
