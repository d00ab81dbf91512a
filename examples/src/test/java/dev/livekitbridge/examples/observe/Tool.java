package dev.livekitbridge.examples.observe;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * A program of the machine. With {@code OBSERVABILITY_TESTS=required} its absence is a failure;
 * elsewhere the tests that need it are skipped, with the reason.
 */
@NullMarked
final class Tool {
  private static final int LIMIT_SECONDS = 60;

  private Tool() {}

  /**
   * Finds it.
   *
   * @param debianPackage what brings it
   * @param names that it may have
   */
  static Path find(String debianPackage, String... names) {
    Optional<Path> found =
        Stream.of(names)
            .flatMap(
                name ->
                    Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                        .map(folder -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    String missing =
        String.join(" or ", names)
            + " is not here; .ci/run installs it (Debian package "
            + debianPackage
            + ")";
    if (found.isEmpty() && "required".equals(System.getenv("OBSERVABILITY_TESTS"))) {
      throw new AssertionError(missing);
    }
    if (found.isEmpty()) {
      System.err.println("skipped: " + missing);
    }
    assumeTrue(found.isPresent(), "skipped: " + missing);
    return found.orElseThrow();
  }

  /** What a run left. */
  record Run(int exitCode, String output) {}

  static Run run(Path folder, Path program, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("no end after " + LIMIT_SECONDS + " s: " + command);
      }
      return new Run(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
