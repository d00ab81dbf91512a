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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is said through a bad network: the server asks again for what did not come (NACK). */
class LiveKitLossySenderTest {
  private static final int PIECES = 250;
  private static final int AMPLITUDE = 8_000;
  private static final String ROOM = "lossy-sender";

  @Test
  void whatIsSaidAtFivePercentLossIsHeardByBothEngines() throws Exception {
    BadNetwork network = new BadNetwork(11, 5, 0, 0);
    try (LiveKitHarness harness = new LiveKitHarness();
        LiveKitRooms rooms = LiveKitRooms.builder().tcp(false).hook(network).build()) {
      List<ForeignParticipants.Participant> ears =
          List.of(harness.enter(ROOM, "python", "python"), harness.enter(ROOM, "go", "go"));
      String token = harness.token(ROOM, "bridge");
      Room bridge =
          rooms
              .join(
                  new RoomJoin(
                      harness.url(ROOM),
                      ROOM,
                      "user",
                      token,
                      "",
                      AudioInput.DATA_PACKETS,
                      Set.of()),
                  new RecordingListener())
              .orTimeout(20, TimeUnit.SECONDS)
              .join();
      RoomTrack track = bridge.publish(TrackId.TTS);
      track.ready().get(20, TimeUnit.SECONDS);
      say(track);
      for (RoomHarness.Foreign each : ears) {
        await()
            .atMost(Duration.ofSeconds(15))
            .untilAsserted(
                () ->
                    assertThat(Tone.windowsWith(heard(each), 440, AMPLITUDE, 16_000))
                        .isGreaterThan(PIECES * 97 / 100));
        // 60 ms, as for what we hear.
        assertThat(Tone.longestGap(heard(each), 440, AMPLITUDE, 16_000)).isLessThanOrEqualTo(3);
      }
      bridge.leave(CloseReason.LEFT).join();
      ears.forEach(RoomHarness.Foreign::leave);
    }
  }

  private static void say(RoomTrack track) {
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    AtomicInteger next = new AtomicInteger();
    pace.scheduleAtFixedRate(
        () -> {
          int piece = next.get();
          if (piece < PIECES) {
            track.write(Tone.piece(track.format(), 440, AMPLITUDE, piece * 960, 960));
            next.incrementAndGet();
          }
        },
        0,
        20,
        TimeUnit.MILLISECONDS);
    await().atMost(Duration.ofSeconds(30)).until(() -> next.get() == PIECES);
    pace.shutdownNow();
  }

  private static short[] heard(RoomHarness.Foreign who) {
    return Tone.samples(who.heard().stream().map(RoomHarness.Heard::frame).toList());
  }
}
