package dev.livekitbridge.client;

import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The old place of a session that moved: its bridge plays out what it has and leaves the room;
 * nobody waits for it. Confined to the session's executor.
 */
final class Farewell implements Attachment.Owner {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Attachment old;
  private final SynchronizationContext.ScheduledHandle timer;
  private boolean over;

  private Farewell(Attachment old, ClientShared shared, SynchronizationContext sync) {
    this.old = old;
    this.timer =
        sync.schedule(() -> end(true), PATIENCE_NANOS, TimeUnit.NANOSECONDS, shared.scheduler);
  }

  /** Half-closes its stream; what it still brings is not heard. */
  static void say(
      Attachment old, StreamAttempt stream, ClientShared shared, SynchronizationContext sync) {
    Farewell farewell = new Farewell(old, shared, sync);
    old.handTo(new WarmLane(shared.time, Long.MAX_VALUE / 4, () -> {}), farewell);
    stream.halfClose();
  }

  private void end(boolean leave) {
    if (!over) {
      over = true;
      timer.cancel();
      old.abandon();
      if (leave) {
        old.leave(() -> {});
      }
    }
  }

  @Override
  public void onFailed(Failure failure) {
    // A bridge of ours has left the room when it ends the stream.
    end(failure.transport());
  }

  @Override
  public Trace trace() {
    return Trace.NONE;
  }

  @Override
  public long nextAttempt() {
    throw new IllegalStateException("an old place makes no attempts");
  }

  @Override
  public void onStreamOpening() {}

  @Override
  public void onJoined(JoinRoomResponse response) {}

  @Override
  public void onLive(StreamAttempt stream) {}

  @Override
  public void onTraffic(StreamAttempt stream) {}

  @Override
  public void onDraining(Bridge bridge, Duration remaining) {}
}
