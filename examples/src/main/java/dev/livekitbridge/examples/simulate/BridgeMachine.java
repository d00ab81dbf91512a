package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.examples.simulate.net.Host;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.examples.simulate.net.SimServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.BridgeService;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine on which one bridge process after another runs, all of them the real one. */
final class BridgeMachine {
  private final World world;
  private final String address;
  private final Host host;
  private final BridgeServerOptions options;
  private @Nullable SimProcess process;
  private @Nullable BridgeService service;
  private @Nullable SimRooms rooms;
  private int lives;

  BridgeMachine(World world, String address, BridgeServerOptions options) {
    this.world = world;
    this.address = address;
    this.host = world.network.host(address);
    this.options = options;
    boot();
  }

  String address() {
    return address;
  }

  boolean isRunning() {
    SimProcess running = process;
    return running != null && running.isAlive();
  }

  /** A new process, unless one runs. */
  void boot() {
    if (isRunning()) {
      return;
    }
    SimProcess born = world.network.boot(host, address + "/" + ++lives);
    world.story.tell(address, () -> "starts as " + born.name());
    SimRooms connector = new SimRooms(world, address, born);
    BridgeService made =
        BridgeService.builder()
            .time(world.time)
            .scheduler(born.scheduler())
            .options(options)
            .rooms(connector)
            .build();
    process = born;
    rooms = connector;
    service = made;
    SimServer.listen(host, born, made.bindService());
  }

  /** Dies in the middle of what it does; the rooms notice after a while. */
  void kill(boolean power, long roomsNoticeNanos) {
    SimRooms left = rooms;
    if (isRunning() && left != null) {
      world.story.tell(address, () -> power ? "is killed" : "loses power");
      world.network.kill(host, power);
      world.time.after(roomsNoticeNanos, world.nature, left::close);
    }
  }

  void freeze() {
    SimProcess running = process;
    if (running != null && running.isAlive() && !running.isFrozen()) {
      world.story.tell(address, () -> "freezes");
      running.freeze();
    }
  }

  void thaw() {
    SimProcess running = process;
    if (running != null && running.isFrozen()) {
      world.story.tell(address, () -> "thaws");
      running.thaw();
    }
  }

  /** A planned end: it tells everyone, waits, and stops when they are gone or the time is up. */
  void drain(Duration within) {
    SimProcess running = process;
    BridgeService draining = service;
    if (running != null && draining != null && running.isAlive() && !running.isFrozen()) {
      world.story.tell(address, () -> "drains within " + within.toMillis() + " ms");
      draining
          .beginClose(within)
          .thenRun(
              () ->
                  world.time.after(
                      100_000_000,
                      world.nature,
                      () -> {
                        if (process == running) {
                          kill(true, 0);
                        }
                      }));
    }
  }

  List<SessionSnapshot> sessions() {
    SimProcess running = process;
    BridgeService live = service;
    return running == null || live == null || !running.isAlive() || running.isFrozen()
        ? List.of()
        : live.sessions();
  }

  /** What became of the frames of all sessions of the process of now; null where none runs. */
  @Nullable FrameCounts framesToClients() {
    BridgeService live = service;
    return live == null || !isRunning() ? null : live.framesToClients();
  }

  @Nullable FrameCounts framesToRooms() {
    BridgeService live = service;
    return live == null || !isRunning() ? null : live.framesToRooms();
  }

  int participants() {
    SimRooms connector = rooms;
    return connector == null ? 0 : connector.participantCount();
  }

  @Nullable SimProcess process() {
    return process;
  }
}
