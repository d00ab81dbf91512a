package dev.livekitbridge.server;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Its own connector and track, in which nobody is: for tests of what is asked of a room. */
@NullMarked
class StubRoom implements RoomConnector, Room, RoomTrack {
  private final String scheme;

  StubRoom(String scheme) {
    this.scheme = scheme;
  }

  @Override
  public Set<String> schemes() {
    return Set.of(scheme);
  }

  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public RoomTrack publish(TrackId track, int channels) {
    return this;
  }

  @Override
  public CompletableFuture<Void> leave(CloseReason reason) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public String participantId() {
    return "bridge";
  }

  @Override
  public int participantCount() {
    return 1;
  }

  @Override
  public AudioFormat format() {
    return AudioFormat.VOICE;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public @Nullable DropCause write(AudioFrame frame) {
    return null;
  }

  @Override
  public void close() {}
}
