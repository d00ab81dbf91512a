package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.livekit.Service.Heard;
import dev.livekitbridge.examples.bench.livekit.Service.Way;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** So many users at 50 packets a second. */
final class LoadPart {
  private static final int DRAIN_TRIES = 100;

  private final BridgeProcess bridge;
  private final People people;
  private final Service service;

  LoadPart(BridgeProcess bridge, People people, Service service) {
    this.bridge = bridge;
    this.people = people;
    this.service = service;
  }

  /** What the service hears without a bridge. */
  Latency direct(int count, int settleSeconds, int seconds) throws InterruptedException {
    begin(Way.DIRECT, count, settleSeconds);
    TimeUnit.SECONDS.sleep(seconds);
    Latency latency = service.take().latency();
    people.tell("stop");
    return latency;
  }

  /** What it hears through the bridge, and what that costs. */
  LoadFigures measure(int count, int settleSeconds, int seconds, @Nullable Latency direct)
      throws InterruptedException {
    Heard heardBefore = begin(Way.BRIDGE, count, settleSeconds);
    Usage before = bridge.usage();
    long idleBefore = Usage.idleNanos();
    long startNanos = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    long nanos = System.nanoTime() - startNanos;
    Usage after = bridge.usage();
    Heard heard = service.take();
    long packets = heard.received() - heardBefore.received();
    long idle = Usage.idleNanos() - idleBefore;
    long sent = people.tell("stop").asLong();
    Heard all = heard;
    for (int tries = 0; all.received() < sent && tries < DRAIN_TRIES; tries++) {
      TimeUnit.MILLISECONDS.sleep(50);
      all = service.take();
    }
    double cpuNanos = after.cpuNanos() - before.cpuNanos();
    double compilerNanos = after.compilerNanos() - before.compilerNanos();
    return new LoadFigures(
        count,
        sent,
        sent - all.received(),
        all.disordered(),
        heard.latency(),
        direct,
        (cpuNanos - compilerNanos) / 1e3 / Math.max(1, packets),
        compilerNanos / 1e3 / Math.max(1, packets),
        100 * cpuNanos / nanos,
        bridge.collected().residentBytes() / 1e6,
        100.0 * idle / nanos / Runtime.getRuntime().availableProcessors());
  }

  /** Lets so many speak, and tells what was heard of it when they have settled. */
  private Heard begin(Way way, int count, int settleSeconds) throws InterruptedException {
    people.tell("speakers " + count);
    service.open(way, count);
    service.count(way, count);
    people.tell("pace " + count);
    TimeUnit.SECONDS.sleep(settleSeconds);
    return service.take();
  }
}
