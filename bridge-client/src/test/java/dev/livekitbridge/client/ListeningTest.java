package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.LostSpan;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a listener hears, and what it costs whom when it is slow or fails. */
class ListeningTest {
  private final World world = new World(5);

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
  }

  private void say(String user, int frames) {
    for (int i = 0; i < frames; i++) {
      world.a().session(user).say();
      world.passMillis(1);
    }
    world.passMillis(5);
  }

  @Test
  void aSlowConsumerLosesItsOwnOldestFramesAndHoldsUpNobodyElse() {
    Queue<Runnable> stuck = new ArrayDeque<>();
    World.User slow = world.open("slow", r -> r.executor(stuck::add)).connect();
    World.User quick = world.open("quick").connect();
    say("slow", 250);
    say("quick", 250);
    assertThat(quick.heard).hasSize(250);
    SessionStats stats = slow.session.stats();
    assertThat(stats.received().dropped()).containsEntry(DropCause.SLOW_CONSUMER, 50L);
    assertThat(stats.received().buffered()).isEqualTo(200);
    assertThat(stats.received().balanced()).isTrue();
    while (!stuck.isEmpty()) {
      stuck.remove().run();
    }
    assertThat(slow.heard)
        .containsExactlyElementsOf(IntStream.rangeClosed(51, 250).boxed().toList());
    assertThat(slow.session.stats().received().delivered()).isEqualTo(200);
  }

  @Test
  void whatABridgeKeptThroughABreakMayAllWaitForTheConsumer() {
    Queue<Runnable> stuck = new ArrayDeque<>();
    World.User user = world.open("u", r -> r.executor(stuck::add)).connect();
    say("u", 5);
    world.network.connections.forEach(connection -> connection.breakDown("cut"));
    for (int i = 0; i < 495; i++) {
      world.a().session("u").say();
    }
    world.passMillis(5);
    world.until(2_000, user::connected);
    world.passMillis(50);
    assertThat(user.session.stats().received().dropped()).isEmpty();
    while (!stuck.isEmpty()) {
      stuck.remove().run();
    }
    assertThat(user.heard)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 500).boxed().toList());
    // It has caught up: from now on 200 are enough again.
    world.pass(Duration.ofSeconds(6));
    say("u", 250);
    assertThat(user.session.stats().received().dropped())
        .containsEntry(DropCause.SLOW_CONSUMER, 50L);
  }

  @Test
  void aFrameIsAcknowledgedWhenOnAudioHasReturnedAndWithin100Ms() {
    Queue<Runnable> later = new ArrayDeque<>();
    World.User user = world.open("u", r -> r.executor(later::add)).connect();
    say("u", 3);
    world.passMillis(500);
    assertThat(world.a().session("u").out.counts().delivered()).isZero();
    while (!later.isEmpty()) {
      later.remove().run();
    }
    world.passMillis(101);
    assertThat(world.a().session("u").out.counts().delivered()).isEqualTo(3);
    assertThat(user.heard).hasSize(3);
  }

  @Test
  void byHandAFrameIsAcknowledgedWhenTheCallerSaysSoWithAllBeforeIt() {
    List<AudioFrame> frames = new ArrayList<>();
    World.User user =
        world.open("u", r -> r.acknowledgeByHand(true).onAudio(frames::add)).connect();
    say("u", 30);
    world.passMillis(500);
    assertThat(world.a().session("u").out.counts().delivered()).isZero();
    assertThat(user.session.stats().received().buffered()).isEqualTo(30);
    user.session.acknowledge(frames.get(11));
    world.passMillis(101);
    assertThat(world.a().session("u").out.counts().delivered()).isEqualTo(12);
    user.session.acknowledge(frames.get(3));
    user.session.acknowledge(Frames.frame(29));
    world.passMillis(101);
    assertThat(world.a().session("u").out.counts().delivered()).isEqualTo(12);
    assertThat(user.session.stats().received().delivered()).isEqualTo(12);
    assertThat(user.session.stats().received().balanced()).isTrue();
  }

  @Test
  void whatWasNotAcknowledgedByHandComesAgainToTheNextProcess() {
    List<AudioFrame> frames = new ArrayList<>();
    World.User user =
        world.open("u", r -> r.acknowledgeByHand(true).onAudio(frames::add)).connect();
    say("u", 5);
    user.session.acknowledge(frames.get(1));
    world.passMillis(101);
    world.a().session("u").detach();
    World.User next = world.open("u").connect();
    world.passMillis(20);
    assertThat(next.heard).containsExactly(3, 4, 5);
  }

  @Test
  void byHandWithinOnAudioIsAtOnceAndAnotherSessionsFramesStayUnharmed() {
    List<AudioFrame> frames = new ArrayList<>();
    World.User[] self = new World.User[1];
    self[0] =
        world.open(
            "u",
            r ->
                r.acknowledgeByHand(true)
                    .onAudio(
                        frame -> {
                          frames.add(frame);
                          self[0].session.acknowledge(frame);
                        }));
    self[0].connect();
    say("u", 10);
    world.passMillis(101);
    assertThat(world.a().session("u").out.counts().delivered()).isEqualTo(10);
    world.network.kill(A);
    world.passMillis(2);
    world.network.revive(A);
    world.until(1_000, self[0]::connected);
    // Numbers begin again at the new session: a late word about an old frame is none about a new.
    world.a().session("u").say(100);
    world.passMillis(5);
    self[0].session.acknowledge(frames.get(9));
    assertThat(self[0].session.stats().received().delivered()).isEqualTo(11);
  }

  @Test
  void whoNeverAcknowledgesByHandLosesTheOldestAndItIsCounted() {
    World.User user = world.open("u", r -> r.acknowledgeByHand(true)).connect();
    say("u", 1_600);
    SessionStats stats = user.session.stats();
    assertThat(stats.received().dropped().get(DropCause.SLOW_CONSUMER)).isBetween(99L, 100L);
    assertThat(stats.received().balanced()).isTrue();
    user.session.close(Duration.ZERO);
    world.passMillis(100);
    assertThat(user.session.stats().received().buffered()).isZero();
    assertThat(user.session.stats().received().dropped()).containsKey(DropCause.CLOSED);
  }

  @Test
  void acknowledgingByHandUnaskedIsRefused() {
    World.User user = world.open("u").connect();
    assertThatThrownBy(() -> user.session.acknowledge(Frames.frame(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("acknowledgeByHand(true)");
  }

  @Test
  void tenFramesAreAcknowledgedAtOnce() {
    World.User user = world.open("u").connect();
    say("u", 11);
    assertThat(world.a().session("u").out.counts().delivered()).isGreaterThanOrEqualTo(10);
    assertThat(user.heard).hasSize(11);
  }

  @Test
  void aConsumerThatThrowsHearsTheNextFrameAllTheSame() {
    List<Integer> heard = new ArrayList<>();
    World.User user =
        world
            .open(
                "u",
                r ->
                    r.onAudio(
                        frame -> {
                          heard.add(Frames.number(frame));
                          throw new IllegalStateException("on purpose");
                        }))
            .connect();
    say("u", 5);
    assertThat(heard).containsExactly(1, 2, 3, 4, 5);
    assertThat(user.session.stats().received().delivered()).isEqualTo(5);
    assertThat(user.connected()).isTrue();
  }

  @Test
  void aListenerThatThrowsHearsTheNextEventAllTheSame() {
    List<SessionEvent> events = new ArrayList<>();
    World.User user =
        world
            .open(
                "u",
                r ->
                    r.onEvent(
                        event -> {
                          events.add(event);
                          throw new IllegalStateException("on purpose");
                        }))
            .connect();
    assertThat(events).hasSize(2);
    assertThat(user.connected()).isTrue();
  }

  @Test
  void aGapIsToldAsASpanAndOthersFramesAreNot() {
    World.User user = world.open("u").connect();
    say("u", 2);
    ModelBridge.Peer peer = Objects.requireNonNull(world.a().session("u").peer);
    world.passMillis(100);
    peer.toClient(
        AudioChunk.newBuilder()
            .setPcmData(com.google.protobuf.ByteString.copyFrom(Frames.pcm(6)))
            .setSampleRate(16_000)
            .setChannels(1)
            .setSequence(6)
            .build());
    world.passMillis(5);
    assertThat(user.heard).containsExactly(1, 2, 6);
    LostSpan span = user.events(SessionEvent.FramesLost.class).get(0).span();
    assertThat(span.track()).isEqualTo(TrackId.SPEAKER);
    assertThat(span.fromSequence()).isEqualTo(3);
    assertThat(span.toSequence()).isEqualTo(5);
    assertThat(span.duration()).isBetween(Duration.ofMillis(100), Duration.ofMillis(115));
    assertThat(user.session.stats().received().missing()).isEqualTo(3);
  }

  @Test
  void whatTheRoomSaidWhileNoBridgeWasThereIsToldAsASpanWithoutNumbers() {
    World.User user = world.open("u").connect();
    say("u", 2);
    world.network.kill(A);
    world.passMillis(400);
    world.network.revive(A);
    world.until(500, user::connected);
    world.passMillis(10);
    LostSpan span = user.events(SessionEvent.FramesLost.class).get(0).span();
    assertThat(span.fromSequence()).isZero();
    assertThat(span.duration()).isBetween(Duration.ofMillis(400), Duration.ofMillis(700));
  }

  @Test
  void invalidAudioOfTheBridgeIsCountedAndAcknowledgedAndTheStreamGoesOn() {
    World.User user = world.open("u").connect();
    ModelBridge.Peer peer = Objects.requireNonNull(world.a().session("u").peer);
    peer.toClient(
        AudioChunk.newBuilder()
            .setPcmData(com.google.protobuf.ByteString.copyFromUtf8("odd"))
            .setSampleRate(16_000)
            .setChannels(1)
            .setSequence(1)
            .build());
    world.passMillis(150);
    assertThat(user.heard).isEmpty();
    assertThat(user.session.stats().received().dropped()).containsEntry(DropCause.INVALID, 1L);
    assertThat(user.connected()).isTrue();
    assertThat(world.a().chunks)
        .anySatisfy(
            chunk ->
                assertThat(TrackSequences.map(chunk.getAcknowledgedList())).containsEntry(0, 1L));
  }

  @Test
  void aTakeoverAfterARestartOfTheServiceHearsWhatWasNotAcknowledged() {
    World.User user = world.open("u").connect();
    say("u", 3);
    world.passMillis(200);
    user.send();
    world.passMillis(20);
    // The process dies: its stream breaks, nobody says goodbye.
    ModelBridge.Session session = world.a().session("u");
    session.detach();
    session.say();
    session.say();
    World.User next = world.open("u").connect();
    world.passMillis(20);
    assertThat(next.heard).containsExactly(4, 5);
    // What the dead process had accepted and not sent is told as a span, to the new one only.
    assertThat(user.events(SessionEvent.TakenOver.class)).isEmpty();
    assertThat(next.events(SessionEvent.TakenOver.class))
        .containsExactly(
            new SessionEvent.TakenOver(
                List.of(new LostSpan(TrackId.SPEAKER, 2, 1, Duration.ofMillis(70)))));
    assertThat(next.send()).isEqualTo(SendResult.ACCEPTED);
    world.passMillis(20);
    // Numbers go on after what the bridge had received: the frame is not taken for the first one.
    assertThat(session.heard).hasSize(2);
    assertThat(next.events(SessionEvent.FramesLost.class)).isEmpty();
    assertThat(next.session.stats().received().missing()).isZero();
  }
}
