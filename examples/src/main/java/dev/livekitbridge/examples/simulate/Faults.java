package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.examples.simulate.net.SimNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Breaks things, and mends them after a while. */
final class Faults {
  private static final long MILLI = 1_000_000;

  private final World world;
  private final Random random;

  Faults(World world) {
    this.world = world;
    this.random = world.random;
  }

  /** Something goes wrong. */
  void strike() {
    switch (random.nextInt(21)) {
      case 0, 1 -> cut();
      case 2, 3, 4 -> hold();
      case 5 -> slowNetwork();
      case 6, 7 -> killBridge();
      case 8, 9 -> killService();
      case 10 -> freeze();
      case 11 -> jumpClock();
      case 12 -> slowConsumer();
      case 13 -> tokens();
      case 14 -> doors();
      case 15 -> drain();
      case 16 -> storm();
      case 17 -> leave();
      case 18 -> burst();
      case 19 -> stranger();
      default -> ghost();
    }
  }

  /** Everything works again. */
  void stop() {
    world.story.tell("faults", () -> "stop");
    world.stranger.stop();
    for (ServiceMachine service : world.services) {
      for (BridgeMachine bridge : world.bridges) {
        SimNetwork.Path path = world.network.path(service.name(), bridge.address());
        path.there().delay(MILLI, 0);
        path.back().delay(MILLI, 0);
        path.there().heal();
        path.back().heal();
      }
      service.consumers(0);
    }
    world.doors.open(MILLI);
    world.tokens.works(TokenDesk.Mood.FINE, MILLI);
    for (BridgeMachine bridge : world.bridges) {
      bridge.thaw();
      bridge.boot();
    }
    for (ServiceMachine service : world.services) {
      service.thaw();
      service.boot();
      service.thawGhosts();
      service.reopenAll();
    }
  }

  private void cut() {
    ServiceMachine service = any(world.services);
    BridgeMachine bridge = any(world.bridges);
    int told = random.nextInt(4);
    world.story.tell(
        "network",
        () ->
            "cuts "
                + service.name()
                + "-"
                + bridge.address()
                + ", tells "
                + List.of("nobody", "the service", "the bridge", "both").get(told));
    world.network.cut(service.name(), bridge.address(), (told & 1) != 0, (told & 2) != 0);
  }

  private void hold() {
    ServiceMachine service = any(world.services);
    BridgeMachine bridge = any(world.bridges);
    SimNetwork.Path path = world.network.path(service.name(), bridge.address());
    int ways = 1 + random.nextInt(3);
    long nanos = while_();
    world.story.tell(
        "network",
        () ->
            "holds "
                + service.name()
                + "-"
                + bridge.address()
                + ", "
                + List.of("", "there", "back", "both ways").get(ways)
                + ", for "
                + nanos / MILLI
                + " ms");
    if ((ways & 1) != 0) {
      path.there().hold();
      after(nanos, () -> path.there().heal());
    }
    if ((ways & 2) != 0) {
      path.back().hold();
      after(nanos, () -> path.back().heal());
    }
  }

  private void slowNetwork() {
    ServiceMachine service = any(world.services);
    BridgeMachine bridge = any(world.bridges);
    SimNetwork.Path path = world.network.path(service.name(), bridge.address());
    long delay = random.nextLong(300) * MILLI;
    long jitter = random.nextLong(100) * MILLI;
    world.story.tell(
        "network",
        () ->
            service.name()
                + "-"
                + bridge.address()
                + " takes "
                + delay / MILLI
                + " + "
                + jitter / MILLI
                + " ms");
    path.there().delay(delay, jitter);
    path.back().delay(delay, jitter);
  }

  private void killBridge() {
    BridgeMachine bridge = any(world.bridges);
    bridge.kill(random.nextInt(4) != 0, random.nextLong(3_000) * MILLI);
    after(while_(), bridge::boot);
  }

  private void killService() {
    ServiceMachine service = any(world.services);
    service.kill(random.nextInt(4) != 0);
    after(while_(), service::boot);
  }

  private void freeze() {
    if (random.nextBoolean()) {
      BridgeMachine bridge = any(world.bridges);
      bridge.freeze();
      after(while_(), bridge::thaw);
    } else {
      ServiceMachine service = any(world.services);
      service.freeze();
      after(while_(), service::thaw);
    }
  }

  /** A process stands still, another takes its place, and then the first one wakes up. */
  private void ghost() {
    ServiceMachine service = any(world.services);
    if (world.plan.bridges() > 1) {
      // Fences are a bridge's: which of two processes has the user at another one, nobody knows.
      killService();
      return;
    }
    service.haunt();
    after(while_(), service::thawGhosts);
  }

  private void jumpClock() {
    long millis = random.nextLong(-7_200_000, 7_200_000);
    world.story.tell("clock", () -> "jumps by " + millis + " ms");
    world.time.jumpEpoch(millis);
  }

  private void slowConsumer() {
    ServiceMachine service = any(world.services);
    long nanos = random.nextLong(400) * MILLI;
    world.story.tell(service.name(), () -> "consumers take " + nanos / MILLI + " ms");
    service.consumers(nanos);
    after(while_(), () -> service.consumers(0));
  }

  private void tokens() {
    TokenDesk.Mood mood = any(List.of(TokenDesk.Mood.values()));
    long nanos = random.nextLong(2_000) * MILLI;
    world.story.tell("tokens", () -> mood + ", after " + nanos / MILLI + " ms");
    world.tokens.works(mood, nanos);
    after(while_(), () -> world.tokens.works(TokenDesk.Mood.FINE, MILLI));
  }

  private void doors() {
    int how = random.nextInt(3);
    world.story.tell("rooms", () -> List.of("hang", "refuse", "are slow").get(how));
    switch (how) {
      case 0 -> world.doors.hang();
      case 1 -> world.doors.refuse();
      default -> world.doors.open(random.nextLong(3_000) * MILLI);
    }
    after(while_(), () -> world.doors.open(MILLI));
  }

  private void drain() {
    BridgeMachine bridge = any(world.bridges);
    bridge.drain(Duration.ofMillis(random.nextLong(4_000)));
    after(5_000 * MILLI, bridge::boot);
  }

  private void storm() {
    world.story.tell("storm", () -> "everybody reconnects");
    for (ServiceMachine service : world.services) {
      if (service.isRunning() && !service.isFrozen()) {
        service.lives().forEach(life -> life.session().reconnectNow());
      }
    }
  }

  private void leave() {
    ServiceMachine service = any(world.services);
    if (service.isRunning() && !service.isFrozen()) {
      Life life = any(service.lives());
      life.close(Duration.ofMillis(random.nextLong(2_000)));
      after(random.nextLong(1_500) * MILLI, () -> service.reopen(life.user));
    }
  }

  private void stranger() {
    if (world.plan.bridges() > 1) {
      // As with a ghost: a user's place at one bridge says nothing of that at another.
      burst();
      return;
    }
    ServiceMachine service = any(world.services);
    Life life = any(service.lives());
    world.stranger.join(life.user, any(world.bridges));
    after(random.nextLong(4_000) * MILLI, () -> service.reopen(life.user));
  }

  private void burst() {
    ServiceMachine service = any(world.services);
    for (Life life : service.lives()) {
      int frames = 1 + random.nextInt(2_000 / world.plan.frameMillis());
      world.story.tell(life.user.id, () -> "says " + frames + " frames at once");
      service.speak(life, Tracks.SPOKEN, frames);
    }
  }

  private long while_() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> random.nextLong(300) * MILLI;
      case 3, 4, 5 -> random.nextLong(2_500) * MILLI;
      case 6 -> random.nextLong(6_000) * MILLI;
      default -> random.nextLong(14_000) * MILLI;
    };
  }

  private void after(long nanos, Runnable what) {
    world.time.after(nanos, world.nature, what);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
