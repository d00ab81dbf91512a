package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.simulate.net.SimProcess;
import dev.livekitbridge.examples.simulate.net.VirtualTime;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.memory.MemoryConnector;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bridge process's way into the memory rooms: joins take time, hang and fail as told. */
final class SimRooms implements RoomConnector {
  private final World world;
  private final VirtualTime time;
  private final String bridge;
  private final SimProcess process;
  private final MemoryConnector rooms;

  SimRooms(World world, String bridge, SimProcess process) {
    this.world = world;
    this.time = world.time;
    this.bridge = bridge;
    this.process = process;
    this.rooms = world.rooms.connector();
  }

  @Override
  public Set<String> schemes() {
    return rooms.schemes();
  }

  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    CompletableFuture<Room> joined = new CompletableFuture<>();
    world.doors.enter(
        () -> time.after(world.doors.delayNanos(), process, () -> enter(join, listener, joined)),
        () ->
            joined.completeExceptionally(
                new BridgeException(CloseReason.ROOM_UNREACHABLE, "the room is out of order")));
    return joined;
  }

  /** How many of this bridge's participants are in rooms. */
  int participantCount() {
    return rooms.participantCount();
  }

  /** The room notices that the process is gone. */
  @Override
  public void close() {
    rooms.close();
  }

  private void enter(RoomJoin join, RoomListener listener, CompletableFuture<Room> joined) {
    if (joined.isDone()) {
      return;
    }
    User user = world.user(join.userId());
    Seat seat = new Seat(user, user.seats.size() + 1, bridge, process);
    seat.strangers = Stranger.isToken(join.token());
    seat.lastTrafficNanos = time.nanoTime();
    CompletableFuture<Room> inner = rooms.join(join, new Ears(seat, listener));
    if (inner.isCompletedExceptionally()) {
      inner.whenComplete((room, error) -> joined.completeExceptionally(error));
      return;
    }
    user.seats.add(seat);
    world.story.tell(user.id, () -> bridge + " is in the room, seat " + seat.order);
    if (!joined.complete(new SeatedRoom(inner.join(), seat))) {
      inner.join().leave(CloseReason.LEFT);
    }
  }

  private void gone(Seat seat, CloseReason reason) {
    if (seat.left == null) {
      seat.left = reason;
      seat.leftNanos = time.nanoTime();
      world.story.tell(
          seat.user.id, () -> bridge + " is out of the room, seat " + seat.order + ": " + reason);
      world.audit.left(seat);
    }
  }

  /** Hears the room for a process that may be dead or frozen. */
  private final class Ears implements RoomListener {
    private final Seat seat;
    private final RoomListener listener;

    Ears(Seat seat, RoomListener listener) {
      this.seat = seat;
      this.listener = listener;
    }

    @Override
    public void onFrame(AudioFrame frame) {
      process.run(
          () -> {
            if (!seat.over) {
              seat.hear(Numbered.number(frame.toByteString()), time.nanoTime());
            }
            listener.onFrame(frame);
          });
    }

    @Override
    public void onParticipants(int count) {
      process.run(() -> listener.onParticipants(count));
    }

    @Override
    public void onDisconnected(CloseReason reason, String detail) {
      gone(seat, reason);
      process.run(
          () -> {
            seat.over = true;
            listener.onDisconnected(reason, detail);
          });
    }
  }

  /** A joined room whose every word is written down. */
  private final class SeatedRoom implements Room {
    private final Room room;
    private final Seat seat;

    SeatedRoom(Room room, Seat seat) {
      this.room = room;
      this.seat = seat;
    }

    @Override
    public String participantId() {
      return room.participantId();
    }

    @Override
    public int participantCount() {
      return room.participantCount();
    }

    @Override
    public RoomTrack publish(TrackId track, int channels) {
      return new SeatedTrack(room.publish(track, channels), seat);
    }

    @Override
    public CompletableFuture<Void> leave(CloseReason reason) {
      seat.over = true;
      gone(seat, reason);
      return room.leave(reason);
    }
  }

  private static final class SeatedTrack implements RoomTrack {
    private final RoomTrack track;
    private final Seat seat;

    SeatedTrack(RoomTrack track, Seat seat) {
      this.track = track;
      this.seat = seat;
    }

    @Override
    public AudioFormat format() {
      return track.format();
    }

    @Override
    public CompletableFuture<Void> ready() {
      return track.ready();
    }

    @Override
    public @Nullable DropCause write(AudioFrame frame) {
      @Nullable Seat before = seat.user.publishing;
      seat.user.publishing = seat;
      try {
        return track.write(frame);
      } finally {
        seat.user.publishing = before;
      }
    }
  }
}
