package dev.livekitbridge.examples.bench.livekit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has used and holds, as Linux tells.
 *
 * @param cpuNanos CPU time of all its threads, user and system
 * @param residentBytes memory in RAM
 * @param threads threads of the kernel
 * @param descriptors open files and sockets
 */
record Usage(long cpuNanos, long residentBytes, int threads, int descriptors) {
  // USER_HZ, in which the kernel tells times, is 100 wherever Java runs on Linux.
  private static final long TICK_NANOS = 10_000_000;

  static Usage of(long pid) {
    Path home = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> open = Files.list(home.resolve("fd"))) {
      String stat = Files.readString(home.resolve("stat"));
      // After the name, which may hold anything, in parentheses.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      long resident = 0;
      for (String line : Files.readAllLines(home.resolve("status"))) {
        if (line.startsWith("VmRSS:")) {
          resident = 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return new Usage(
          ticks * TICK_NANOS, resident, Integer.parseInt(fields[17]), (int) open.count());
    } catch (IOException e) {
      throw new UncheckedIOException("this benchmark reads /proc of Linux", e);
    }
  }

  /** CPU time that nobody on this machine used so far, of all processors. */
  static long idleNanos() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/stat"));
      String[] fields = lines.get(0).split(" +", -1);
      return (Long.parseLong(fields[4]) + Long.parseLong(fields[5])) * TICK_NANOS;
    } catch (IOException e) {
      throw new UncheckedIOException("this benchmark reads /proc of Linux", e);
    }
  }
}
