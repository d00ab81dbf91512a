package dev.livekitbridge.examples.bench.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has used so far: two readings and their difference tell a cost. */
final class ProcessMeter {
  private ProcessMeter() {}

  /**
   * One reading.
   *
   * @param cpuNanos CPU time of all threads, compiler and collector too
   * @param allocatedBytes bytes that the living threads allocated on the heap
   * @param collections garbage collections
   * @param collectionMillis time they took
   * @param threads living Java threads
   * @param residentBytes memory of the process that is in RAM
   */
  record Reading(
      long cpuNanos,
      long allocatedBytes,
      long collections,
      long collectionMillis,
      int threads,
      long residentBytes) {}

  static Reading read() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      allocated += Math.max(0, bytes);
    }
    long collections = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += collector.getCollectionCount();
      millis += collector.getCollectionTime();
    }
    return new Reading(
        system.getProcessCpuTime(),
        allocated,
        collections,
        millis,
        threads.getThreadCount(),
        residentBytes());
  }

  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // Not Linux: the figure is left out.
      return -1;
    }
    return -1;
  }
}
