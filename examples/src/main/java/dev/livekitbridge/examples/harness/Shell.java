package dev.livekitbridge.examples.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands of the system. */
final class Shell {
  private static final long LIMIT_SECONDS = 10;

  private Shell() {}

  /**
   * What a command left.
   *
   * @param exitCode 0 is fine
   * @param output standard output and error
   */
  record Result(int exitCode, String output) {
    boolean ok() {
      return exitCode == 0;
    }
  }

  static Result run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Result(-1, "no end after " + LIMIT_SECONDS + " s: " + List.of(command));
      }
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted in " + List.of(command), e));
    }
  }

  static void mustRun(String... command) {
    Result result = run(command);
    if (!result.ok()) {
      throw new HarnessException(String.join(" ", command) + ": " + result.output());
    }
  }
}
