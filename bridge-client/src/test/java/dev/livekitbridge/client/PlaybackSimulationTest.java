package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.client.PlaybackResult.Outcome;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Playbacks begun and stopped at random moments among random faults, each history from a seed that
 * a failure prints. Each ends exactly once; once the faults stop, no room hears what is over for
 * its caller.
 */
class PlaybackSimulationTest {
  // More with -Dclient.histories=N; the seeds are 1 to N.
  private static final int HISTORIES = Integer.getInteger("client.histories", 60);

  @Test
  void everyPlaybackHasOneEndAndNoSoundOutlivesIt() {
    Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(seed).run(outcomes);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(outcomes).containsExactlyInAnyOrder(Outcome.values());
  }

  private record Heard(Playback playback, List<PlaybackEvent> events) {}

  private static final class History {
    private final Random random;
    private final World world;
    private final World.User user;
    private final List<String> targets;
    private final List<Heard> all = new ArrayList<>();

    History(long seed) {
      random = new Random(seed);
      boolean ours = random.nextInt(4) != 0;
      boolean two = random.nextBoolean();
      targets = two ? List.of(A, B) : List.of(A);
      world = two ? new World(seed, B) : new World(seed);
      targets.forEach(t -> world.network.bridge(t).ours = ours);
      user = world.open("u");
    }

    void run(Set<Outcome> outcomes) {
      for (int step = 0; step < 60; step++) {
        act();
        world.passMillis(random.nextInt(4) == 0 ? random.nextInt(4_000) : random.nextInt(300));
      }
      settle();
      for (String target : targets) {
        assertThat(world.network.bridge(target).sounding())
            .as("sounds after the end of their playbacks")
            .isEmpty();
      }
      world.close();
      for (Heard heard : all) {
        PlaybackResult result = heard.playback.completion().join();
        outcomes.add(result.outcome());
        List<PlaybackEvent> events = heard.events;
        assertThat(events.stream().filter(PlaybackEvent.Ended.class::isInstance)).hasSize(1);
        assertThat(events.get(events.size() - 1)).isEqualTo(new PlaybackEvent.Ended(result));
        assertThat(events.stream().skip(1)).noneMatch(PlaybackEvent.Started.class::isInstance);
        assertThat(heard.playback.position()).isEqualTo(result.played());
      }
    }

    private void act() {
      String target = targets.get(random.nextInt(targets.size()));
      ModelBridge bridge = world.network.bridge(target);
      switch (random.nextInt(14)) {
        case 0, 1, 2, 3 -> play();
        case 4, 5 -> {
          if (!all.isEmpty()) {
            all.get(random.nextInt(all.size())).playback.stop();
          }
        }
        case 6 -> {
          List<FakeNetwork.FakeConnection> connections = world.network.connections;
          if (!connections.isEmpty()) {
            connections.get(random.nextInt(connections.size())).breakDown("cut");
          }
        }
        case 7 -> world.network.kill(target);
        case 8 -> world.network.revive(target);
        case 9 -> world.network.blackHole(target, true);
        case 10 -> world.network.blackHole(target, false);
        case 11 -> {
          if (!world.network.playing.isEmpty()) {
            List<FakeNetwork.Playing> playing = world.network.playing;
            playing.get(random.nextInt(playing.size())).breakAlone();
          }
        }
        case 12 -> {
          if (bridge.sessions.containsKey("u")) {
            bridge.drop("u", CloseReason.ROOM_LOST);
          }
        }
        default -> {
          if (random.nextInt(4) == 0) {
            user.session.stopPlaybacks();
          } else {
            user.session.reconnectNow();
          }
        }
      }
    }

    private void play() {
      List<PlaybackEvent> events = new ArrayList<>();
      Playback playback =
          user.session.play(
              PlayRequest.url("http://host/" + (random.nextInt(8) == 0 ? "bad" : lengthMillis()))
                  .track(TrackId.of(random.nextInt(3)))
                  .stopOther(random.nextInt(6) == 0)
                  .onEvent(events::add)
                  .build());
      all.add(new Heard(playback, events));
    }

    private int lengthMillis() {
      return random.nextBoolean() ? 60_000 : 1 + random.nextInt(3_000);
    }

    private void settle() {
      for (String target : targets) {
        world.network.revive(target);
        world.network.blackHole(target, false);
      }
      world.until(40_000, user::connected);
      all.forEach(heard -> heard.playback.stop());
      // What is left at a bridge that the session has left ends with its window.
      world.pass(Duration.ofSeconds(13));
      assertThat(all).allMatch(heard -> heard.playback.completion().isDone());
    }
  }
}
