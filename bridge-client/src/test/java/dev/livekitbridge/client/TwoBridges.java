package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.FrameCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** A service and a room with two bridges between them: who speaks, and who heard what. */
abstract class TwoBridges {
  World world = new World(5, B);
  // What the room said, and what it heard of the service, over all bridges.
  int said;

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
  }

  World.User openAtA(boolean standby) {
    for (int i = 0; ; i++) {
      World.User user = world.open("u" + i, r -> r.standby(standby)).connect();
      if (user.session.stats().bridge().equals(A)) {
        if (standby) {
          world.until(1_000, () -> user.session.stats().standby().equals(B));
        }
        return user;
      }
      ((DefaultSession) user.session).beginClose(Duration.ZERO);
      world.passMillis(50);
    }
  }

  /** Both sides speak for so many frames of 20 ms; every bridge in the room hears the room. */
  void talk(World.User user, int frames) {
    for (int i = 0; i < frames; i++) {
      user.send();
      say(user);
      world.passMillis(20);
    }
  }

  boolean talkOn(World.User user) {
    talk(user, 1);
    return true;
  }

  void say(World.User user) {
    said++;
    for (String target : List.of(A, B)) {
      ModelBridge.Session session = world.network.bridge(target).sessions.get(user.id);
      if (session != null) {
        session.say(said);
      }
    }
  }

  /** What the room heard of the service, in order, without the silence that asks for an answer. */
  List<Integer> room() {
    List<Integer> all = new ArrayList<>(world.a().room);
    all.addAll(world.b().room);
    all.removeIf(number -> number == 0);
    return all;
  }

  static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  static void assertLaw(World.User user) {
    SessionStats stats = user.session.stats();
    for (FrameCounts counts : List.of(stats.sent(), stats.received())) {
      assertThat(counts.unaccounted()).as("%s", counts).isZero();
      assertThat(counts.droppedTotal()).as("%s", counts).isZero();
    }
    assertThat(stats.received().delivered()).isEqualTo(user.heard.size());
  }
}
