package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.PlayAudioRequest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What a room has taken and not sent when it is lost, or does not take while a file plays. */
@NullMarked
class RoomLossTest {
  private final SessionKit kit = new SessionKit();
  private JoinRoomResponse joined = JoinRoomResponse.getDefaultInstance();

  private FakeStream attach() {
    kit.rooms.tracksTellLater = true;
    joined = kit.join(SessionKit.resumable("u"));
    return kit.attach("u", joined);
  }

  private FakeRooms.Track track() {
    return kit.rooms.last().tracks.get(0);
  }

  private FrameCounts counts() {
    return kit.session("u").orElseThrow().toRoom();
  }

  private static long acknowledged(FakeStream stream) {
    return stream.sent.stream()
        .flatMap(chunk -> chunk.getAcknowledgedList().stream())
        .mapToLong(track -> track.getSequence())
        .max()
        .orElse(0);
  }

  @Test
  void whatTheRoomHasTakenIsDeliveredWhenItHasLeftAndNotBefore() {
    FakeStream stream = attach();
    for (int i = 1; i <= 3; i++) {
      stream.say(SessionKit.frame(i));
    }
    assertThat(track().said).hasSize(3);
    assertThat(counts().delivered()).isZero();
    assertThat(counts().buffered()).isEqualTo(3);
    track().left(2 * SessionKit.FRAME_BYTES + 100);
    kit.advance(Duration.ofMillis(200));
    assertThat(counts().delivered()).isEqualTo(2);
    assertThat(acknowledged(stream)).isEqualTo(2);
    track().left(3 * SessionKit.FRAME_BYTES);
    kit.advance(Duration.ofMillis(200));
    assertThat(acknowledged(stream)).isEqualTo(3);
    kit.assertNothingLeftBehind();
  }

  @Test
  void whatIsLostWithAStayIsCountedAndWhatFollowsIsDelivered() {
    FakeStream stream = attach();
    for (int i = 1; i <= 3; i++) {
      stream.say(SessionKit.frame(i));
    }
    track().left(SessionKit.FRAME_BYTES);
    track().lost(3 * SessionKit.FRAME_BYTES, DropCause.ROOM_LOST);
    FakeRooms.Seat seat = kit.rooms.last();
    seat.listener.onUnconfirmed(1_500);
    seat.listener.onInterrupted(CloseReason.ROOM_LOST, "signal lost");
    stream.say(SessionKit.frame(4));
    kit.advance(Duration.ofMillis(100));
    seat.listener.onRestored();
    stream.say(SessionKit.frame(5));
    track().left(4 * SessionKit.FRAME_BYTES);
    assertThat(counts().delivered()).isEqualTo(2);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.ROOM_LOST, 3L));
    assertThat(kit.metrics.unconfirmed.sum()).isEqualTo(1_500);
    kit.assertNothingLeftBehind();
  }

  @Test
  void aLongFrameOfWhichAPieceIsLostIsLost() {
    FakeStream stream = attach();
    stream.say(SessionKit.pcm(16_000).setSequence(1));
    track().lost(track().said.get(0).size(), DropCause.ROOM_LOST);
    kit.advance(Duration.ofSeconds(1));
    stream.say(SessionKit.frame(2));
    track().left(16_000 + SessionKit.FRAME_BYTES);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.ROOM_LOST, 1L));
    assertThat(counts().delivered()).isEqualTo(1);
  }

  @Test
  void aHalfCloseWaitsUntilAllHasLeft() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    stream.edge().onHalfClose();
    kit.advance(Duration.ofMillis(100));
    assertThat(kit.state("u")).isEqualTo(SessionState.STREAMING);
    track().left(SessionKit.FRAME_BYTES);
    kit.assertClosed(stream, CloseReason.LEFT);
    assertThat(kit.metrics.frames(SessionMetrics.Direction.TO_ROOM).delivered()).isEqualTo(1);
  }

  @Test
  void aRoomThatIsGoneForGoodSaysNothingMore() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    kit.rooms.last().listener.onInterrupted(CloseReason.ROOM_LOST, "signal lost");
    kit.rooms.last().listener.onDisconnected(CloseReason.TOKEN_REJECTED, "expired");
    kit.assertClosed(stream, CloseReason.TOKEN_REJECTED);
    assertThat(kit.metrics.frames(SessionMetrics.Direction.TO_ROOM).dropped())
        .containsEntry(DropCause.ROOM_LOST, 1L);
  }

  @Test
  void whatIsRefusedWhileAFileIsMixedInIsNotDelivered() {
    FakeStream stream = attach();
    kit.rooms.tracksTellLater = false;
    play();
    kit.advance(Duration.ofMillis(100));
    say(stream, 1, 5);
    assertThat(counts().delivered()).isBetween(4L, 5L);
    track().refusal = DropCause.OVERFLOW;
    say(stream, 6, 10);
    track().refusal = null;
    say(stream, 11, 15);
    kit.advance(Duration.ofMillis(100));
    FrameCounts counts = counts();
    assertThat(counts.dropped()).containsOnlyKeys(DropCause.OVERFLOW);
    assertThat(counts.droppedTotal()).isBetween(5L, 6L);
    assertThat(counts.delivered()).isEqualTo(15 - counts.droppedTotal());
    kit.assertNothingLeftBehind();
  }

  @Test
  void whatIsMixedInIsDeliveredWhenTheMixHasLeft() {
    FakeStream stream = attach();
    play();
    kit.advance(Duration.ofMillis(100));
    say(stream, 1, 5);
    kit.advance(Duration.ofMillis(100));
    assertThat(counts().delivered()).isZero();
    assertThat(counts().buffered()).isEqualTo(5);
    track().left(track().said.stream().mapToLong(frame -> frame.size()).sum());
    assertThat(counts().delivered()).isEqualTo(5);
    kit.assertNothingLeftBehind();
  }

  private void say(FakeStream stream, int from, int to) {
    for (int i = from; i <= to; i++) {
      AudioChunk.Builder frame = SessionKit.frame(i);
      stream.say(frame);
      kit.advance(SessionKit.FRAME);
    }
  }

  private void play() {
    FakePlayCall call = new FakePlayCall();
    PlayAudioRequest request =
        PlayAudioRequest.newBuilder()
            .setUserId("u")
            .setSessionId(joined.getSessionId())
            .setRequestId("one")
            .setVolume(1)
            .setAudioUrl("http://files.example/one")
            .build();
    call.ticket = kit.registry.playbacks().play(request, call);
    kit.sounds.last().sounding(i -> 1_000).comes(10_000);
  }
}
