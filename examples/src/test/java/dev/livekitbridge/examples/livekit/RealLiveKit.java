package dev.livekitbridge.examples.livekit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The real livekit-server where {@code .ci/run} puts it, or where {@code LIVEKIT_SERVER} says. With
 * {@code LIVEKIT_TESTS=required} its absence is a failure; elsewhere the tests that need it are
 * skipped, with the reason.
 */
public final class RealLiveKit {
  private RealLiveKit() {}

  public static Path program() {
    Optional<Path> installed = LiveKitServerProcess.installed();
    String missing = "livekit-server is not here; .ci/run installs it, or set LIVEKIT_SERVER";
    if (installed.isEmpty() && "required".equals(System.getenv("LIVEKIT_TESTS"))) {
      throw new AssertionError(missing);
    }
    assumeTrue(installed.isPresent(), "skipped: " + missing);
    return installed.orElseThrow();
  }
}
