package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.RuntimeOptions;
import dev.livekitbridge.client.SendResult;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.simulate.net.Host;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A machine on which one service process after another runs, with the real client in it. */
final class ServiceMachine {
  private final World world;
  private final String name;
  private final List<User> users;
  private final Host host;
  private final List<Life> lives = new ArrayList<>();
  private @Nullable SimProcess process;
  private @Nullable BridgeClient client;
  private final List<SimProcess> ghosts = new ArrayList<>();
  private long consumerNanos;
  private long slowestNanos;
  private int born;

  ServiceMachine(World world, String name, List<User> users) {
    this.world = world;
    this.name = name;
    this.users = users;
    this.host = world.network.host(name);
  }

  String name() {
    return name;
  }

  boolean isRunning() {
    SimProcess running = process;
    return running != null && running.isAlive();
  }

  boolean isFrozen() {
    SimProcess running = process;
    return running != null && running.isFrozen();
  }

  /** The sessions of the process of now. */
  List<Life> lives() {
    return lives;
  }

  /** How long a consumer takes for what came. */
  void consumers(long nanos) {
    consumerNanos = nanos;
    slowestNanos = Math.max(slowestNanos, nanos);
  }

  /** How long any of its callbacks may have waited, at most. */
  long slowestNanos() {
    return slowestNanos;
  }

  /** A new process, unless one runs; it opens a session for each of its users. */
  void boot() {
    if (isRunning()) {
      return;
    }
    SimProcess next = world.network.boot(host, name + "/" + ++born);
    world.story.tell(name, () -> "starts as " + next.name());
    List<String> bridges = world.plan.targets();
    BridgeClient made =
        BridgeClient.builder(
                bridges.get(0), bridges.subList(1, bridges.size()).toArray(String[]::new))
            .channels(target -> world.network.channel(host, next, target))
            .runtime(
                new RuntimeOptions(
                    world.time,
                    next.scheduler(),
                    work -> world.time.after(consumerNanos, next, work),
                    world.tokens.clerks(next),
                    new Random(world.random.nextLong())))
            .build();
    process = next;
    client = made;
    lives.clear();
    for (User user : users) {
      open(user);
    }
  }

  /** Opens a session, as a new life of its user. */
  void open(User user) {
    SimProcess in = process;
    BridgeClient with = client;
    if (in == null || with == null) {
      return;
    }
    Life life = new Life(user, user.lives.size() + 1, in, world, this::slowestNanos);
    life.lastAckNanos = world.time.nanoTime();
    user.lives.add(life);
    lives.removeIf(old -> old.user == user);
    lives.add(life);
    life.runs(with.open(world.plan.request(user, world.tokens, life::consume, life::event)));
  }

  /** Dies in the middle of what it does. */
  void kill(boolean power) {
    if (isRunning()) {
      world.story.tell(name, () -> power ? "is killed" : "loses power");
      world.network.kill(host, power);
    }
  }

  /** All its processes die, those as well whose place was taken. */
  void killAll(boolean power) {
    ghosts.forEach(SimProcess::kill);
    kill(power);
  }

  void freeze() {
    SimProcess running = process;
    if (running != null && running.isAlive() && !running.isFrozen()) {
      world.story.tell(name, () -> "freezes");
      running.freeze();
    }
  }

  void thaw() {
    SimProcess running = process;
    if (running != null && running.isFrozen()) {
      world.story.tell(name, () -> "thaws");
      running.thaw();
    }
  }

  /** Says the next frames of a user. */
  void speak(Life life, int track, int frames) {
    if (!life.process.isAlive() || life.process.isFrozen() || life.closing) {
      return;
    }
    for (int i = 0; i < frames; i++) {
      int number = life.next(track);
      byte[] pcm = Numbered.pcm(life.number, number, world.plan.frameMillis());
      AudioFrame frame =
          AudioFrame.wrap(pcm, AudioFormat.VOICE, TrackId.of(track), world.time.epochMillis());
      life.took(track, number, life.session().send(frame) != SendResult.DROPPED);
    }
  }

  /** A process stands still, and another takes its place. */
  void haunt() {
    SimProcess old = process;
    if (old != null && old.isAlive() && !old.isFrozen()) {
      world.story.tell(name, () -> old.name() + " stands still, another takes its place");
      old.freeze();
      ghosts.add(old);
      process = null;
      boot();
    }
  }

  /** Those whose place was taken wake up. */
  void thawGhosts() {
    for (SimProcess ghost : ghosts) {
      if (ghost.isFrozen()) {
        world.story.tell(name, () -> ghost.name() + " wakes up");
        ghost.thaw();
      }
    }
  }

  /** Opens a session for every user whose last one was closed. */
  void reopenAll() {
    users.forEach(this::reopen);
  }

  /** Opens a session for a user whose last one was closed. */
  void reopen(User user) {
    Life last = user.life();
    if (isRunning() && !isFrozen() && (last.closing || (last.isOver() && user.wasVisited()))) {
      open(user);
    }
  }

  /** Frees the client of a process whose sessions are over. */
  void dispose() {
    BridgeClient over = client;
    if (isRunning() && over != null) {
      over.close(Duration.ZERO);
    }
  }

  @Nullable SimProcess process() {
    return process;
  }
}
