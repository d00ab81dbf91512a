package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Many joins, and data for a long time; short unless asked for more:
 *
 * <pre>{@code
 * mvn test -pl bridge-server -am -Dtest=LiveKitSoakTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dsoak.sessions=20 -Dsoak.rounds=50 -Dsoak.joins=300 -Dsoak.seconds=600
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveKitSoakTest {
  private static final int SESSIONS = Integer.getInteger("soak.sessions", 5);
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 4);
  private static final int JOINS = Integer.getInteger("soak.joins", 15);
  private static final int SECONDS = Integer.getInteger("soak.seconds", 3);

  private LiveKitHarness harness;

  @BeforeAll
  void start() {
    harness = new LiveKitHarness();
  }

  @AfterAll
  void stop() {
    if (harness != null) {
      harness.close();
    }
  }

  /** What a process holds. */
  private record Holdings(int descriptors, int threads, long heapBytes) {
    static Holdings now() {
      Runtime runtime = Runtime.getRuntime();
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      String[] open = new File("/proc/self/fd").list();
      return new Holdings(
          open == null ? 0 : open.length,
          ManagementFactory.getThreadMXBean().getThreadCount(),
          runtime.totalMemory() - runtime.freeMemory());
    }
  }

  @Test
  void whatSessionsTakeComesBackWhenTheyLeave() {
    round(0);
    await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
    Holdings before = Holdings.now();
    for (int i = 1; i < ROUNDS; i++) {
      round(i);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              Holdings after = Holdings.now();
              assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 3);
              assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 3);
              assertThat(after.heapBytes()).isLessThan(before.heapBytes() + 8_000_000);
            });
  }

  private void round(int number) {
    String room = "soak-" + number;
    List<CompletableFuture<Room>> joining = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      joining.add(
          harness.connector().join(harness.join(room, "bridge-" + i), new RecordingListener()));
    }
    List<Room> joined = joining.stream().map(CompletableFuture::join).toList();
    assertThat(harness.participants(room)).hasSize(SESSIONS);
    joined.stream()
        .map(each -> each.leave(CloseReason.LEFT))
        .toList()
        .forEach(CompletableFuture::join);
    await().atMost(Duration.ofSeconds(10)).until(() -> harness.participants(room).isEmpty());
  }

  @Test
  void joinsInARowDoNotFail() {
    for (int i = 0; i < JOINS; i++) {
      Room room =
          harness
              .connector()
              .join(harness.join("row", "bridge"), new RecordingListener())
              .orTimeout(15, TimeUnit.SECONDS)
              .join();
      room.leave(CloseReason.LEFT).join();
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> harness.participants("row").isEmpty());
  }

  @Test
  void dataFlowsForAsLongAsWantedInOrderAndNoneIsLost() {
    int packets = SECONDS * 50;
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    try {
      RecordingListener listener = new RecordingListener();
      Room bridge = harness.connector().join(harness.join("long", "bridge"), listener).join();
      ForeignParticipants.Participant gopher = harness.enter("long", "gopher", "go");
      AtomicInteger next = new AtomicInteger();
      pace.scheduleAtFixedRate(
          () -> {
            int number = next.getAndIncrement();
            if (number < packets) {
              byte[] pcm = new byte[640];
              pcm[0] = (byte) number;
              pcm[1] = (byte) (number >> 8);
              gopher.publish(pcm);
            }
          },
          0,
          20,
          TimeUnit.MILLISECONDS);
      await()
          .atMost(Duration.ofSeconds(30 + 2L * SECONDS))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> listener.frames().size() >= packets);
      assertThat(listener.frames().stream().map(LiveKitSoakTest::number).toList())
          .isEqualTo(IntStream.range(0, packets).mapToObj(i -> (short) i).toList());
      bridge.leave(CloseReason.LEFT).join();
      gopher.leave();
    } finally {
      pace.shutdownNow();
    }
  }

  private static short number(AudioFrame frame) {
    return frame.toSamples()[0];
  }
}
