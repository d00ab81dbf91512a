package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** A room on a room host, joined by a bridge. */
final class HostedRoom extends HostStream implements Room {
  private final RoomListener listener;
  private final Consumer<HostedRoom> onGone;

  HostedRoom(
      String who,
      RoomListener listener,
      ScheduledExecutorService scheduler,
      Consumer<HostedRoom> onGone) {
    super(who, scheduler);
    this.listener = listener;
    this.onGone = onGone;
  }

  @Override
  public String participantId() {
    return identity();
  }

  @Override
  public int participantCount() {
    return participants();
  }

  @Override
  public RoomTrack publish(TrackId track, int channels) {
    return publish(track.value(), track.trackName());
  }

  @Override
  public CompletableFuture<Void> leave(CloseReason reason) {
    return leave();
  }

  @Override
  void heard(FromRoom frame) {
    listener.onFrame(Messages.frame(frame));
  }

  @Override
  void participantsChanged(int count) {
    listener.onParticipants(count);
  }

  @Override
  void disconnected(CloseReason reason, String detail) {
    listener.onDisconnected(reason, detail);
  }

  @Override
  void gone() {
    onGone.accept(this);
  }
}
