package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.TrackSequence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client says, on its way into the room. */
@NullMarked
class ClientToRoomTest {
  private final SessionKit kit = new SessionKit();

  @Test
  void audioInRealTimePassesAtOnce() {
    FakeStream stream = plain();
    for (int i = 1; i <= 100; i++) {
      stream.say(SessionKit.frame(i));
      assertThat(said(0)).as("frame %d", i).hasSize(i);
      kit.advance(SessionKit.FRAME);
    }
  }

  @Test
  void audioThatComesFasterIsHeardInRealTime() {
    FakeStream stream = plain();
    say(stream, 1, 100);
    for (int i = 0; i < 95; i++) {
      // What was handed over is at most the lead and one frame ahead of what can have been heard.
      assertThat(said(0).size()).isBetween(i, i + 3);
      kit.advance(SessionKit.FRAME);
    }
    kit.advance(Duration.ofMillis(100));
    assertThat(said(0).stream().map(AudioFrame::timestampMillis))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
  }

  @Test
  void longFrameIsHandedOverInPieces() {
    FakeStream stream = attach();
    stream.say(SessionKit.pcm(32_000).setSequence(1));
    assertThat(said(0)).hasSize(1);
    assertThat(kit.session("u").orElseThrow().toRoom().delivered()).isZero();
    kit.advance(Duration.ofSeconds(1));
    assertThat(said(0).stream().mapToInt(AudioFrame::size).sum()).isEqualTo(32_000);
    assertThat(kit.session("u").orElseThrow().toRoom().delivered()).isEqualTo(1);
  }

  @Test
  void trackThatIsFourSecondsAheadHoldsTheSender() {
    FakeStream stream = plain();
    int before = stream.requested;
    say(stream, 1, 202);
    // 3 went to the room at once, 199 wait.
    assertThat(stream.requested - before).isEqualTo(202);
    say(stream, 203, 210);
    assertThat(stream.requested - before).isEqualTo(202);
    kit.advance(Duration.ofSeconds(5));
    assertThat(said(0)).hasSize(210);
    assertThat(stream.requested - before).isEqualTo(210);
    assertThat(counts().droppedTotal()).isZero();
  }

  @Test
  void heldSenderMayStillBeHeard() {
    FakeStream stream = attach();
    for (int i = 1; i <= 205; i++) {
      stream.say(SessionKit.frame(i));
    }
    stream.say(SessionKit.heartbeat().setPing(9));
    assertThat(stream.sent.get(stream.sent.size() - 1).getPong()).isEqualTo(9);
  }

  @Test
  void oneTrackDoesNotDelayAnother() {
    FakeStream stream = attach();
    for (int i = 1; i <= 100; i++) {
      stream.say(SessionKit.frame(i));
    }
    stream.say(SessionKit.frame(1).setTrackId(2));
    assertThat(kit.rooms.last().tracks.get(1).id).isEqualTo(TrackId.TTS);
    assertThat(said(1)).hasSize(1);
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void trackIsPublishedAtItsFirstAudioAndOnce() {
    FakeStream stream = plain();
    stream.say(SessionKit.heartbeat());
    assertThat(kit.rooms.last().tracks).isEmpty();
    say(stream, 1, 3);
    assertThat(kit.rooms.last().tracks).hasSize(1);
    assertThat(kit.rooms.last().tracks.get(0).id).isEqualTo(TrackId.SPEAKER);
  }

  @Test
  void firstAudioWaitsUntilSomeoneListens() {
    kit.rooms.tracksReadyAtOnce = false;
    FakeStream stream = plain();
    say(stream, 1, 5);
    kit.advance(Duration.ofSeconds(1));
    assertThat(said(0)).isEmpty();
    kit.rooms.last().tracks.get(0).ready.complete(null);
    kit.advance(Duration.ofMillis(100));
    assertThat(said(0)).hasSize(5);
  }

  @Test
  void firstAudioWaitsNoLongerThanTwoSeconds() {
    kit.rooms.tracksReadyAtOnce = false;
    FakeStream stream = plain();
    say(stream, 1, 5);
    kit.advance(Duration.ofMillis(1_999));
    assertThat(said(0)).isEmpty();
    kit.advance(Duration.ofMillis(101));
    assertThat(said(0)).hasSize(5);
  }

  @Test
  void frameIsAcknowledgedWhenItLeftForTheRoomNotBefore() {
    kit.rooms.tracksReadyAtOnce = false;
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    kit.advance(Duration.ofSeconds(1));
    assertThat(acknowledged(stream)).isZero();
    kit.rooms.last().tracks.get(0).ready.complete(null);
    kit.advance(Duration.ofMillis(100));
    assertThat(acknowledged(stream)).isEqualTo(1);
  }

  @Test
  void lateAudioIsSkippedWhereTheCallerWantsNow() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u").setLiveMaxDelayMs(100));
    FakeStream stream = kit.attach("u", joined);
    // The sender stalled for half a second, and sends all of it at once.
    for (int i = 1; i <= 25; i++) {
      stream.say(SessionKit.frame(i));
    }
    kit.advance(Duration.ofMillis(200));
    assertThat(said(0)).hasSize(8);
    assertThat(said(0).get(7).timestampMillis()).isEqualTo(25);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.STALE, 17L));
    assertThat(acknowledged(stream)).isEqualTo(25);
    kit.assertNothingLeftBehind();
  }

  @ParameterizedTest
  @CsvSource({"8000,1", "8000,2", "16000,2", "24000,1", "44100,2", "48000,1", "48000,2"})
  void everyAcceptedFormatIsConvertedToTheTracks(int rate, int channels) {
    FakeStream stream = plain();
    int bytes = rate / 50 * channels * 2;
    for (int i = 0; i < 50; i++) {
      stream.say(SessionKit.pcm(bytes).setSampleRate(rate).setChannels(channels));
      kit.advance(SessionKit.FRAME);
    }
    assertThat(said(0)).allSatisfy(f -> assertThat(f.format()).isEqualTo(AudioFormat.VOICE));
    assertThat(said(0).stream().mapToInt(AudioFrame::size).sum()).isBetween(31_800, 32_000);
    assertThat(counts().droppedTotal()).isZero();
  }

  @Test
  void formatMayChangeWithinATrack() {
    FakeStream stream = plain();
    stream.say(SessionKit.pcm(640));
    stream.say(SessionKit.pcm(960).setSampleRate(24_000));
    stream.say(SessionKit.pcm(640));
    kit.advance(Duration.ofMillis(100));
    assertThat(said(0)).hasSize(3);
  }

  @Test
  void badChunkOfAPlainStreamEndsItNamingFieldAndValue() {
    assertEnds(SessionKit.pcm(641), "pcm_data: 641 bytes (expected: a multiple of 2");
    assertEnds(
        SessionKit.pcm(642).setChannels(2), "pcm_data: 642 bytes (expected: a multiple of 4");
    assertEnds(
        SessionKit.pcm((1 << 20) + 2), "pcm_data: 1048578 bytes (expected: at most 1048576)");
    assertEnds(SessionKit.pcm(640).setSampleRate(0), "sample_rate: 0 (expected: 8000 to 48000 Hz)");
    assertEnds(SessionKit.pcm(640).setSampleRate(7_999), "sample_rate: 7999");
    assertEnds(SessionKit.pcm(640).setSampleRate(48_001), "sample_rate: 48001");
    assertEnds(SessionKit.pcm(640).setSampleRate(-16_000), "sample_rate: -16000");
    assertEnds(SessionKit.pcm(640).setChannels(0), "channels: 0 (expected: 1 or 2)");
    assertEnds(SessionKit.pcm(640).setChannels(3), "channels: 3");
    assertEnds(SessionKit.pcm(640).setTrackId(-1), "track_id: -1 (expected: 0 or more)");
    assertEnds(SessionKit.pcm(640).setUserId("v"), "user_id: changed within the stream");
    assertEnds(SessionKit.heartbeat().setUserId("v"), "user_id: changed within the stream");
  }

  @Test
  void seventeenthTrackEndsAPlainStream() {
    FakeStream stream = plain();
    IntStream.range(0, 16).forEach(i -> stream.say(SessionKit.pcm(640).setTrackId(i)));
    assertThat(stream.ended()).isFalse();
    stream.say(SessionKit.pcm(640).setTrackId(16));
    assertThat(stream.endDetail)
        .isEqualTo("track_id: 16 (expected: at most 16 tracks in a session)");
    kit.assertClosed(stream, CloseReason.BAD_REQUEST);
  }

  @Test
  void badChunkWithASequenceIsDroppedCountedAndAcknowledged() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    List<AudioChunk.Builder> bad =
        List.of(
            SessionKit.pcm(641),
            SessionKit.pcm(640).setSampleRate(1),
            SessionKit.pcm(640).setChannels(9),
            SessionKit.pcm((1 << 20) + 2),
            SessionKit.pcm(640).setUserId("v"));
    for (int i = 0; i < bad.size(); i++) {
      stream.say(bad.get(i).setSequence(2 + i));
    }
    stream.say(SessionKit.pcm(640).setTrackId(-1).setSequence(1));
    stream.say(SessionKit.frame(7));
    kit.advance(Duration.ofMillis(100));
    assertThat(stream.ended()).isFalse();
    assertThat(said(0)).hasSize(2);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.INVALID, 6L));
    assertThat(acknowledged(stream)).isEqualTo(7);
    kit.assertNothingLeftBehind();
  }

  @Test
  void audioWithoutASequenceEndsAStreamOfOurs() {
    FakeStream stream = attach();
    stream.say(SessionKit.pcm(640));
    assertThat(stream.end()).isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(stream.endDetail).startsWith("sequence: 0 (expected");
  }

  @Test
  void duplicatesAndGapsAreCountedNotPassedOn() {
    FakeStream stream = attach();
    for (long sequence : new long[] {1, 1, 5, 3, 6}) {
      stream.say(SessionKit.frame(sequence));
      kit.advance(SessionKit.FRAME);
    }
    assertThat(said(0)).hasSize(3);
    assertThat(counts().duplicates()).isEqualTo(2);
    assertThat(counts().missing()).isEqualTo(3);
  }

  @Test
  void halfClosePlaysOutWhatWasAcceptedThenEndsTheSession() {
    FakeStream stream = plain();
    say(stream, 1, 50);
    stream.edge().onHalfClose();
    kit.advance(Duration.ofMillis(900));
    assertThat(stream.ended()).isFalse();
    kit.speak(1, 1);
    assertThat(stream.audio()).hasSize(1);
    kit.advance(Duration.ofMillis(100));
    assertThat(said(0)).hasSize(50);
    kit.assertClosed(stream, CloseReason.LEFT);
  }

  @Test
  void theLastWordOfAStreamAcknowledgesAllThatWasPlayed() {
    FakeStream stream = attach();
    for (int i = 1; i <= 50; i++) {
      stream.say(SessionKit.frame(i));
    }
    stream.edge().onHalfClose();
    kit.advance(Duration.ofSeconds(1));
    assertThat(acknowledged(stream)).isEqualTo(50);
    kit.assertClosed(stream, CloseReason.LEFT);
  }

  @Test
  void halfCloseOfAnIdleStreamEndsTheSessionAtOnce() {
    FakeStream stream = attach();
    stream.edge().onHalfClose();
    kit.assertClosed(stream, CloseReason.LEFT);
  }

  @Test
  void halfClosedStreamThatBreaksStillEndsAsLeftWhenResumable() {
    JoinRoomResponse joined = kit.join(SessionKit.resumable("u"));
    FakeStream stream = kit.attach("u", joined);
    for (int i = 1; i <= 50; i++) {
      stream.say(SessionKit.frame(i));
    }
    stream.edge().onHalfClose();
    stream.edge().onBroken("gone");
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    kit.advance(Duration.ofSeconds(1));
    assertThat(said(0)).hasSize(50);
    assertThat(kit.sessions()).isEmpty();
    assertThat(kit.rooms.last().leaves).containsExactly(CloseReason.LEFT);
    kit.assertNothingLeftBehind();
  }

  @Test
  void whatWaitsWhenASessionClosesIsCounted() {
    FakeStream stream = plain();
    say(stream, 1, 50);
    stream.edge().onBroken("gone");
    assertThat(kit.clock.pendingTasks()).isZero();
    assertThat(said(0).size()).isEqualTo(3);
    kit.assertClosed(stream, CloseReason.STREAM_BROKEN);
  }

  @Test
  void trackThatTakesNothingLosesItsFramesAndNoSession() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    kit.rooms.last().tracks.get(0).broken = true;
    kit.advance(SessionKit.FRAME);
    stream.say(SessionKit.frame(2));
    stream.say(SessionKit.frame(1).setTrackId(2));
    kit.advance(Duration.ofMillis(100));
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.ROOM_LOST, 1L));
    assertThat(said(1)).hasSize(1);
    assertThat(stream.ended()).isFalse();
    assertThat(acknowledged(stream)).isEqualTo(2);
  }

  @Test
  void whatFallsDueWhileTheRoomIsLostForNowIsCountedAndTheRestIsHeard() {
    FakeStream stream = attach();
    for (int i = 1; i <= 4; i++) {
      stream.say(SessionKit.frame(i));
    }
    FakeRooms.Seat seat = kit.rooms.last();
    int heard = said(0).size();
    seat.listener.onInterrupted(CloseReason.ROOM_LOST, "the server was killed");
    kit.advance(Duration.ofSeconds(1));
    assertThat(said(0)).hasSize(heard);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.ROOM_LOST, 4L - heard));

    seat.listener.onRestored();
    stream.say(SessionKit.frame(5));
    kit.advance(Duration.ofMillis(100));
    assertThat(said(0)).hasSize(heard + 1);
    assertThat(acknowledged(stream)).isEqualTo(5);
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void whatTheRoomDoesNotTakeIsCountedUnderItsCause() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    FakeRooms.Track track = kit.rooms.last().tracks.get(0);
    track.refusal = DropCause.OVERFLOW;
    kit.advance(SessionKit.FRAME);
    stream.say(SessionKit.frame(2));
    // Of a frame that goes in pieces, the loss of one is the loss of the frame.
    kit.advance(Duration.ofSeconds(1));
    stream.say(SessionKit.pcm(32_000).setSequence(3));
    track.refusal = null;
    kit.advance(Duration.ofSeconds(2));
    assertThat(counts().delivered()).isEqualTo(1);
    assertThat(counts().dropped()).isEqualTo(Map.of(DropCause.OVERFLOW, 2L));
    assertThat(acknowledged(stream)).isEqualTo(3);
    kit.assertNothingLeftBehind();
  }

  @Test
  void backInTheRoomTheTrackWaitsForItsListenerAgain() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    FakeRooms.Seat seat = kit.rooms.last();
    FakeRooms.Track track = seat.tracks.get(0);
    seat.listener.onInterrupted(CloseReason.ROOM_LOST, "the server was killed");
    kit.advance(Duration.ofSeconds(1));
    track.ready = new CompletableFuture<>();
    seat.listener.onRestored();
    for (int i = 2; i <= 6; i++) {
      stream.say(SessionKit.frame(i));
      kit.advance(SessionKit.FRAME);
    }
    assertThat(said(0)).hasSize(1);

    track.ready.complete(null);
    kit.advance(Duration.ofMillis(200));
    assertThat(said(0)).hasSize(6);
    assertThat(counts().delivered()).isEqualTo(6);
    assertThat(counts().droppedTotal()).isZero();
    assertThat(stream.ended()).isFalse();
  }

  @Test
  void backInTheRoomTheTrackWaitsNoLongerThanTwoSeconds() {
    FakeStream stream = attach();
    stream.say(SessionKit.frame(1));
    FakeRooms.Seat seat = kit.rooms.last();
    seat.listener.onInterrupted(CloseReason.ROOM_LOST, "the server was killed");
    seat.tracks.get(0).ready = new CompletableFuture<>();
    seat.listener.onRestored();
    stream.say(SessionKit.frame(2));
    kit.advance(Duration.ofMillis(1_999));
    assertThat(said(0)).hasSize(1);
    kit.advance(Duration.ofMillis(101));
    assertThat(said(0)).hasSize(2);
  }

  private FakeStream plain() {
    kit.join(SessionKit.request("u"));
    return kit.plain("u");
  }

  private FakeStream attach() {
    return kit.attach("u", kit.join(SessionKit.request("u")));
  }

  private static void say(FakeStream stream, int from, int to) {
    for (int i = from; i <= to; i++) {
      stream.say(SessionKit.pcm(SessionKit.FRAME_BYTES).setTimestampMs(i));
    }
  }

  private List<AudioFrame> said(int track) {
    return kit.rooms.last().tracks.get(track).said;
  }

  private FrameCounts counts() {
    return kit.session("u").orElseThrow().toRoom();
  }

  /** What the client was told last of track 0. */
  private static long acknowledged(FakeStream stream) {
    return stream.sent.stream()
        .flatMap(chunk -> chunk.getAcknowledgedList().stream())
        .filter(entry -> entry.getTrack() == 0)
        .mapToLong(TrackSequence::getSequence)
        .max()
        .orElse(0);
  }

  private void assertEnds(AudioChunk.Builder bad, String detail) {
    FakeStream stream = plain();
    stream.say(bad);
    assertThat(stream.endDetail).startsWith(detail);
    kit.assertClosed(stream, CloseReason.BAD_REQUEST);
  }
}
