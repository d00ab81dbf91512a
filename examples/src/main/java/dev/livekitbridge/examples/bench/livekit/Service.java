package dev.livekitbridge.examples.bench.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;

/** A {@link ServiceWorker}. */
final class Service {
  private final Worker worker;

  /** How it hears the people. */
  enum Way {
    BRIDGE,
    DIRECT
  }

  /**
   * What it heard.
   *
   * @param received packets since they are counted
   * @param disordered those that came twice or behind a later one
   * @param latency since it was last asked
   */
  record Heard(long received, long disordered, Latency latency) {}

  Service(ProcessGroup group, LiveKitAccess access, int port) {
    worker =
        new Worker(
            group,
            "bench-service",
            ServiceWorker.class,
            access,
            note -> {},
            Integer.toString(port));
  }

  /** Goes into rooms until there are so many, and waits until all are in. */
  void open(Way way, int count) throws InterruptedException {
    worker.tell("open " + way + " " + count);
  }

  /** Counts from zero, so many users. */
  void count(Way way, int count) throws InterruptedException {
    worker.tell("count " + way + " " + count);
  }

  Heard take() throws InterruptedException {
    JsonNode heard = worker.tell("take");
    JsonNode latency = heard.path("latency");
    return new Heard(
        heard.path("received").asLong(),
        heard.path("disordered").asLong(),
        new Latency(latency.path("p50Millis").asDouble(), latency.path("p99Millis").asDouble()));
  }

  void leave(Way way) throws InterruptedException {
    worker.tell("leave " + way);
  }
}
