package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.concurrent.Handover;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import io.grpc.Context;
import io.grpc.SynchronizationContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A session's place in its room: taken at most once, given up at most once, and never kept by a
 * session that is over. Brings what the room tells on its own threads into the session's context,
 * to which all else here is confined.
 *
 * <p>A room outlives the gRPC call in which something is decided about it: it is joined and left
 * outside of the call's {@link Context}, whose end would take a connector's own calls along.
 */
final class RoomSeat implements RoomListener {
  /** Hears the room, in the context. */
  interface Owner {
    /** The room is joined. */
    void onJoined(Room room);

    /** Audio for the client; {@link #onFramesEnd} follows, once for several. */
    void onRoomFrame(AudioFrame frame);

    /** Audio for the client that was lost before it came here. */
    void onRoomFramesLost(DropCause cause, long frames);

    /** No more audio for now. */
    void onFramesEnd();

    /** The room is lost for now, and tries by itself to come back. */
    void onRoomInterrupted(CloseReason reason);

    /** It is back. */
    void onRoomRestored();

    /** The room could not be joined, or is gone for good. */
    void onRoomGone(CloseReason reason, String detail);

    /** A participant is on its way out of the room. */
    void onLeaving(CompletableFuture<Void> left);
  }

  private final SynchronizationContext context;
  private final SessionEnvironment environment;
  private final SessionMetrics metrics;
  private final String alias;
  private final Owner owner;
  private final Handover<AudioFrame> frames;
  private @Nullable CompletableFuture<Room> joining;
  private @Nullable Room room;
  private volatile int participantsTold;
  private String token = "";
  private boolean interrupted;
  private long interruptedNanos;
  private boolean left;

  RoomSeat(
      SynchronizationContext context, SessionEnvironment environment, String alias, Owner owner) {
    this.context = context;
    this.environment = environment;
    this.metrics = environment.metrics();
    this.alias = alias;
    this.owner = owner;
    this.frames = new Handover<>(context, owner::onRoomFrame, owner::onFramesEnd);
  }

  void join(RoomConnector connector, RoomJoin join) {
    token = join.token();
    CompletableFuture<Room> future;
    Context call = Context.ROOT.attach();
    try {
      future = connector.join(join, this);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    } finally {
      Context.ROOT.detach(call);
    }
    joining = future;
    future.whenComplete((joined, error) -> context.execute(() -> onJoin(joined, error)));
  }

  @Nullable Room room() {
    return room;
  }

  String participantId() {
    return room == null ? "" : room.participantId();
  }

  int participantCount() {
    return room == null ? 0 : room.participantCount();
  }

  /** Any thread: as the room told it last. */
  int participantsTold() {
    return participantsTold;
  }

  /** Whether we are in the room, and not on the way back into it. */
  boolean taken() {
    return room != null && !interrupted;
  }

  /** Gives the seat up, or the attempt to get it. */
  void leave(CloseReason reason) {
    if (left) {
      return;
    }
    left = true;
    settle();
    if (room != null) {
      leave(room, reason);
    } else if (joining != null) {
      joining.cancel(false);
    }
  }

  @Override
  public void onFrame(AudioFrame frame) {
    frames.add(frame);
  }

  @Override
  public void onLost(DropCause cause, long lost) {
    context.execute(() -> owner.onRoomFramesLost(cause, lost));
  }

  @Override
  public void onUnconfirmed(long millis) {
    metrics.unconfirmed.add(millis);
  }

  @Override
  public void onParticipants(int count) {
    participantsTold = count;
  }

  @Override
  public void onInterrupted(CloseReason reason, String detail) {
    context.execute(
        () -> {
          if (!interrupted && !left) {
            interrupted = true;
            interruptedNanos = environment.time().nanoTime();
            metrics.roomInterrupted(reason);
            metrics.faults.add(environment.time().epochMillis(), "room lost", reason, alias);
          }
          owner.onRoomInterrupted(reason);
        });
  }

  @Override
  public void onRestored() {
    context.execute(
        () -> {
          if (interrupted) {
            settle();
            metrics.timers.roomRestored(environment.time().nanoTime() - interruptedNanos);
          }
          owner.onRoomRestored();
        });
  }

  @Override
  public void onDisconnected(CloseReason reason, String detail) {
    context.execute(() -> owner.onRoomGone(reason, detail));
  }

  private void settle() {
    if (interrupted) {
      interrupted = false;
      metrics.roomSettled();
    }
  }

  private void leave(Room of, CloseReason reason) {
    Context call = Context.ROOT.attach();
    try {
      owner.onLeaving(of.leave(reason));
    } finally {
      Context.ROOT.detach(call);
    }
  }

  private void onJoin(@Nullable Room joined, @Nullable Throwable error) {
    joining = null;
    if (left) {
      if (joined != null) {
        // Too late: cancelled, replaced or timed out. Nothing stays behind.
        leave(joined, CloseReason.LEFT);
      }
    } else if (joined == null) {
      Throwable cause = error == null ? new IllegalStateException("no room") : error;
      owner.onRoomGone(Answers.reasonOf(cause), Answers.textOf(cause, token));
    } else {
      room = joined;
      participantsTold = joined.participantCount();
      owner.onJoined(joined);
    }
  }
}
