package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomHarness;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Data packets of two foreign engines at once, at the pace of speech. */
class LiveKitDataTest {
  private static final int PACKETS = 500;

  @Test
  void tenSecondsOfTwoEnginesArriveInOrderAndNoneIsLost() {
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    try (LiveKitHarness harness = new LiveKitHarness()) {
      RecordingListener listener = new RecordingListener();
      Room bridge = harness.connector().join(harness.join("data", "bridge"), listener).join();
      List<ForeignParticipants.Participant> publishers =
          List.of(harness.enter("data", "alice", "python"), harness.enter("data", "gopher", "go"));
      AtomicInteger next = new AtomicInteger();
      pace.scheduleAtFixedRate(
          () -> {
            int number = next.getAndIncrement();
            if (number < PACKETS) {
              publishers.forEach(each -> each.publish(numbered(number)));
            }
          },
          0,
          20,
          TimeUnit.MILLISECONDS);
      await().atMost(Duration.ofSeconds(40)).until(() -> listener.frames().size() >= 2 * PACKETS);
      List<Integer> all = IntStream.range(0, PACKETS).boxed().toList();
      assertThat(numbers(listener, "alice")).isEqualTo(all);
      assertThat(numbers(listener, "gopher")).isEqualTo(all);
      assertThat(listener.frames()).extracting(AudioFrame::size).containsOnly(640);
      bridge.leave(CloseReason.LEFT).join();
      publishers.forEach(RoomHarness.Foreign::leave);
      assertThat(listener.offences()).isEmpty();
    } finally {
      pace.shutdownNow();
    }
  }

  @Test
  void lossyPacketsOfTwoEnginesArriveAndNoneTwice() {
    int packets = 100;
    try (LiveKitHarness harness = new LiveKitHarness()) {
      RecordingListener listener = new RecordingListener();
      Room bridge = harness.connector().join(harness.join("lossy", "bridge"), listener).join();
      List<ForeignParticipants.Participant> publishers =
          List.of(
              harness.enter("lossy", "alice", "python"), harness.enter("lossy", "gopher", "go"));
      for (int i = 0; i < packets; i++) {
        for (ForeignParticipants.Participant each : publishers) {
          each.publishLossy(numbered(i));
        }
      }
      // Nobody sends again what is lost, and a busy machine may lose some.
      for (String publisher : List.of("alice", "gopher")) {
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(numbers(listener, publisher)).hasSizeGreaterThan(packets * 8 / 10));
        assertThat(numbers(listener, publisher)).doesNotHaveDuplicates().allMatch(n -> n < packets);
      }
      bridge.leave(CloseReason.LEFT).join();
      publishers.forEach(RoomHarness.Foreign::leave);
      assertThat(listener.offences()).isEmpty();
    }
  }

  private static byte[] numbered(int number) {
    byte[] pcm = new byte[640];
    pcm[0] = (byte) number;
    pcm[1] = (byte) (number >> 8);
    return pcm;
  }

  private static List<Integer> numbers(RecordingListener listener, String source) {
    return listener.frames().stream()
        .filter(frame -> frame.source().equals(source))
        .map(frame -> (int) frame.toSamples()[0])
        .toList();
  }
}
