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
 * @param compilerNanos what of it went into compiling Java: a JVM does that in its first minutes
 * @param residentBytes memory in RAM
 * @param threads threads of the kernel
 * @param descriptors open files and sockets
 */
record Usage(long cpuNanos, long compilerNanos, long residentBytes, int threads, int descriptors) {
  // USER_HZ, in which the kernel tells times, is 100 wherever Java runs on Linux.
  private static final long TICK_NANOS = 10_000_000;

  static Usage of(long pid) {
    Path home = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> open = Files.list(home.resolve("fd"))) {
      String[] fields = fields(Files.readString(home.resolve("stat")));
      long resident = 0;
      for (String line : Files.readAllLines(home.resolve("status"))) {
        if (line.startsWith("VmRSS:")) {
          resident = 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return new Usage(
          cpuNanos(fields),
          compilerNanos(home),
          resident,
          Integer.parseInt(fields[17]),
          (int) open.count());
    } catch (IOException e) {
      throw new UncheckedIOException("this benchmark reads /proc of Linux", e);
    }
  }

  private static long compilerNanos(Path home) throws IOException {
    long nanos = 0;
    try (Stream<Path> threads = Files.list(home.resolve("task"))) {
      for (Path thread : threads.toList()) {
        String stat = read(thread.resolve("stat"));
        // HotSpot's names of them, as far as the kernel keeps them.
        if (stat.contains("(C1 Compiler") || stat.contains("(C2 Compiler")) {
          nanos += cpuNanos(fields(stat));
        }
      }
    }
    return nanos;
  }

  private static String read(Path stat) {
    try {
      return Files.readString(stat);
    } catch (IOException ended) {
      return "";
    }
  }

  /** What follows the name, which may hold anything, in parentheses. */
  private static String[] fields(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  private static long cpuNanos(String[] fields) {
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
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
