package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The bridge is killed under flowing audio and started again a while later. */
final class BridgeKills {
  private static final Duration AUDIO_LIMIT = Duration.ofSeconds(30);
  private static final Duration FLOW = Duration.ofSeconds(1);

  private final World world;
  private final Duration away;
  private final double aimMillis;
  private final Samples toService;
  private final Samples toRoom;
  private final Samples sinceKill;
  private final Losses losses;

  BridgeKills(World world, Duration away, double aimMillis) {
    this.world = world;
    this.away = away;
    this.aimMillis = aimMillis;
    String name = "bridge killed, away " + away.toMillis() / 1e3 + " s: ";
    toService = new Samples(name + "port open to audio in service");
    toRoom = new Samples(name + "port open to audio in room");
    losses = new Losses("bridge killed, away " + away.toMillis() / 1e3 + " s, no standby");
    sinceKill = new Samples(name + "kill to audio in service");
  }

  void run(int times, Consumer<String> progress) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      progress.accept("kills the bridge for " + away.toMillis() + " ms, " + (times - i) + " left");
      once();
    }
  }

  List<Samples> samples() {
    return List.of(toService, toRoom, sinceKill);
  }

  Losses losses() {
    return losses;
  }

  Aim aim() {
    return Aim.atMost(toService.name() + ", p99", toService.p99(), aimMillis, "ms");
  }

  private void once() throws InterruptedException {
    String room = world.newRoom();
    // Each outage meets a client of its own, or the backoff of the one before would count.
    try (Service service =
        new Service("127.0.0.1:" + world.bridgePort(), room, world.url(room), "key of " + room)) {
      long openNanos = System.nanoTime();
      service.awaitAudio(openNanos, AUDIO_LIMIT);
      Service.await("the room hears", AUDIO_LIMIT, now -> world.heard(room).length > 0);
      service.measureFromNow();
      World.sleep(FLOW);

      long killNanos = System.nanoTime();
      world.killBridge();
      World.sleep(away.minusNanos(System.nanoTime() - killNanos));
      long portNanos = world.restartBridge();
      long portMillis = System.currentTimeMillis();

      long audioNanos = service.awaitAudio(portNanos, AUDIO_LIMIT);
      toService.addNanos(audioNanos - portNanos);
      sinceKill.addNanos(audioNanos - killNanos);
      toRoom.addNanos((firstHeard(room, portMillis) - portMillis) * 1_000_000);
      service.fallSilent();
      World.sleep(FLOW);
      losses.add(service.heard(), world.heardOf(room, Service.STREAM));
    } finally {
      world.bridgeIsUp();
      world.leave(room);
    }
  }

  private long firstHeard(String room, long afterMillis) throws InterruptedException {
    long[] first = {0};
    Service.await(
        "the room hears again",
        AUDIO_LIMIT,
        now -> {
          for (long at : world.heard(room)) {
            if (at > afterMillis) {
              first[0] = at;
              return true;
            }
          }
          return false;
        });
    return first[0];
  }
}
