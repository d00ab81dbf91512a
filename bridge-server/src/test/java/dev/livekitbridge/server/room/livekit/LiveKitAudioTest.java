package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

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
  private void say(RoomTrack track, double hertz, int pieces) throws Exception {
    AudioFormat format = track.format();
    int samples = format.sampleRate() / 50;
    AtomicInteger next = new AtomicInteger();
    ScheduledFuture<?> saying =
        pace.scheduleAtFixedRate(
            () -> {
              int piece = next.getAndIncrement();
              if (piece < pieces) {
                track.write(Tone.piece(format, hertz, AMPLITUDE, piece * samples, samples));
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

  @Test
  void whatIsSaidIsHeardFromItsFirstSampleAtItsPitchAndLevel() throws Exception {
    RoomHarness.Foreign alice = harness.enter(room, "alice");
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
              // A little is lost to fades at both ends.
              assertThat(Tone.windowsWith(heard(alice, "speaker"), 440, AMPLITUDE, HEARD_RATE))
                  .isBetween(95, 104);
              assertThat(Tone.windowsWith(heard(alice, "tts"), 1000, AMPLITUDE, HEARD_RATE))
                  .isBetween(46, 54);
            });
    assertThat(Tone.windowsWith(heard(alice, "speaker"), 1000, AMPLITUDE, HEARD_RATE)).isZero();
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
  }

  @Test
  void aTrackOfTheTargetIsHeardFollowedAndStopsWhenMuted() throws Exception {
    ForeignParticipants.Participant alice = harness.enter(room, "alice");
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
    assertThat(Tone.longestGap(Tone.samples(listener.frames()), 600, AMPLITUDE, HEARD_RATE))
        .isLessThanOrEqualTo(2);

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
