package dev.livekitbridge.server.room.livekit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the real livekit-server and the foreign participants are: where {@code .ci/livekit.sh} puts
 * them, or where the environment says. There, with {@code LIVEKIT_TESTS=required}, their absence is
 * a failure; elsewhere the tests that need them are skipped, with the reason.
 */
final class LiveKitInstall {
  private static final String SERVER = "livekit-server-1.11.0/bin/server";
  private static final String PYTHON = "python-livekit-1.2.1/bin/python";
  private static final String GO = "go-livekit-2.10.0/bin/participants";
  private static final Path CACHE =
      Path.of(System.getProperty("user.home"), ".cache", "livekit-bridge");

  private LiveKitInstall() {}

  static Path server() {
    return find("LIVEKIT_SERVER", SERVER, "livekit-server 1.11.0");
  }

  static Path python() {
    return find("LIVEKIT_PYTHON", PYTHON, "a Python with the package livekit 1.2.1");
  }

  static Path go() {
    return find("LIVEKIT_GO", GO, "the Go participant (server-sdk-go 2.10.0)");
  }

  private static Path find(String variable, String cached, String what) {
    String named = System.getenv(variable);
    Path path = named == null ? CACHE.resolve(cached) : Path.of(named);
    boolean here = Files.isExecutable(path);
    String missing =
        what
            + " is not at "
            + path
            + "; .ci/livekit.sh installs it, or set "
            + variable
            + " to its path";
    if (!here && "required".equals(System.getenv("LIVEKIT_TESTS"))) {
      throw new AssertionError(missing);
    }
    assumeTrue(here, "skipped: " + missing);
    return path;
  }
}
