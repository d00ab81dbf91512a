package dev.livekitbridge.server.session;

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
import dev.livekitbridge.server.room.TrackFate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Rooms whose every join, track and leaving is in the hands of the test. */
@NullMarked
final class FakeRooms implements RoomConnector {
  final List<Seat> seats = new ArrayList<>();
  boolean joinsAtOnce = true;
  boolean tracksReadyAtOnce = true;
  boolean leavesAtOnce = true;
  boolean tracksTellLater;
  AudioFormat trackFormat = AudioFormat.VOICE;
  boolean tracksTakeAnyRate;

  /** Participants in the rooms now. */
  long present() {
    return seats.stream().filter(seat -> seat.present).count();
  }

  Seat last() {
    return seats.get(seats.size() - 1);
  }

  @Override
  public Set<String> schemes() {
    return Set.of("fake");
  }

  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    Seat seat = new Seat(join, listener);
    seats.add(seat);
    if (joinsAtOnce) {
      seat.complete();
    }
    return seat.joined;
  }

  @Override
  public void close() {}

  /** One join and what came of it. */
  final class Seat implements Room {
    final RoomJoin join;
    final RoomListener listener;
    final CompletableFuture<Room> joined = new CompletableFuture<>();
    final CompletableFuture<Void> gone = new CompletableFuture<>();
    final List<Track> tracks = new ArrayList<>();
    final List<CloseReason> leaves = new ArrayList<>();
    boolean present;

    Seat(RoomJoin join, RoomListener listener) {
      this.join = join;
      this.listener = listener;
    }

    void complete() {
      present = true;
      if (!joined.complete(this)) {
        present = false;
      }
    }

    /** Joins although the join was cancelled, as a connector that is late might. */
    boolean cancelled() {
      return joined.isCancelled();
    }

    /** The room speaks. */
    void speak(AudioFrame frame) {
      listener.onFrame(frame);
    }

    @Override
    public String participantId() {
      return "bridge-" + join.userId();
    }

    @Override
    public int participantCount() {
      return 2;
    }

    @Override
    public AudioFormat trackFormat() {
      return trackFormat;
    }

    @Override
    public RoomTrack publish(TrackId id, int channels) {
      Track track = new Track(id);
      tracks.add(track);
      if (tracksReadyAtOnce) {
        track.ready.complete(null);
      }
      return track;
    }

    @Override
    public CompletableFuture<Void> leave(CloseReason reason) {
      leaves.add(reason);
      present = false;
      if (leavesAtOnce) {
        gone.complete(null);
      }
      return gone;
    }
  }

  /** A published track and what was said on it. */
  final class Track implements RoomTrack {
    final TrackId id;
    CompletableFuture<Void> ready = new CompletableFuture<>();
    final List<AudioFrame> said = new ArrayList<>();
    boolean broken;
    @Nullable DropCause refusal;
    private @Nullable TrackFate fate;

    Track(TrackId id) {
      this.id = id;
    }

    @Override
    public AudioFormat format() {
      return trackFormat;
    }

    @Override
    public boolean takes(AudioFormat other) {
      return tracksTakeAnyRate || other.equals(trackFormat);
    }

    @Override
    public CompletableFuture<Void> ready() {
      return ready;
    }

    @Override
    public boolean reportTo(TrackFate hears) {
      fate = hears;
      return tracksTellLater;
    }

    void left(long end) {
      Objects.requireNonNull(fate).left(end);
    }

    void lost(long end, DropCause cause) {
      Objects.requireNonNull(fate).lost(end, cause);
    }

    @Override
    public @Nullable DropCause write(AudioFrame frame) {
      if (broken) {
        throw new IllegalStateException("the track is broken");
      }
      if (refusal == null) {
        said.add(frame);
      }
      return refusal;
    }
  }
}
