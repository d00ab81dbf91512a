package dev.livekitbridge.server.room.livekit.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Leaves the seeds of a fuzz target as files, for Jazzer to begin with; see fuzz.sh. */
public final class SeedFiles {
  private SeedFiles() {}

  /** The class of the target, and the folder. */
  public static void main(String[] args) throws ReflectiveOperationException, IOException {
    List<?> seeds;
    try {
      seeds = (List<?>) Class.forName(args[0]).getMethod("seeds").invoke(null);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the seeds of " + args[0] + " cannot be made", e.getCause());
    }
    if (seeds == null || seeds.isEmpty()) {
      throw new IllegalStateException("no seeds in " + args[0]);
    }
    Path folder = Files.createDirectories(Path.of(args[1]));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(folder.resolve("seed-" + i), (byte[]) seeds.get(i));
    }
  }
}
