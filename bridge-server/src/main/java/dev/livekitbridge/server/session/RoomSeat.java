package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import io.grpc.SynchronizationContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A session's place in its room: taken at most once, given up at most once, and never kept by a
 * session that is over. Brings what the room tells on its own threads into the session's context,
 * to which all else here is confined.
 */
final class RoomSeat implements RoomListener {
  /** Hears the room, in the context. */
  interface Owner {
    /** The room is joined. */
    void onJoined(Room room);

    /** The room could not be joined. */
    void onJoinFailed(CloseReason reason, String detail);

    /** Audio for the client; {@link #onFramesEnd} follows, once for several. */
    void onRoomFrame(AudioFrame frame);

    /** No more audio for now. */
    void onFramesEnd();

    /** The room is gone for good. */
    void onRoomGone(CloseReason reason, String detail);

    /** A participant is on its way out of the room. */
    void onLeaving(CompletableFuture<Void> left);
  }

  private final SynchronizationContext context;
  private final Owner owner;
  private final Handover<AudioFrame> frames;
  private @Nullable CompletableFuture<Room> joining;
  private @Nullable Room room;
  private String token = "";
  private boolean left;

  RoomSeat(SynchronizationContext context, Owner owner) {
    this.context = context;
    this.owner = owner;
    this.frames = new Handover<>(context, owner::onRoomFrame, owner::onFramesEnd);
  }

  void join(RoomConnector connector, RoomJoin join) {
    token = join.token();
    CompletableFuture<Room> future;
    try {
      future = connector.join(join, this);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
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

  /** Gives the seat up, or the attempt to get it. */
  void leave(CloseReason reason) {
    if (left) {
      return;
    }
    left = true;
    if (room != null) {
      owner.onLeaving(room.leave(reason));
    } else if (joining != null) {
      joining.cancel(false);
    }
  }

  @Override
  public void onFrame(AudioFrame frame) {
    frames.add(frame);
  }

  @Override
  public void onParticipants(int count) {
    // Whoever asks is told the count of that moment.
  }

  @Override
  public void onDisconnected(CloseReason reason, String detail) {
    context.execute(() -> owner.onRoomGone(reason, detail));
  }

  private void onJoin(@Nullable Room joined, @Nullable Throwable error) {
    joining = null;
    if (left) {
      if (joined != null) {
        // Too late: cancelled, replaced or timed out. Nothing stays behind.
        owner.onLeaving(joined.leave(CloseReason.LEFT));
      }
    } else if (joined == null) {
      Throwable cause = error == null ? new IllegalStateException("no room") : error;
      owner.onJoinFailed(Answers.reasonOf(cause), Answers.textOf(cause, token));
    } else {
      room = joined;
      owner.onJoined(joined);
    }
  }
}
