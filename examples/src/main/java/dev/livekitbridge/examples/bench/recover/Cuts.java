package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.harness.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The link between service and bridge swallows everything, or one way of it, and heals. */
final class Cuts {
  /** What is swallowed. */
  enum Way {
    BOTH("both ways"),
    TO_BRIDGE("towards the bridge"),
    TO_SERVICE("towards the service");

    private final String text;

    Way(String text) {
      this.text = text;
    }
  }

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration FLOW = Duration.ofMillis(2_500);
  private static final double AIM_MILLIS = 1_500;

  private final World world;
  private final Way way;
  private final Samples noticed;
  private final Samples healed;
  private final Losses losses;

  Cuts(World world, Way way) {
    this.world = world;
    this.way = way;
    this.losses = new Losses("link cut " + way.text);
    this.noticed = new Samples("link cut " + way.text + ": cut to noticed");
    this.healed = new Samples("link cut " + way.text + ": healed to audio in service");
  }

  void run(int times, Consumer<String> progress) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      progress.accept("cuts the link " + way.text + ", " + (times - i) + " left");
      once();
    }
  }

  List<Samples> samples() {
    return List.of(noticed, healed);
  }

  Losses losses() {
    return losses;
  }

  Aim aim() {
    return Aim.atMost(noticed.name() + ", worst", noticed.max(), AIM_MILLIS, "ms");
  }

  private void once() throws InterruptedException {
    String room = world.newRoom();
    try (FaultProxy proxy = FaultProxy.to("127.0.0.1", world.bridgePort());
        Service service = new Service(proxy.address(), room, world.url(room), "key of " + room)) {
      service.awaitAudio(System.nanoTime(), LIMIT);
      World.sleep(FLOW);

      long cutNanos = System.nanoTime();
      switch (way) {
        case BOTH -> proxy.blackHole();
        case TO_BRIDGE -> proxy.blackHole(FaultProxy.Direction.TO_TARGET);
        case TO_SERVICE -> proxy.blackHole(FaultProxy.Direction.FROM_TARGET);
      }
      noticed.addNanos(service.awaitNoticed(LIMIT) - cutNanos);

      long healNanos = System.nanoTime();
      proxy.heal();
      healed.addNanos(service.awaitAudio(healNanos, LIMIT) - healNanos);
      World.sleep(FLOW);
      service.fallSilent();
      World.sleep(FLOW);
      losses.add(service.heard(), world.heardOf(room, Service.STREAM));
    } finally {
      world.leave(room);
    }
  }
}
