package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.audio.FormatConverter;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomHarness;
import dev.livekitbridge.server.room.RoomTrack;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Audio both ways through a real server, heard and said by LiveKit's own engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveKitAudioTest {
  private static final int HEARD_RATE = 16_000;
  private static final int AMPLITUDE = 8_000;
  private static final AtomicInteger ROOMS = new AtomicInteger();

  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private LiveKitHarness harness;
  private String room;

  @BeforeAll
  void start() {
    harness = new LiveKitHarness();
  }

  @AfterAll
  void stop() {
    pace.shutdownNow();
    if (harness != null) {
      harness.close();
    }
  }

  @BeforeEach
  void newRoom() {
    room = "audio-" + ROOMS.incrementAndGet();
  }

  @AfterEach
  void nobodyIsLeft() {
    await().atMost(Duration.ofSeconds(10)).until(() -> harness.participants(room).isEmpty());
  }

  /** Says a tone at the pace of real time; completes with its last piece. */
  private void say(RoomTrack track, double hertz, int pieces) {
    AudioFormat format = track.format();
    int samples = format.sampleRate() / 50;
    say(track, piece -> Tone.piece(format, hertz, AMPLITUDE, piece * samples, samples), pieces);
  }

  private void say(RoomTrack track, IntFunction<@Nullable AudioFrame> speech, int pieces) {
    AtomicInteger next = new AtomicInteger();
    ScheduledFuture<?> saying =
        pace.scheduleAtFixedRate(
            () -> {
              int piece = next.getAndIncrement();
              if (piece < pieces) {
                AudioFrame frame = speech.apply(piece);
                if (frame != null) {
                  track.write(frame);
                }
              }
            },
            0,
            20,
            TimeUnit.MILLISECONDS);
    await().atMost(Duration.ofSeconds(30)).until(() -> next.get() >= pieces);
    saying.cancel(false);
  }

  private static short[] heard(RoomHarness.Foreign who, String track) {
    return Tone.samples(
        who.heard().stream()
            .filter(each -> each.trackName().equals(track))
            .map(RoomHarness.Heard::frame)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "go"})
  void whatIsSaidIsHeardFromItsFirstSampleAtItsPitchAndLevel(String engine) throws Exception {
    RoomHarness.Foreign alice = harness.enter(room, "alice", engine);
    Room bridge =
        harness.connector().join(harness.join(room, "bridge"), new RecordingListener()).join();
    RoomTrack speaker = bridge.publish(TrackId.SPEAKER);
    RoomTrack tts = bridge.publish(TrackId.TTS);
    speaker.ready().get(5, TimeUnit.SECONDS);
    tts.ready().get(5, TimeUnit.SECONDS);
    say(speaker, 440, 100);
    say(tts, 1000, 50);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              // Fades take a little at both ends; the listeners' engines stretch, and more so on a
              // busy machine: what their buffers repeat is theirs, so the upper bounds are wide.
              assertThat(Tone.windowsWith(heard(alice, "speaker"), 440, AMPLITUDE, HEARD_RATE))
                  .isBetween(95, 120);
              assertThat(Tone.windowsWith(heard(alice, "tts"), 1000, AMPLITUDE, HEARD_RATE))
                  .isBetween(46, 60);
            });
    assertThat(Tone.windowsWith(heard(alice, "speaker"), 1000, AMPLITUDE, HEARD_RATE)).isZero();
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
  }

  @Test
  void whatIsSaidInStereoIsHeardInStereo() throws Exception {
    RoomHarness.Foreign alice = harness.enterInStereo(room, "alice");
    Room bridge =
        harness.connector().join(harness.join(room, "bridge"), new RecordingListener()).join();
    RoomTrack speaker = bridge.publish(TrackId.SPEAKER, 2);
    assertThat(speaker.format().channels()).isEqualTo(2);
    speaker.ready().get(5, TimeUnit.SECONDS);
    say(speaker, piece -> Tone.onTheLeft(speaker.format(), 440, AMPLITUDE, piece * 960, 960), 100);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              short[] both = heard(alice, "speaker");
              assertThat(Tone.windowsWith(Tone.channel(both, 0), 440, AMPLITUDE, HEARD_RATE))
                  .isBetween(90, 120);
              assertThat(Tone.windowsWith(Tone.channel(both, 1), 440, AMPLITUDE, HEARD_RATE))
                  .isLessThan(10);
            });
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "go"})
  void speechIsRecognisedBothWays(String engine) throws Exception {
    Speech speech = new Speech(6);
    ForeignParticipants.Participant alice = harness.enter(room, "alice", engine);
    RecordingListener listener = new RecordingListener();
    Room bridge =
        harness
            .connector()
            .join(
                harness.join(room, "bridge", "alice", AudioInput.AUDIO_TRACKS, Set.of()), listener)
            .join();
    RoomTrack track = bridge.publish(TrackId.TTS);
    track.ready().get(5, TimeUnit.SECONDS);
    FormatConverter converter = FormatConverter.create(AudioFormat.VOICE, track.format());
    say(track, piece -> converter.convert(speech.frame(piece)), speech.frames());
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(speech.likeness(heard(alice, "tts"))).isGreaterThan(0.9));
    for (int i = 0; i < speech.frames(); i++) {
      alice.say(speech.frame(i));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> assertThat(speech.likeness(Tone.samples(listener.frames()))).isGreaterThan(0.9));
    // It comes back at 0.98; the measure tells other speech from it.
    assertThat(speech.likeness(Tone.reversed(speech.samples()))).isLessThan(0.65);
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "go"})
  void aTrackOfTheTargetIsHeardMutedUnpublishedAndPublishedAgain(String engine) {
    ForeignParticipants.Participant alice = harness.enter(room, "alice", engine);
    RecordingListener listener = new RecordingListener();
    Room bridge =
        harness
            .connector()
            .join(
                harness.join(room, "bridge", "alice", AudioInput.AUDIO_TRACKS, Set.of()), listener)
            .join();
    sayForeign(alice, 600, 0, 150);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(windows(listener, 600)).isGreaterThan(100));
    assertThat(listener.frames()).extracting(AudioFrame::source).containsOnly("alice");
    assertThat(listener.frames()).extracting(AudioFrame::size).containsOnly(640);
    alice.mute(true);
    sayForeign(alice, 750, 0, 50);
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(5))
        .until(() -> windows(listener, 750) < 5);
    alice.mute(false);
    sayForeign(alice, 1200, 0, 100);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(windows(listener, 1200)).isGreaterThan(70));

    alice.unpublish();
    sayForeign(alice, 900, 0, 150);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(windows(listener, 900)).isGreaterThan(100));
    assertThat(alice.failures()).isEmpty();
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
    assertThat(listener.offences()).isEmpty();
  }

  private static int windows(RecordingListener listener, double hertz) {
    return Tone.windowsWith(
        Tone.samples(List.copyOf(listener.frames())), hertz, AMPLITUDE, HEARD_RATE);
  }

  private static void sayForeign(RoomHarness.Foreign who, double hertz, int from, int pieces) {
    int samples = HEARD_RATE / 50;
    for (int i = from; i < from + pieces; i++) {
      who.say(Tone.piece(AudioFormat.VOICE, hertz, AMPLITUDE, i * samples, samples));
    }
  }
}
