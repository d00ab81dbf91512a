package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.roomhost.FrameTally;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A bridge is restarted as planned, or killed, while the client has another one to go to. */
final class Moves {
  /** What happens to the session's bridge. */
  enum Way {
    PLANNED("bridge told to end", false),
    KILLED("bridge killed, standby", true);

    private final String text;
    private final boolean standby;

    Way(String text, boolean standby) {
      this.text = text;
      this.standby = standby;
    }
  }

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration FLOW = Duration.ofSeconds(1);
  private static final double AIM_MILLIS = 100;

  private final World world;
  private final Way way;
  private final Samples gap;
  private final Samples roomGap;
  private final Losses losses;

  Moves(World world, Way way) {
    this.world = world;
    this.way = way;
    this.gap = new Samples(way.text + ": longest silence in service");
    this.roomGap = new Samples(way.text + ": longest silence in room");
    this.losses = new Losses(way.text);
  }

  void run(int times, Consumer<String> progress) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      progress.accept(way.text + ", " + (times - i) + " left");
      once();
    }
  }

  List<Samples> samples() {
    return List.of(gap, roomGap);
  }

  Losses losses() {
    return losses;
  }

  Aim aim() {
    return Aim.atMost(gap.name() + ", p99", gap.p99(), AIM_MILLIS, "ms");
  }

  private void once() throws InterruptedException {
    String room = world.newRoom();
    try (Service service =
        new Service(world.bridges(), room, world.url(room), "key of " + room, way.standby)) {
      service.awaitAudio(System.nanoTime(), LIMIT);
      Service.await("the room hears", LIMIT, now -> world.heard(room).length > 0);
      if (way.standby) {
        Service.await("the standby is ready", LIMIT, now -> !service.standby().isEmpty());
      }
      service.measureFromNow();
      World.sleep(FLOW);
      String at = service.bridge();
      if (way == Way.KILLED) {
        world.kill(at);
      } else {
        world.terminate(at);
      }
      Service.await("the session moves", LIMIT, now -> !service.bridge().equals(at));
      World.sleep(FLOW);
      service.fallSilent();
      World.sleep(FLOW.dividedBy(2));
      FrameTally heard = service.heard();
      FrameTally inRoom = world.heardOf(room, Service.STREAM);
      gap.addNanos(heard.longestGapMillis() * 1_000_000);
      roomGap.addNanos(inRoom.longestGapMillis() * 1_000_000);
      losses.add(heard, inRoom);
      world.startAgain(at);
    } finally {
      world.leave(room);
    }
  }
}
