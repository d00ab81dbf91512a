package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.DiscoveryOptions;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostTokens;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Four bridges behind one name and 400 users who speak and hear: one bridge is killed, one is
 * added, one is drained.
 */
class FleetTest {
  private static final int USERS = 400;
  private static final int ROOMS = 20;
  private static final long EVERY_MILLIS = 500;
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final String[] DRAIN = {"--drain", "20000"};

  @Test
  void usersStaySpreadAndNobodyMovesWithoutNeed() {
    try (Rig rig = Rig.open(FleetTest.class);
        FleetNames names = new FleetNames()) {
      List<BridgeProcess> bridges = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        bridges.add(rig.startBridge("bridge-" + i, 0, DRAIN));
      }
      names.set(targets(bridges));
      try (BridgeClient client =
          BridgeClient.builder(FleetNames.NAME)
              .heartbeat(Rig.PATIENT)
              .discovery(
                  DiscoveryOptions.builder()
                      .refresh(Duration.ofSeconds(1))
                      .settle(Duration.ofSeconds(1))
                      .build())
              .build()) {
        Crowd crowd = new Crowd(rig, client);
        crowd.awaitSpreadOver(bridges);
        crowd.talk();

        BridgeProcess killed = bridges.remove(1);
        Map<String, String> before = crowd.places();
        killed.process().kill();
        names.set(targets(bridges));
        crowd.awaitSpreadOver(bridges);
        crowd
            .moved(before)
            .forEach((u, at) -> assertThat(before).containsEntry(u, killed.target()));
        assertThat(crowd.handOvers()).as("moved although all was well").isZero();

        BridgeProcess added = rig.startBridge("bridge-5", 0, DRAIN);
        bridges.add(added);
        Map<String, String> after = crowd.places();
        long breaks = crowd.reconnects();
        crowd.countAnew();
        names.set(targets(bridges));
        crowd.awaitSpreadOver(bridges);
        crowd.awaitCalm();
        assertThat(crowd.moved(after).values())
            .as("nobody moves between the others")
            .containsOnly(added.target());

        BridgeProcess drained = bridges.remove(0);
        Map<String, String> last = crowd.places();
        drained.process().terminate();
        names.set(targets(bridges));
        crowd.awaitSpreadOver(bridges);
        assertThat(drained.process().awaitExit(Duration.ofSeconds(30))).isIn(List.of(0, 143));
        crowd.moved(last).forEach((u, at) -> assertThat(last).containsEntry(u, drained.target()));

        crowd.fallSilent();
        assertThat(crowd.reconnects()).as("no break since the kill").isEqualTo(breaks);
        crowd.assertNothingLostSinceCountedAnew();
        await().atMost(LONG).until(() -> rig.bridgeParticipants() == USERS);
        client.sessions().forEach(s -> s.close(Duration.ZERO));
        for (BridgeProcess bridge : bridges) {
          rig.assertNoZombies(bridge.port(), 0);
        }
      }
    }
  }

  private static List<String> targets(List<BridgeProcess> bridges) {
    return bridges.stream().map(BridgeProcess::target).toList();
  }

  /** The users, in rooms of twenty with a speaker each; all of them say numbered frames. */
  private static final class Crowd {
    private final Rig rig;
    private final List<User> users = new ArrayList<>();
    private final List<MemoryParticipant> speakers = new ArrayList<>();
    private final Map<String, FrameTally> inRooms = new TreeMap<>();
    private volatile boolean silent;
    private int said;

    Crowd(Rig rig, BridgeClient client) {
      this.rig = rig;
      for (int i = 0; i < ROOMS; i++) {
        MemoryParticipant speaker = rig.rooms.rooms().room("room-" + i).join("alice");
        speaker.onAudio((identity, track, frame) -> heardInRoom(identity, frame));
        speakers.add(speaker);
      }
      for (int i = 0; i < USERS; i++) {
        users.add(new User(rig, client, i));
      }
    }

    void talk() {
      rig.timer.scheduleAtFixedRate(this::say, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    void fallSilent() {
      silent = true;
    }

    private void say() {
      if (silent) {
        return;
      }
      for (MemoryParticipant speaker : speakers) {
        speaker.publish(NumberedFrames.pcm(RoomSide.STREAM, said, 32));
      }
      for (User user : users) {
        user.say(said);
      }
      said++;
    }

    private synchronized void heardInRoom(String identity, AudioFrame frame) {
      long read = NumberedFrames.read(frame.toByteString());
      if (read >= 0) {
        // Whoever moves goes by a second identity.
        inRooms
            .computeIfAbsent(identity.replace("~2", ""), u -> new FrameTally())
            .add(NumberedFrames.number(read), rig.millis());
      }
    }

    /** What was lost with the bridge that was killed is not what comes now. */
    synchronized void countAnew() {
      inRooms.clear();
      users.forEach(User::countAnew);
    }

    void assertNothingLostSinceCountedAnew() {
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(users).allSatisfy(u -> u.assertHeardUpTo(said - 1));
                synchronized (this) {
                  assertThat(inRooms).hasSize(USERS);
                  assertThat(inRooms)
                      .allSatisfy(
                          (user, tally) -> {
                            assertThat(tally.highest()).as(user).isEqualTo(said - 1);
                            assertThat(tally.missing()).as(user).isZero();
                            assertThat(tally.duplicates()).as(user).isZero();
                          });
                }
              });
      users.forEach(User::assertLaw);
    }

    /** Everybody is connected, and no bridge has a fifth more or less than its share. */
    void awaitSpreadOver(List<BridgeProcess> bridges) {
      double share = (double) USERS / bridges.size();
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () -> {
                assertThat(users).allMatch(User::connected);
                Map<String, Integer> spread = new TreeMap<>();
                places().values().forEach(at -> spread.merge(at, 1, Integer::sum));
                assertThat(spread.keySet()).containsExactlyInAnyOrderElementsOf(targets(bridges));
                assertThat(spread.values())
                    .as("%s", spread)
                    .allSatisfy(n -> assertThat((double) n).isBetween(0.8 * share, 1.2 * share));
              });
    }

    /** Nobody has moved for a while. */
    void awaitCalm() {
      AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofSeconds(3))
          .until(() -> places().equals(last.getAndSet(places())));
    }

    Map<String, String> places() {
      Map<String, String> places = new TreeMap<>();
      users.forEach(u -> places.put(u.name, u.session.stats().bridge()));
      return places;
    }

    /** Who is elsewhere than before, and where. */
    Map<String, String> moved(Map<String, String> before) {
      Map<String, String> moved = new TreeMap<>(places());
      moved.entrySet().removeAll(before.entrySet());
      return moved;
    }

    long handOvers() {
      return users.stream().mapToLong(u -> u.session.stats().handOvers()).sum();
    }

    long reconnects() {
      return users.stream().mapToLong(u -> u.session.stats().reconnects()).sum();
    }
  }

  private static final class User {
    final String name;
    final BridgeSession session;
    private final Rig rig;
    private final int number;
    private FrameTally heard = new FrameTally();

    User(Rig rig, BridgeClient client, int number) {
      this.rig = rig;
      this.number = number;
      this.name = "user-" + number;
      String room = "room-" + number % ROOMS;
      this.session =
          client.open(
              SessionRequest.builder(name)
                  .room(room)
                  .liveKitUrl(rig.rooms.url(room))
                  .targetIdentity("alice")
                  .resumeKey("not so secret")
                  .tokens(join -> RoomHostTokens.token(join.identity()))
                  .onAudio(this::hear)
                  .build());
    }

    boolean connected() {
      return session.state() == ConnectionState.CONNECTED;
    }

    void say(int frame) {
      session.send(
          AudioFrame.wrap(
              NumberedFrames.pcm(number + 1, frame, 32),
              AudioFormat.VOICE,
              TrackId.SPEAKER,
              rig.time.epochMillis()));
    }

    synchronized void countAnew() {
      heard = new FrameTally();
    }

    private synchronized void hear(AudioFrame frame) {
      heard.add(NumberedFrames.number(NumberedFrames.read(frame.toByteString())), rig.millis());
    }

    void assertLaw() {
      SessionStats stats = session.stats();
      assertThat(stats.sent().balanced()).as("%s: %s", name, stats).isTrue();
      assertThat(stats.received().balanced()).as("%s: %s", name, stats).isTrue();
    }

    synchronized void assertHeardUpTo(int last) {
      assertThat(heard.highest()).as(name).isEqualTo(last);
      assertThat(heard.missing()).as(name).isZero();
      assertThat(heard.duplicates()).as(name).isZero();
    }
  }
}
