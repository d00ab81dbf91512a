package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.load.Arrivals;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** So many users at 50 packets a second. */
final class LoadPart {
  private static final int DRAIN_TRIES = 100;

  private final BridgeProcess bridge;
  private final People people;
  private final Users users;

  LoadPart(BridgeProcess bridge, People people, Users users) {
    this.bridge = bridge;
    this.people = people;
    this.users = users;
  }

  LoadFigures measure(int count, int settleSeconds, int seconds) throws InterruptedException {
    people.tell("speakers " + count);
    users.open(count);
    Arrivals arrivals = new Arrivals(count);
    users.count(arrivals);
    people.tell("pace " + count);
    TimeUnit.SECONDS.sleep(settleSeconds);
    arrivals.takeLatencies();
    Usage before = bridge.usage();
    long receivedBefore = arrivals.received();
    long idleBefore = Usage.idleNanos();
    long startNanos = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    long nanos = System.nanoTime() - startNanos;
    Usage after = bridge.usage();
    long packets = arrivals.received() - receivedBefore;
    long idle = Usage.idleNanos() - idleBefore;
    Histogram latency = arrivals.takeLatencies();
    long sent = people.tell("stop").asLong();
    for (int tries = 0; arrivals.received() < sent && tries < DRAIN_TRIES; tries++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    double cpuNanos = after.cpuNanos() - before.cpuNanos();
    double compilerNanos = after.compilerNanos() - before.compilerNanos();
    return new LoadFigures(
        count,
        sent,
        sent - arrivals.received(),
        arrivals.disordered(),
        latency.getValueAtPercentile(50) / 1e6,
        latency.getValueAtPercentile(99) / 1e6,
        (cpuNanos - compilerNanos) / 1e3 / Math.max(1, packets),
        compilerNanos / 1e3 / Math.max(1, packets),
        100 * cpuNanos / nanos,
        bridge.collected().residentBytes() / 1e6,
        100.0 * idle / nanos / Runtime.getRuntime().availableProcessors());
  }
}
