package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomHarness;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomTrack;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is said through a bad network: the server asks again for what did not come (NACK). The same
 * is said on a second track through a good one, since a busy machine loses and stretches by itself:
 * what counts is what the loss takes away from that.
 */
class LiveKitLossySenderTest {
  private static final int PIECES = 250;
  private static final int AMPLITUDE = 8_000;
  private static final double TONE = 440;
  private static final double LEAD_IN = 1_000;
  private static final String ROOM = "lossy-sender";

  @Test
  void whatIsSaidAtFivePercentLossIsHeardByBothEngines() throws Exception {
    BadNetwork network = new BadNetwork(11, 5, 0, 0);
    try (LiveKitHarness harness = new LiveKitHarness();
        LiveKitRooms rooms = LiveKitRooms.builder().tcp(false).hook(network).build();
        LiveKitRooms goodRooms = LiveKitRooms.builder().tcp(false).build()) {
      List<ForeignParticipants.Participant> ears =
          List.of(harness.enter(ROOM, "python", "python"), harness.enter(ROOM, "go", "go"));
      Room bridge = join(harness, rooms, "bridge");
      Room control = join(harness, goodRooms, "control");
      RoomTrack lossy = bridge.publish(TrackId.TTS);
      RoomTrack good = control.publish(TrackId.SPEAKER);
      lossy.ready().get(20, TimeUnit.SECONDS);
      good.ready().get(20, TimeUnit.SECONDS);
      // A track is ready with its first listener: the other one may be a fifth of a second behind.
      say(List.of(lossy, good), () -> ears.stream().allMatch(LiveKitLossySenderTest::listens));
      for (RoomHarness.Foreign each : ears) {
        await()
            .atMost(Duration.ofSeconds(15))
            .untilAsserted(
                () -> {
                  int heardWell = windows(heard(each, "speaker"));
                  assertThat(heardWell).isGreaterThan(PIECES * 9 / 10);
                  assertThat(windows(heard(each, "tts")))
                      .isGreaterThanOrEqualTo(heardWell * 97 / 100);
                });
        // Once it has begun nothing is missing but what the loss may take.
        assertThat(silent(heard(each, "tts")))
            .isLessThanOrEqualTo(silent(heard(each, "speaker")) + PIECES * 3 / 100);
        // 60 ms, as for what we hear.
        assertThat(gap(heard(each, "tts"))).isLessThanOrEqualTo(gap(heard(each, "speaker")) + 3);
      }
      bridge.leave(CloseReason.LEFT).join();
      control.leave(CloseReason.LEFT).join();
      ears.forEach(RoomHarness.Foreign::leave);
    }
  }

  private static Room join(LiveKitHarness harness, LiveKitRooms rooms, String identity) {
    String token = harness.token(ROOM, identity);
    String url = harness.url(ROOM);
    return rooms
        .join(
            new RoomJoin(url, ROOM, "user", token, "", AudioInput.DATA_PACKETS, Set.of()),
            new RecordingListener())
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  /** Says the tone, after a lead-in of another pitch for as long as somebody does not listen. */
  private static void say(List<RoomTrack> tracks, BooleanSupplier allListen) {
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    AtomicBoolean begun = new AtomicBoolean();
    AtomicInteger said = new AtomicInteger();
    AtomicInteger next = new AtomicInteger();
    pace.scheduleAtFixedRate(
        () -> {
          if (said.get() == PIECES) {
            return;
          }
          double hertz = begun.get() ? TONE : LEAD_IN;
          int from = next.getAndIncrement() * 960;
          for (RoomTrack track : tracks) {
            track.write(Tone.piece(track.format(), hertz, AMPLITUDE, from, 960));
          }
          if (hertz == TONE) {
            said.incrementAndGet();
          }
        },
        0,
        20,
        TimeUnit.MILLISECONDS);
    await().atMost(Duration.ofSeconds(20)).until(allListen::getAsBoolean);
    begun.set(true);
    await().atMost(Duration.ofSeconds(30)).until(() -> said.get() == PIECES);
    pace.shutdownNow();
  }

  private static boolean listens(RoomHarness.Foreign who) {
    return Stream.of("tts", "speaker")
        .allMatch(track -> Tone.windowsWith(heard(who, track), LEAD_IN, AMPLITUDE, 16_000) > 0);
  }

  private static short[] heard(RoomHarness.Foreign who, String track) {
    return Tone.samples(
        who.heard().stream()
            .filter(each -> each.trackName().equals(track))
            .map(RoomHarness.Heard::frame)
            .toList());
  }

  private static int windows(short[] heard) {
    return Tone.windowsWith(heard, TONE, AMPLITUDE, 16_000);
  }

  private static int silent(short[] heard) {
    return Tone.silentWindows(heard, TONE, AMPLITUDE, 16_000);
  }

  private static int gap(short[] heard) {
    return Tone.longestGap(heard, TONE, AMPLITUDE, 16_000);
  }
}
