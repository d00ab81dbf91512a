package dev.livekitbridge.examples.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;

/** Files of the repository, wherever the tests run. */
@NullMarked
final class Documents {
  private Documents() {}

  static Path path(String name) {
    Path home = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(home.resolve("docs/decisions"))) {
      home = home.getParent();
      if (home == null) {
        throw new IllegalStateException("not in the repository: " + Path.of("").toAbsolutePath());
      }
    }
    return home.resolve(name);
  }

  static String read(String name) throws IOException {
    return Files.readString(path(name));
  }
}
