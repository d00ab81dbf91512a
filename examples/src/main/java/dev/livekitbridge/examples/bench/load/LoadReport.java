package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.examples.bench.figures.Aim;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The runs side by side, and the aims beside them. */
public final class LoadReport {
  private final LoadPlan plan;
  private final List<LoadResult> results;

  /** A report; the first result is the bar for the others. */
  public LoadReport(LoadPlan plan, List<LoadResult> results) {
    this.plan = plan;
    this.results = List.copyOf(results);
  }

  /** The aims of the project, for the runs that have them. */
  public List<Aim> aims() {
    LoadResult bare = find(Stack.BARE);
    LoadResult bridge = find(Stack.BRIDGE);
    List<Aim> aims = new ArrayList<>();
    if (bridge == null) {
      return aims;
    }
    aims.add(
        Aim.atMost(
            "p99 added latency, service to room", bridge.server().latency().p99() / 1e3, 20, "ms"));
    aims.add(
        Aim.atMost(
            "p99 added latency, room to service", bridge.client().latency().p99() / 1e3, 20, "ms"));
    aims.add(Aim.atMost("frames dropped", (double) bridge.droppedInAll(), 0, ""));
    if (bare != null) {
      aims.add(
          Aim.atLeast(
              "frames per CPU second, of bare",
              100 * bridge.framesPerCpuSecond() / bare.framesPerCpuSecond(),
              75,
              "%"));
      aims.add(
          Aim.atMost(
              "allocated per frame beyond bare, bridge process",
              bridge.server().bytesPerFrame() - bare.server().bytesPerFrame(),
              128,
              "B"));
      aims.add(
          Aim.atMost(
              "allocated per frame beyond bare, service process",
              bridge.client().bytesPerFrame() - bare.client().bytesPerFrame(),
              128,
              "B"));
    }
    return aims;
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d sessions, a frame of %d bytes each %d ms each way, %d s after %d s of warm-up; two"
                + " processes",
            plan.sessions(),
            plan.frameBytes(),
            plan.frameMillis(),
            plan.seconds(),
            plan.warmupSeconds()));
    StringBuilder head = new StringBuilder(String.format("%-38s", ""));
    results.forEach(result -> head.append(String.format("%12s", result.stack().label())));
    lines.add(head.toString());
    row(lines, "frames that arrived, both ways", "%,12.0f", LoadResult::frames);
    row(lines, "frames dropped (warm-up included)", "%,12.0f", LoadResult::droppedInAll);
    for (String cause : causes()) {
      row(lines, "  " + cause, "%,12.0f", r -> r.droppedBy().getOrDefault(cause, 0L));
    }
    latency(lines, "to the room", LoadResult::server);
    latency(lines, "to the service", LoadResult::client);
    row(lines, "CPU s, bridge or server process", "%12.2f", r -> r.server().cpuNanos() / 1e9);
    row(lines, "CPU s, service or client process", "%12.2f", r -> r.client().cpuNanos() / 1e9);
    row(lines, "frames per CPU second", "%,12.0f", LoadResult::framesPerCpuSecond);
    row(lines, "allocated B per frame, bridge", "%12.0f", r -> r.server().bytesPerFrame());
    row(lines, "allocated B per frame, service", "%12.0f", r -> r.client().bytesPerFrame());
    row(lines, "GC ms, bridge", "%12.0f", r -> r.server().collectionMillis());
    row(lines, "GC ms, service", "%12.0f", r -> r.client().collectionMillis());
    row(lines, "memory MiB, bridge", "%12.0f", r -> r.server().residentBytes() / 1048576.0);
    row(lines, "memory MiB, service", "%12.0f", r -> r.client().residentBytes() / 1048576.0);
    row(lines, "threads, bridge", "%12.0f", r -> r.server().threads());
    row(lines, "threads, service", "%12.0f", r -> r.client().threads());
    LoadResult plain = find(Stack.PLAIN);
    LoadResult bridge = find(Stack.BRIDGE);
    if (plain != null && bridge != null) {
      lines.add(
          String.format(
              Locale.ROOT,
              "sequences, acknowledgements and retention cost, for each frame: %+.2f us of CPU in"
                  + " both processes, %+.0f B allocated in the bridge, %+.0f B in the service",
              1e6 / bridge.framesPerCpuSecond() - 1e6 / plain.framesPerCpuSecond(),
              bridge.server().bytesPerFrame() - plain.server().bytesPerFrame(),
              bridge.client().bytesPerFrame() - plain.client().bytesPerFrame()));
    }
    return lines;
  }

  private void latency(List<String> lines, String way, Function<LoadResult, EndFigures> end) {
    row(lines, "ms " + way + ", p50", "%12.2f", r -> end.apply(r).latency().p50() / 1e3);
    row(lines, "ms " + way + ", p99", "%12.2f", r -> end.apply(r).latency().p99() / 1e3);
    row(lines, "ms " + way + ", p99.9", "%12.2f", r -> end.apply(r).latency().p999() / 1e3);
    row(lines, "ms " + way + ", max", "%12.2f", r -> end.apply(r).latency().max() / 1e3);
  }

  private void row(
      List<String> lines, String name, String format, ToDoubleFunction<LoadResult> value) {
    StringBuilder line = new StringBuilder(String.format("%-38s", name));
    for (LoadResult result : results) {
      line.append(String.format(Locale.ROOT, format, value.applyAsDouble(result)));
    }
    lines.add(line.toString());
  }

  private Set<String> causes() {
    Set<String> causes = new TreeSet<>();
    results.forEach(result -> causes.addAll(result.droppedBy().keySet()));
    return causes;
  }

  private @Nullable LoadResult find(Stack stack) {
    for (LoadResult result : results) {
      if (result.stack() == stack) {
        return result;
      }
    }
    return null;
  }
}
