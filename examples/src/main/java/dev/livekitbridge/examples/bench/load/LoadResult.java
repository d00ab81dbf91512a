package dev.livekitbridge.examples.bench.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run over one stack measured.
 *
 * @param stack what carried it
 * @param server figures of the process that has the rooms
 * @param client figures of the process that has the service
 * @param serverTotals counts over the whole run
 * @param clientTotals counts over the whole run
 */
public record LoadResult(
    Stack stack,
    EndFigures server,
    EndFigures client,
    EndTotals serverTotals,
    EndTotals clientTotals) {

  /** Frames that arrived, both ways, in the measured time. */
  @JsonProperty
  long frames() {
    return server.received() + client.received();
  }

  /** CPU time of both processes. */
  @JsonProperty
  double cpuSeconds() {
    return (server.cpuNanos() + client.cpuNanos()) / 1e9;
  }

  @JsonProperty
  double framesPerCpuSecond() {
    return frames() / cpuSeconds();
  }

  /** Frames that a later one overtook for good in the measured time. */
  @JsonProperty
  long dropped() {
    return server.missing() + client.missing();
  }

  /** Frames sent and never received over the whole run, warm-up included. */
  @JsonProperty
  long droppedInAll() {
    return serverTotals.sent()
        + clientTotals.sent()
        - serverTotals.received()
        - clientTotals.received();
  }

  /** What the books of both processes say of those: who dropped, on which way, and why. */
  @JsonProperty
  Map<String, Long> droppedBy() {
    Map<String, Long> causes = new TreeMap<>();
    put(causes, "bridge ", serverTotals);
    put(causes, "service ", clientTotals);
    return causes;
  }

  private static void put(Map<String, Long> causes, String who, EndTotals of) {
    of.counts()
        .forEach(
            (name, frames) -> {
              if (name.contains(".dropped.")) {
                causes.put(who + name.replace(".dropped.", " "), frames);
              }
            });
  }
}
