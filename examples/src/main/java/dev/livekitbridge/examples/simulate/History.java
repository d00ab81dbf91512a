package dev.livekitbridge.examples.simulate;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One history: a world, faults in it, peace, the end. A function of its seed. */
final class History {
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /**
   * What came of it.
   *
   * @param broken the promise that was not kept; null if all were
   * @param digest the same for two runs only if the same happened in both
   * @param frames said by anyone
   * @param virtualNanos how long it lasted
   * @param story for people; empty where it was not to be told
   */
  record Outcome(
      @Nullable String broken, long digest, long frames, long virtualNanos, List<String> story) {}

  private final World world;
  private final Random random;

  private History(long seed, boolean told) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    this.world = new World(new Plan(random), random, told);
  }

  /**
   * Runs it.
   *
   * @param told whether to write its story
   */
  static Outcome run(long seed, boolean told) {
    Defects.listen();
    String before = Defects.take();
    History history = new History(seed, told);
    String broken = before == null ? null : "left over: " + before;
    try {
      history.live();
    } catch (Broken e) {
      broken = e.getMessage();
    } catch (RuntimeException | Error e) {
      if (told) {
        e.printStackTrace();
      }
      broken =
          "a defect: " + e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?");
    }
    return history.outcome(broken);
  }

  private Outcome outcome(@Nullable String broken) {
    String why = broken;
    if (why != null) {
      world.story.tell("BROKEN", () -> why);
    }
    long frames = 0;
    for (User user : world.users()) {
      frames += user.said;
      for (Life life : user.lives) {
        frames += life.sends;
        world.time.mix(life.consumed);
      }
    }
    world.time.mix(frames);
    return new Outcome(
        broken, world.time.digest(), frames, world.time.nanoTime(), world.story.lines());
  }

  private void live() {
    Faults faults = new Faults(world);
    if (random.nextInt(4) != 0) {
      world.pass(Duration.ofMillis(random.nextLong(1_500)), true);
    }
    for (int step = 0; step < world.plan.steps(); step++) {
      faults.strike();
      world.pass(Duration.ofMillis(random.nextLong(1_800)), true);
    }
    faults.stop();
    if (world.stranger.came()) {
      // A join of it may still be on its way.
      world.pass(Duration.ofSeconds(1), true);
    }
    settle();
    world.pass(Duration.ofMillis(600), true);
    // One that drains may end only now.
    world.pass(Duration.ofSeconds(5), false);
    world.bridges.forEach(BridgeMachine::boot);
    settle();
    // The last words, which nothing disturbs.
    world.pass(Duration.ofMillis(300), true);
    world.pass(Duration.ofSeconds(24), false);
    world.audit.quiet();
    world.end();
    if (random.nextInt(4) == 0) {
      // Nobody comes back: the windows end.
      world.services.forEach(service -> service.killAll(random.nextBoolean()));
      world.pass(Duration.ofSeconds(27), false);
    } else {
      leave();
      world.pass(Duration.ofSeconds(5), false);
      world.services.forEach(ServiceMachine::dispose);
    }
    world.audit.empty();
  }

  private void leave() {
    for (User user : world.users()) {
      for (Life life : user.lives) {
        if (life.process.isAlive() && !life.isOver()) {
          life.close(Duration.ofSeconds(2));
        }
      }
    }
  }

  /** All come back in time. */
  private void settle() {
    long end = world.time.nanoTime() + PATIENCE.toNanos();
    while (!allConnected()) {
      if (world.time.nanoTime() >= end) {
        for (User user : world.users()) {
          if (!user.owner().isConnected()) {
            throw new Broken(
                user.id
                    + " is not back after "
                    + PATIENCE.toSeconds()
                    + " s: "
                    + user.owner().stats());
          }
        }
      }
      world.pass(Duration.ofMillis(100), true);
      // One that was told to end may have done so only now.
      world.bridges.forEach(BridgeMachine::boot);
      world.services.forEach(ServiceMachine::reopenAll);
    }
  }

  private boolean allConnected() {
    for (User user : world.users()) {
      if (!user.owner().isConnected()) {
        return false;
      }
    }
    return true;
  }
}
