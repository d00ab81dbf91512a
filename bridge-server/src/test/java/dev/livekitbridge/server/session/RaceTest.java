package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.TestSettings;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** The registry under many threads: whatever they do, the counts are true and nobody is left. */
@NullMarked
class RaceTest {
  private static final int THREADS = 4;

  private final MemoryRooms rooms = MemoryRooms.create();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);
  private final AtomicLong ids = new AtomicLong();
  private final SessionMetrics metrics = new SessionMetrics(null);
  private final RetentionBudget budget = new RetentionBudget(512L << 20);
  private final SessionRegistry registry =
      new SessionRegistry(
          new SessionEnvironment(
              TimeSource.system(),
              scheduler,
              TestSettings.of(BridgeServerOptions.defaults()),
              new RoomConnectors(List.of(rooms)),
              Admission.OPEN,
              new FakeSounds(),
              metrics,
              budget,
              () -> "id" + ids.incrementAndGet(),
              NOPLogger.NOP_LOGGER));

  @AfterEach
  void stop() {
    callers.shutdownNow();
    scheduler.shutdownNow();
    rooms.close();
  }

  @Test
  void ofManyJoinsAtOnceExactlyOneHasTheUserAndAllAreAnswered() throws Exception {
    for (int round = 0; round < 200; round++) {
      CountDownLatch start = new CountDownLatch(1);
      CountDownLatch answers = new CountDownLatch(THREADS);
      for (int i = 0; i < THREADS; i++) {
        callers.execute(
            () -> {
              awaitUninterrupted(start);
              registry.join(request("u").build(), response -> answers.countDown());
            });
      }
      start.countDown();
      assertThat(answers.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(registry.reports().snapshots().get(5, TimeUnit.SECONDS)).hasSize(1);
      assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isEqualTo(1);
    }
    registry.closeAll().get(5, TimeUnit.SECONDS);
    assertNobodyIsLeft();
  }

  @Test
  void joinsStreamsBreaksAndLeavesUnderFlowingAudioLeaveNobodyBehind() throws Exception {
    MemoryParticipant alice = rooms.room("room").join("alice");
    byte[] pcm = new byte[640];
    List<CompletableFuture<Void>> work = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      SplittableRandom random = new SplittableRandom(t);
      boolean speaks = t == 0;
      work.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  if (speaks) {
                    alice.publish(pcm);
                  } else {
                    visit("user" + random.nextInt(2), random);
                  }
                }
              },
              callers));
    }
    CompletableFuture.allOf(work.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
    registry.closeAll().get(5, TimeUnit.SECONDS);
    assertNobodyIsLeft();
    assertThat(budget.heldBytes()).isZero();
  }

  private void visit(String user, SplittableRandom random) {
    CompletableFuture<JoinRoomResponse> joined = new CompletableFuture<>();
    JoinTicket ticket =
        registry.join(
            request(user).setResumeKey("k").setResumeWindowMs(random.nextInt(2) * 10_000).build(),
            joined::complete);
    if (random.nextInt(4) == 0) {
      ticket.cancel();
    }
    String id = joined.orTimeout(10, TimeUnit.SECONDS).join().getSessionId();
    EdgeStream stream = new EdgeStream();
    AttachedStream attached =
        registry.open(AudioChunk.newBuilder().setUserId(user).setSessionId(id).build(), stream);
    if (attached == null) {
      return;
    }
    for (int i = 1; i <= 3; i++) {
      attached.onChunk(SessionKit.frame(i).build());
    }
    switch (random.nextInt(4)) {
      case 0 -> attached.onBroken("test");
      case 1 -> attached.onHalfClose();
      case 2 ->
          registry.leave(
              LeaveRoomRequest.newBuilder().setUserId(user).setSessionId(id).build(), r -> {});
      default -> {}
    }
  }

  private void assertNobodyIsLeft() {
    await()
        .untilAsserted(
            () -> assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isZero());
    assertThat(metrics.sessions()).isZero();
    assertThat(metrics.streams()).isZero();
    assertThat(registry.all()).isEmpty();
  }

  private static JoinRoomRequest.Builder request(String user) {
    return SessionKit.request(user).setLivekitUrl("memory:room").setToken("");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Fails where it is used by two at once, or after its end. */
  private static final class EdgeStream implements ClientStream {
    private final AtomicInteger inside = new AtomicInteger();
    private volatile @Nullable CloseReason end;

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(AudioChunk chunk) {
      assertThat(inside.incrementAndGet()).isEqualTo(1);
      assertThat(end).isNull();
      inside.decrementAndGet();
    }

    @Override
    public void request(int chunks) {}

    @Override
    public void end(CloseReason reason, String detail) {
      assertThat(inside.incrementAndGet()).isEqualTo(1);
      assertThat(end).isNull();
      end = reason;
      inside.decrementAndGet();
    }
  }
}
