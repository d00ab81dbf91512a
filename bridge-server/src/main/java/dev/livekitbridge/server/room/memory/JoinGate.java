package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomJoin;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What a join has to pass before it enters the room: the place to script joins that fail, are slow
 * or hang. A test that wants to hold a join and let it go gives a future of its own.
 */
@FunctionalInterface
public interface JoinGate {
  /**
   * A join begins.
   *
   * @param join where and as whom
   * @return when it completes the join goes on; when it fails the join fails, with its {@link
   *     BridgeException} or, for anything else, ROOM_UNREACHABLE. Cancelled when the join is
   */
  CompletableFuture<?> before(RoomJoin join);

  /**
   * Lets everyone in, as if there were none.
   *
   * @return a gate that holds nobody up
   */
  static JoinGate open() {
    return join -> CompletableFuture.completedFuture(null);
  }

  /**
   * Refuses.
   *
   * @param reason why
   * @return a gate that nobody passes
   */
  static JoinGate fail(CloseReason reason) {
    return join ->
        CompletableFuture.failedFuture(
            new BridgeException(
                reason, "room " + join.roomName() + ": the join was told to fail with " + reason));
  }

  /**
   * Never answers.
   *
   * @return a gate at which joins hang until they are cancelled
   */
  static JoinGate hang() {
    return join -> new CompletableFuture<>();
  }

  /**
   * Takes its time.
   *
   * @param delay how long
   * @param scheduler whose time it is
   * @return a gate that lets joins pass after that
   */
  static JoinGate slow(Duration delay, ScheduledExecutorService scheduler) {
    return join -> {
      CompletableFuture<Void> passed = new CompletableFuture<>();
      Future<?> timer =
          scheduler.schedule(() -> passed.complete(null), delay.toNanos(), TimeUnit.NANOSECONDS);
      passed.whenComplete((done, cancelled) -> timer.cancel(false));
      return passed;
    };
  }
}
