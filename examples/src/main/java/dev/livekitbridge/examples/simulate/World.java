package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.examples.simulate.net.SimNetwork;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.examples.simulate.net.VirtualTime;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Everything there is in a history, made by its plan: machines, rooms, people, the network. */
final class World {
  private static final long AUDIT_NANOS = Duration.ofMillis(100).toNanos();

  final Plan plan;
  final Random random;
  final VirtualTime time = new VirtualTime();
  final Story story;
  final SimNetwork network;
  final SimProcess nature = new SimProcess("nature", time);
  final MemoryRooms rooms = MemoryRooms.create(time);
  final Doors doors = new Doors();
  final TokenDesk tokens = new TokenDesk(time);
  final Verdict verdict = new Verdict();
  final Audit audit = new Audit(this);
  final Stranger stranger;
  final List<BridgeMachine> bridges = new ArrayList<>();
  final List<ServiceMachine> services = new ArrayList<>();
  private final Map<String, User> users = new LinkedHashMap<>();
  private long auditedNanos;
  private boolean ending;

  World(Plan plan, Random random, boolean told) {
    this.plan = plan;
    this.random = random;
    this.story = new Story(time, told);
    this.network = new SimNetwork(time, new Random(random.nextLong()));
    network.observe(new Wiretap(this, users::get));
    this.stranger = new Stranger(this);
    network.window(plan.windowBytes());
    story.tell("world", plan::toString);
    for (String target : plan.targets()) {
      bridges.add(new BridgeMachine(this, target, BridgeServerOptions.defaults()));
    }
    for (int s = 0; s < plan.services(); s++) {
      List<User> own = new ArrayList<>();
      for (int u = 0; u < plan.usersEach(); u++) {
        own.add(person("user" + s + u));
      }
      services.add(new ServiceMachine(this, "service" + s, own));
    }
    services.forEach(ServiceMachine::boot);
  }

  User user(String id) {
    User found = users.get(id);
    if (found == null) {
      throw new Broken("nobody is called " + id);
    }
    return found;
  }

  List<User> users() {
    return List.copyOf(users.values());
  }

  /** Lets time pass; those who speak say a frame each time it is due. */
  void pass(Duration by, boolean speaking) {
    long end = time.nanoTime() + by.toNanos();
    long frame = Duration.ofMillis(plan.frameMillis()).toNanos();
    while (time.nanoTime() < end) {
      if (speaking) {
        speak();
      }
      long step = speaking ? frame : AUDIT_NANOS;
      time.advance(Math.min(step, end - time.nanoTime()));
      if (time.nanoTime() - auditedNanos >= AUDIT_NANOS) {
        auditedNanos = time.nanoTime();
        audit.step();
      }
      stopIfBroken();
    }
  }

  /** From here on sessions may end. */
  void end() {
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }

  private void stopIfBroken() {
    String defect = Defects.take();
    String broken = defect == null ? verdict.broken() : "a defect, by its own word: " + defect;
    if (broken != null) {
      throw new Broken(broken);
    }
  }

  private void speak() {
    for (User user : users.values()) {
      user.alice.publish(Numbered.packet(++user.said, plan.frameMillis()));
    }
    for (ServiceMachine service : services) {
      for (Life life : service.lives()) {
        service.speak(life, Tracks.SPOKEN, 1);
      }
    }
  }

  private User person(String id) {
    MemoryParticipant alice = rooms.room("room of " + id).join("alice");
    User user = new User(id, "room of " + id, alice, verdict, longestWaitNanos());
    alice.onAudio(
        (identity, track, frame) ->
            user.hear(
                frame.track().value(),
                Numbered.life(frame.toByteString()),
                Numbered.number(frame.toByteString()),
                frame.sequence(),
                time.nanoTime()));
    users.put(id, user);
    return user;
  }

  /** What waits sounds for so long at most, and then there is the piece that is just given out. */
  private long longestWaitNanos() {
    long most = plan.liveMaxDelayNanos();
    long frames = Duration.ofMillis(plan.frameMillis() + 100L).toNanos();
    return most == 0 ? Long.MAX_VALUE : most + frames;
  }
}
