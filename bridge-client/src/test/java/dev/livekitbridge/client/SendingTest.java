package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a sender is told, and what the buffer keeps. */
class SendingTest {
  private World world = new World(5);

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
  }

  private void restart(BufferOptions options) {
    world.close();
    world = new World(5, builder -> builder.buffer(options));
  }

  @Test
  void atMost3SecondsOfATrackAreUnacknowledgedAndTheSenderIsToldWhenToGoOn() {
    World.User user = world.open("u").connect();
    world.a().acknowledges = false;
    List<SendResult> results = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      results.add(user.send());
    }
    world.passMillis(10);
    assertThat(world.a().room).hasSize(150);
    assertThat(results.subList(0, 150)).containsOnly(SendResult.ACCEPTED);
    assertThat(results.subList(151, 200)).containsOnly(SendResult.BUFFERED);
    assertThat(user.ready).isZero();
    world.a().acknowledges = true;
    world.a().session("u").acknowledgeAll();
    world.passMillis(10);
    assertThat(world.a().room).hasSize(200).isSorted();
    assertThat(user.ready).isEqualTo(1);
    assertThat(user.send()).isEqualTo(SendResult.ACCEPTED);
  }

  @Test
  void aFullTrackHoldsUpNoOther() {
    World.User user = world.open("u").connect();
    world.a().acknowledges = false;
    IntStream.range(0, 200).forEach(i -> user.send());
    SendResult unused = user.session.send(Frames.frame(TrackId.TTS, 9_999));
    world.passMillis(10);
    assertThat(world.a().room).hasSize(151).contains(9_999);
    world.a().session("u").acknowledgeAll();
    world.a().acknowledges = true;
  }

  @Test
  void aFullBufferLosesItsOldestAndTellsSo() {
    World.User user = world.open("u").connect();
    world.network.kill(A);
    world.passMillis(2);
    IntStream.range(0, 1_600).forEach(i -> assertThat(user.send()).isEqualTo(SendResult.BUFFERED));
    SessionStats stats = user.session.stats();
    assertThat(stats.sent().dropped()).containsEntry(DropCause.OVERFLOW, 100L);
    assertThat(stats.sent().buffered()).isEqualTo(1_500);
    world.passMillis(1_100);
    assertThat(user.events(SessionEvent.FramesDropped.class))
        .containsExactly(
            new SessionEvent.FramesDropped(SessionEvent.Direction.SENT, DropCause.OVERFLOW, 100));
    world.network.revive(A);
    world.until(1_000, user::connected);
    world.passMillis(50);
    assertThat(world.a().room).hasSize(1_500).startsWith(101);
  }

  @Test
  void whatIsOlderThan15SecondsIsGivenUpAlsoWithoutTraffic() {
    World.User user = world.open("u").connect();
    world.network.kill(A);
    world.passMillis(2);
    user.send();
    world.pass(Duration.ofSeconds(14));
    assertThat(user.session.stats().sent().buffered()).isEqualTo(1);
    world.pass(Duration.ofSeconds(2));
    assertThat(user.session.stats().sent().dropped()).containsEntry(DropCause.OVERFLOW, 1L);
  }

  @Test
  void aBufferThatKeepsTheOldestRefusesTheNewest() {
    restart(
        BufferOptions.builder().maxFrames(10).overflow(BufferOptions.Overflow.DROP_NEWEST).build());
    World.User user = world.open("u").connect();
    world.network.kill(A);
    world.passMillis(2);
    IntStream.range(0, 10).forEach(i -> assertThat(user.send()).isEqualTo(SendResult.BUFFERED));
    assertThat(user.send()).isEqualTo(SendResult.DROPPED);
    assertThat(user.session.stats().sent().balanced()).isTrue();
    assertThat(user.session.stats().sent().droppedTotal()).isEqualTo(1);
    world.network.revive(A);
    world.until(1_000, user::connected);
    world.passMillis(50);
    assertThat(world.a().room)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 10).boxed().toList());
    assertThat(user.ready).isEqualTo(1);
    assertThat(user.send()).isEqualTo(SendResult.ACCEPTED);
  }

  @Test
  void theSeventeenthTrackIsRefusedAtOnceAndTheOthersGoOn() {
    World.User user = world.open("u").connect();
    for (int track = 0; track < 16; track++) {
      assertThat(user.session.send(Frames.frame(TrackId.of(100 + track), track)))
          .isEqualTo(SendResult.ACCEPTED);
    }
    assertThatThrownBy(() -> user.session.send(Frames.frame(TrackId.of(7), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("track_id: 7 (expected: one of the 16 tracks that the session sends already)");
    assertThat(user.session.send(Frames.frame(TrackId.of(115), 1))).isEqualTo(SendResult.ACCEPTED);
    assertThat(user.session.stats().sent().accepted()).isEqualTo(17);
  }

  @Test
  void aLiveListenerIsNotSentWhatIsLateAndItIsCountedAsStale() {
    World.User user = world.open("u", r -> r.liveMaxDelay(Duration.ofMillis(200))).connect();
    world.network.kill(A);
    world.passMillis(2);
    for (int i = 0; i < 100; i++) {
      user.send();
      world.passMillis(20);
    }
    SessionStats away = user.session.stats();
    assertThat(away.sent().balanced()).isTrue();
    world.network.revive(A);
    world.until(500, user::connected);
    world.passMillis(50);
    SessionStats stats = user.session.stats();
    assertThat(world.a().room).doesNotContain(1, 90).isSorted();
    assertThat(stats.sent().dropped().get(DropCause.STALE)).isBetween(90L, 100L);
    assertThat(stats.sent().droppedTotal() + world.a().room.size()).isEqualTo(100);
    assertThat(stats.sent().balanced()).isTrue();
  }

  @Test
  void aFrameKeepsItsFormatTrackAndTimestampThroughAReplay() {
    World.User user = world.open("u").connect();
    world.network.kill(A);
    world.passMillis(2);
    AudioFrame frame =
        AudioFrame.wrap(new byte[400], new AudioFormat(48_000, 2), TrackId.of(9), 123_456);
    assertThat(user.session.send(frame)).isEqualTo(SendResult.BUFFERED);
    world.clock.jumpWallClock(Duration.ofHours(-5));
    world.passMillis(500);
    world.network.revive(A);
    world.until(1_000, user::connected);
    world.passMillis(50);
    assertThat(world.a().chunks)
        .filteredOn(chunk -> !chunk.getPcmData().isEmpty())
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.getSampleRate()).isEqualTo(48_000);
              assertThat(chunk.getChannels()).isEqualTo(2);
              assertThat(chunk.getTrackId()).isEqualTo(9);
              assertThat(chunk.getTimestampMs()).isEqualTo(123_456);
              assertThat(chunk.getSequence()).isEqualTo(1);
            });
  }

  @Test
  void theFallbackTakesTheFramesWhileDegradedAndTheyAreNotSentLater() {
    List<Integer> instead = new ArrayList<>();
    World.User user =
        world.open("u", r -> r.fallback(frame -> instead.add(Frames.number(frame)))).connect();
    world.network.kill(A);
    world.passMillis(2);
    assertThat(user.send()).isEqualTo(SendResult.BUFFERED);
    world.passMillis(3_100);
    assertThat(user.send()).isEqualTo(SendResult.FALLBACK);
    assertThat(user.send()).isEqualTo(SendResult.FALLBACK);
    world.passMillis(10);
    assertThat(instead).containsExactly(2, 3);
    world.network.revive(A);
    world.until(1_000, user::connected);
    assertThat(user.send()).isEqualTo(SendResult.ACCEPTED);
    world.passMillis(50);
    assertThat(world.a().room).containsExactly(1, 4);
    SessionStats stats = user.session.stats();
    assertThat(stats.fallback().delivered()).isEqualTo(2);
    assertThat(stats.fallback().balanced()).isTrue();
    assertThat(stats.sent().accepted()).isEqualTo(2);
    assertThat(user.events(SessionEvent.FallbackStarted.class)).hasSize(1);
    assertThat(user.events(SessionEvent.FallbackEnded.class))
        .containsExactly(new SessionEvent.FallbackEnded(2));
  }
}
