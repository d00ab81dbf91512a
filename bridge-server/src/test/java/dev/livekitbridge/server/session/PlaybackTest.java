package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.playback.PlaybackFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files in a session, on virtual time: the file and the room are in the hands of the test. */
@NullMarked
class PlaybackTest {
  /** The limiter's look-ahead: sound comes so much later. */
  private static final int DELAY = 80;

  private SessionKit kit = new SessionKit();
  private JoinRoomResponse joined = JoinRoomResponse.getDefaultInstance();

  @BeforeEach
  void join() {
    joined = kit.join(SessionKit.resumable("u"));
    kit.attach("u", joined);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("u").setSessionId(joined.getSessionId()));
    assertThat(kit.sounds.opened).allSatisfy(sound -> assertThat(sound.closed).isTrue());
    kit.assertNothingLeftBehind();
  }

  private PlayAudioRequest.Builder request(String id, int track) {
    return PlayAudioRequest.newBuilder()
        .setUserId("u")
        .setSessionId(joined.getSessionId())
        .setRequestId(id)
        .setTrackId(track)
        .setVolume(1)
        .setAudioUrl("http://files.example/" + id);
  }

  private FakePlayCall play(PlayAudioRequest.Builder request) {
    FakePlayCall call = new FakePlayCall();
    call.ticket = kit.registry.playbacks().play(request.build(), call);
    return call;
  }

  private FakePlayCall play(String id, int track) {
    return play(request(id, track));
  }

  private StopAudioResponse stop(StopAudioRequest.Builder request) {
    List<StopAudioResponse> answers = new ArrayList<>();
    kit.registry
        .playbacks()
        .stop(request.setUserId("u").setSessionId(joined.getSessionId()).build(), answers::add);
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  private static StopAudioRequest.Builder stopRequest() {
    return StopAudioRequest.newBuilder();
  }

  private void advance(int millis) {
    kit.advance(Duration.ofMillis(millis));
  }

  private short[] heard(int track) {
    List<short[]> pieces =
        kit.rooms.last().tracks.stream()
            .filter(each -> each.id.value() == track)
            .flatMap(each -> each.said.stream())
            .map(frame -> frame.toSamples())
            .toList();
    short[] all = new short[pieces.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (short[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  private int heardMillis(int track) {
    return heard(track).length / 16;
  }

  @Test
  void itIsToldFromTheFirstFrameToTheLast() {
    FakePlayCall call = play("one", 0);
    FakeSounds.Fake sound = kit.sounds.last().lasting(1_230_000_000L).sounding(i -> i % 5_000);
    assertThat(sound.rate).isEqualTo(16_000);
    assertThat(call.events).isEmpty();
    sound.comes(1_230);
    sound.ends();
    advance(1_229);
    assertThat(call.types())
        .containsExactly(EventType.STARTED, EventType.PROGRESS, EventType.PROGRESS);
    advance(1);
    assertThat(call.last().getType()).isEqualTo(EventType.COMPLETED);
    assertThat(call.last().getDurationMs()).isEqualTo(1_230);
    assertThat(call.last().getPositionMs()).isEqualTo(1_230);
    assertThat(call.event(0).getDurationMs()).isEqualTo(1_230);
    assertThat(call.event(1).getPositionMs()).isEqualTo(500);
    assertThat(call.event(2).getPositionMs()).isEqualTo(1_000);
    // All of it, sample by sample.
    short[] heard = heard(0);
    assertThat(heard).hasSize(1_230 * 16 + DELAY);
    for (int i = 0; i < 1_230 * 16; i++) {
      assertThat((int) heard[DELAY + i]).isEqualTo(i % 5_000);
    }
  }

  @Test
  void itIsHandedToTheRoomAtThePaceOfRealTime() {
    play("one", 0);
    kit.sounds.last().comes(10_000);
    assertThat(heardMillis(0)).isEqualTo(60);
    for (int i = 1; i < 100; i++) {
      advance(20);
      assertThat(heardMillis(0)).isEqualTo(60 + 20 * i);
    }
  }

  @Test
  void theFirstFrameWaitsForAListenerButNotForLong() {
    kit.rooms.tracksReadyAtOnce = false;
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(10_000);
    advance(300);
    assertThat(call.events).isEmpty();
    kit.rooms.last().tracks.get(0).ready.complete(null);
    assertThat(call.types()).containsExactly(EventType.STARTED);
    FakePlayCall unheard = play("two", 1);
    kit.sounds.last().comes(10_000);
    advance(1_999);
    assertThat(unheard.events).isEmpty();
    advance(1);
    assertThat(unheard.types()).containsExactly(EventType.STARTED);
  }

  @Test
  void aTrackIsPublishedWhenThereIsSoundForItOnly() {
    play("one", 0);
    advance(1_000);
    assertThat(kit.rooms.last().tracks).isEmpty();
    kit.sounds.last().comes(20);
    assertThat(kit.rooms.last().tracks).hasSize(1);
  }

  @Test
  void aStalledDownloadPausesAndGoesOnWithNothingLost() {
    FakePlayCall call = play("one", 0);
    FakeSounds.Fake sound = kit.sounds.last().sounding(i -> i % 3_000).comes(1_000);
    advance(4_000);
    assertThat(heardMillis(0)).isEqualTo(1_005);
    assertThat(call.event(call.events.size() - 1).getPositionMs()).isEqualTo(1_000);
    sound.comes(100);
    advance(100);
    assertThat(heardMillis(0)).as("a little is not enough").isEqualTo(1_005);
    sound.comes(100);
    sound.ends();
    advance(199);
    assertThat(call.end).isNull();
    advance(1);
    assertThat(call.last().getDurationMs()).isEqualTo(1_200);
    short[] heard = heard(0);
    assertThat(heard).hasSize(1_200 * 16 + 2 * DELAY);
    for (int i = 0; i < 200 * 16; i++) {
      assertThat((int) heard[1_000 * 16 + 2 * DELAY + i]).isEqualTo((1_000 * 16 + i) % 3_000);
    }
  }

  @Test
  void aDownloadThatNeitherBeginsNorGoesOnFails() {
    FakePlayCall never = play("one", 0);
    advance(4_999);
    assertThat(never.events).isEmpty();
    advance(1);
    never.assertFailed("TIMEOUT");
    FakePlayCall stalled = play("two", 0);
    kit.sounds.last().comes(500);
    advance(30_600);
    stalled.assertFailed("TIMEOUT");
    assertThat(stalled.last().getPositionMs()).isEqualTo(500);
  }

  @Test
  void aFaultIsToldAfterWhatHadCome() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(400).fails(PlaybackFault.Kind.TRUNCATED, "it is truncated");
    advance(399);
    assertThat(call.end).isNull();
    advance(1);
    call.assertFailed("TRUNCATED");
    assertThat(call.last().getError()).isEqualTo("it is truncated");
    assertThat(call.last().getPositionMs()).isEqualTo(400);
  }

  /** As a caller would who only plays: without a stream, and longer than one may be awaited. */
  @Test
  void aSessionWithoutAStreamLivesAsLongAsACallIsToldOfItsFileAndTenSecondsMore() {
    JoinRoomResponse only = kit.join(SessionKit.request("v"));
    assertThat(only.getSuccess()).isTrue();
    advance(9_000);
    FakePlayCall call = play(request("one", 0).setUserId("v").clearSessionId());
    FakeSounds.Fake sound = kit.sounds.last().comes(20_000);
    advance(20_000);
    // Nothing sounds now: the download stands still.
    advance(15_000);
    assertThat(call.end).isNull();
    sound.comes(1_000);
    sound.ends();
    advance(1_000);
    assertThat(call.last().getType()).isEqualTo(EventType.COMPLETED);
    assertEndsInTenSeconds("v");
  }

  @Test
  void aSessionWithoutAStreamDoesNotOutliveACallThatIsGone() {
    JoinRoomResponse only = kit.join(SessionKit.resumable("v"));
    FakePlayCall call = play(request("one", 0).setUserId("v").setSessionId(only.getSessionId()));
    kit.sounds.last().comes(60_000);
    advance(15_000);
    call.ticket.cancel();
    assertEndsInTenSeconds("v");
  }

  private void assertEndsInTenSeconds(String user) {
    advance(9_999);
    assertThat(kit.state(user)).isEqualTo(SessionState.READY);
    advance(1);
    assertThat(kit.state(user)).isNull();
  }

  @Test
  void aPausedFileIsNoSilenceOfItsStream() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(1_000);
    kit.rooms.last().listener.onInterrupted(CloseReason.ROOM_LOST, "signal lost");
    advance(60_000);
    assertThat(kit.state("u")).isEqualTo(SessionState.STREAMING);
    assertThat(call.end).isNull();
  }

  @Test
  void stopEndsTheSoundAtOnceAndSaysWhatWasStopped() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().sounding(i -> 10_000).comes(10_000);
    advance(1_000);
    StopAudioResponse answer = stop(stopRequest().setRequestId("one").setReason("enough"));
    assertThat(answer.getSuccess()).isTrue();
    assertThat(answer.getStoppedRequestId()).isEqualTo("one");
    call.assertStopped("STOPPED");
    assertThat(call.last().getPositionMs()).isEqualTo(1_000);
    int end = heardMillis(0);
    assertThat(end).as("what still sounds").isLessThanOrEqualTo(1_100);
    // It fades out, so that it does not click.
    short[] heard = heard(0);
    for (int i = heard.length - 300; i < heard.length; i++) {
      assertThat(Math.abs(heard[i] - heard[i - 1])).isLessThan(100);
    }
    advance(1_000);
    assertThat(heardMillis(0)).isEqualTo(end);
  }

  @Test
  void whatIsStoppedIsChosenByIdByTrackOrAllOfIt() {
    for (int track = 0; track < 3; track++) {
      play("p" + track, track);
      kit.sounds.last().comes(10_000);
    }
    assertThat(stop(stopRequest().setRequestId("nobody")).getSuccess()).isFalse();
    assertThat(stop(stopRequest().setRequestId("nobody")).getError()).contains("nobody");
    assertThat(stop(stopRequest().setTrackId(1)).getStoppedRequestId()).isEqualTo("p1");
    play("p3", 1);
    assertThat(stop(stopRequest().setOnlyTrack(true)).getStoppedRequestId()).isEqualTo("p0");
    assertThat(stop(stopRequest()).getStoppedRequestId()).isEqualTo("p2,p3");
    assertThat(stop(stopRequest()).getSuccess()).isTrue();
    assertThat(stop(stopRequest()).getStoppedRequestId()).isEmpty();
  }

  @Test
  void aPlaybackReplacesTheOneOnItsTrackAndOthersPlayOn() {
    FakePlayCall speaker = play("one", 0);
    kit.sounds.last().comes(10_000);
    FakePlayCall tts = play("two", 2);
    kit.sounds.last().comes(10_000);
    advance(200);
    FakePlayCall next = play("three", 0);
    speaker.assertStopped("REPLACED");
    assertThat(tts.end).isNull();
    assertThat(kit.rooms.last().tracks).hasSize(2);
    FakePlayCall all = play(request("four", 1).setStopOther(true));
    next.assertStopped("REPLACED");
    tts.assertStopped("REPLACED");
    assertThat(all.end).isNull();
  }

  @Test
  void whatIsSaidOnItsTrackIsMixedInAndAcknowledged() {
    FakeStream stream = kit.attach("u", joined);
    play("one", 0);
    kit.sounds.last().sounding(i -> 1_000).comes(10_000);
    advance(100);
    for (int i = 1; i <= 10; i++) {
      stream.say(tone(i, 2_000));
      advance(20);
    }
    short[] heard = heard(0);
    long mixed = count(heard, 3_000);
    assertThat(mixed).isBetween(9 * 320L, 10 * 320L);
    assertThat(count(heard, 2_000)).isZero();
    assertThat(kit.session("u").orElseThrow().toRoom().delivered()).isEqualTo(10);
    // What waits when the file is stopped is said all the same.
    stop(stopRequest());
    advance(100);
    heard = heard(0);
    assertThat(count(heard, 3_000) + count(heard, 2_000)).isBetween(10 * 320L - 160, 10 * 320L);
    stream.say(tone(11, 2_000));
    assertThat(count(heard(0), 2_000)).isGreaterThanOrEqualTo(320L);
  }

  private static dev.livekitbridge.proto.AudioChunk.Builder tone(int sequence, int value) {
    byte[] pcm = new byte[SessionKit.FRAME_BYTES];
    for (int i = 0; i < pcm.length; i += 2) {
      pcm[i] = (byte) value;
      pcm[i + 1] = (byte) (value >> 8);
    }
    return SessionKit.frame(sequence).setPcmData(com.google.protobuf.ByteString.copyFrom(pcm));
  }

  private static long count(short[] samples, int value) {
    long count = 0;
    for (short sample : samples) {
      count += sample == value ? 1 : 0;
    }
    return count;
  }

  @Test
  void volumeGoesFromNothingToFourTimes() {
    play(request("mute", 0).setVolume(0));
    kit.sounds.last().sounding(i -> 10_000).comes(200);
    play(request("quiet", 1).setVolume(0.5f));
    kit.sounds.last().sounding(i -> 10_000).comes(200);
    play(request("loud", 2).setVolume(4));
    kit.sounds.last().sounding(i -> 5_000).comes(200);
    advance(200);
    assertThat(heard(0)).containsOnly(0);
    assertThat(count(heard(1), 5_000)).isEqualTo(200 * 16);
    assertThat(count(heard(2), 20_000)).isEqualTo(200 * 16);
  }

  @Test
  void aCallWithoutASessionIdStopsItByItsEnd() {
    kit.join(SessionKit.request("plain"));
    FakePlayCall call =
        play(request("one", 0).setUserId("plain").clearSessionId().setAudioUrl("http://a.b/c"));
    kit.sounds.last().comes(10_000);
    advance(200);
    call.ticket.cancel();
    assertThat(kit.sounds.last().closed).isTrue();
    int end = heardMillis(0);
    advance(500);
    assertThat(heardMillis(0)).isEqualTo(end).isLessThan(300);
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("plain"));
  }

  @Test
  void withASessionIdItOutlivesItsCallItsStreamAndATakeover() {
    FakePlayCall first = play("one", 0);
    kit.sounds.last().comes(10_000);
    FakeStream stream = kit.attach("u", joined);
    advance(500);
    stream.edge().onBroken("the service died");
    first.ticket.cancel();
    assertThat(kit.state("u")).isEqualTo(SessionState.DETACHED);
    advance(1_000);
    joined = kit.join(SessionKit.resumable("u"));
    FakePlayCall second = play("one", 0);
    assertThat(kit.sounds.opened).hasSize(1);
    assertThat(second.types()).containsExactly(EventType.STARTED);
    assertThat(second.event(0).getPositionMs()).isEqualTo(1_500);
    FakePlayCall third = play("one", 0);
    assertThat(second.end).isEqualTo(CloseReason.SUPERSEDED);
    kit.sounds.last().ends();
    kit.attach("u", joined);
    advance(8_500);
    assertThat(third.last().getType()).isEqualTo(EventType.COMPLETED);
    assertThat(heardMillis(0)).isEqualTo(10_005);
    // It is not played again for one who asks late.
    assertThat(play("one", 0).last()).isEqualTo(third.last());
    assertThat(kit.sounds.opened).hasSize(1);
  }

  @Test
  void itEndsWithItsSession() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(10_000);
    kit.rooms.last().listener.onDisconnected(CloseReason.ROOM_DELETED, "gone");
    call.assertStopped("ROOM_DELETED");
    assertThat(play("two", 0).last().getMetadataMap()).containsEntry("reason", "NO_SESSION");
  }

  @Test
  void itWaitsForARoomThatIsAway() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(10_000);
    advance(1_000);
    kit.rooms.last().listener.onInterrupted(CloseReason.ROOM_LOST, "signal lost");
    int before = heardMillis(0);
    advance(2_000);
    assertThat(heardMillis(0)).isEqualTo(before);
    kit.rooms.last().listener.onRestored();
    advance(1_000);
    assertThat(heardMillis(0)).isBetween(before + 1_000, before + 1_100);
    assertThat(call.end).isNull();
  }

  @Test
  void aSoundingSessionIsNotInactive() {
    play("one", 0);
    kit.sounds.last().comes(60_000);
    advance(55_000);
    assertThat(kit.state("u")).isEqualTo(SessionState.STREAMING);
  }

  @Test
  void aSessionPlaysSoManyAtOnceOnly() {
    kit.leave(LeaveRoomRequest.newBuilder().setUserId("u").setSessionId(joined.getSessionId()));
    kit =
        new SessionKit(
            BridgeServerOptions.builder()
                .playback(PlaybackOptions.builder().maxPerSession(2).build()));
    join();
    play("one", 0);
    play("two", 1);
    play("three", 2).assertFailed("OVERLOADED");
    assertThat(play("four", 1).end).isNull();
  }

  @Test
  void stoppedOnesThatHangInTheNetworkCount() {
    for (int i = 0; i < 8; i++) {
      assertThat(play("hangs" + i, 0).end).isNull();
      kit.sounds.last().hangs = true;
    }
    // The last one of them still plays.
    assertThat(play("replaces", 0).end).isNull();
    play("too much", 0).assertFailed("OVERLOADED");
    kit.sounds.opened.get(3).hangs = false;
    assertThat(play("later", 0).end).isNull();
  }

  @Test
  void soundIsMadeForTheRateOfTheRoom() {
    kit.rooms.trackFormat = new AudioFormat(48_000, 1);
    play("one", 0);
    assertThat(kit.sounds.last().rate).isEqualTo(48_000);
    kit.sounds.last().comes(200);
    advance(200);
    assertThat(kit.rooms.last().tracks.get(0).said)
        .allSatisfy(frame -> assertThat(frame.format().sampleRate()).isEqualTo(48_000));
  }

  @Test
  void whatIsSaidIsConvertedWhileAFilePlaysAndElseOnlyWhereTheRoomNeedsIt() {
    kit.rooms.trackFormat = new AudioFormat(48_000, 1);
    kit.rooms.tracksTakeAnyRate = true;
    FakeStream stream = kit.attach("u", joined);
    stream.say(SessionKit.frame(1));
    List<AudioFrame> said = kit.rooms.last().tracks.get(0).said;
    assertThat(said).extracting(frame -> frame.format().sampleRate()).containsExactly(16_000);
    play("one", 0);
    kit.sounds.last().comes(100);
    stream.say(SessionKit.frame(2));
    advance(200);
    assertThat(said).hasSizeGreaterThan(3);
    assertThat(said.subList(1, said.size()))
        .allSatisfy(frame -> assertThat(frame.format().sampleRate()).isEqualTo(48_000));
    kit.sounds.last().ends();
    advance(500);
    stream.say(SessionKit.frame(3));
    assertThat(said.get(said.size() - 1).format().sampleRate()).isEqualTo(16_000);
    assertThat(kit.session("u").orElseThrow().toRoom().delivered()).isEqualTo(3);
  }

  @Test
  void aRoomThatTakesNothingFailsIt() {
    FakePlayCall call = play("one", 0);
    kit.sounds.last().comes(1_000);
    kit.rooms.last().tracks.get(0).broken = true;
    advance(100);
    call.assertFailed("ROOM");
  }

  @Test
  void afterAnHourThePositionIsThatOfTheClock() {
    FakePlayCall call = play("one", 0);
    FakeSounds.Fake sound = kit.sounds.last();
    for (int minute = 0; minute < 60; minute++) {
      sound.comes(60_000);
      for (int second = 0; second < 60; second++) {
        advance(1_000);
        kit.rooms.last().tracks.get(0).said.clear();
      }
      kit.attach("u", joined);
    }
    long position = call.event(call.events.size() - 1).getPositionMs();
    assertThat(position).isBetween(3_599_450L, 3_600_050L);
    assertThat(call.events).hasSize(1 + 7_200);
  }
}
