package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.JoinAsBridge;
import dev.livekitbridge.examples.roomhost.proto.Publish;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The seat of a bridge's participant. */
final class BridgeSeat implements Seat, RoomListener {
  private final Outbox<FromRoom> outbox;
  private final HostCounts counts;
  private final CompletableFuture<Room> joining;
  private final Map<Integer, RoomTrack> tracks = new HashMap<>();
  private volatile @Nullable Room room;

  BridgeSeat(RoomConnector rooms, JoinAsBridge join, Outbox<FromRoom> outbox, HostCounts counts) {
    this.outbox = outbox;
    this.counts = counts;
    RoomJoin roomJoin =
        new RoomJoin(
            "memory:",
            join.getRoom(),
            join.getUserId(),
            join.getToken(),
            join.getTargetIdentity(),
            Messages.input(join.getInput()),
            Set.copyOf(join.getIgnoreIdentitiesList()));
    this.joining = rooms.join(roomJoin, this);
    joining.whenComplete(this::joined);
  }

  private void joined(@Nullable Room joined, @Nullable Throwable refused) {
    if (joined != null) {
      room = joined;
      outbox.send(() -> Messages.joined(joined.participantId(), joined.participantCount()));
    } else if (refused instanceof BridgeException known) {
      end(known.reason(), String.valueOf(known.getMessage()));
    } else {
      outbox.end();
    }
  }

  @Override
  public void say(ToRoom frame) {
    RoomTrack track = tracks.get(frame.getTrack());
    if (track != null) {
      counts.fromBridges.increment();
      track.write(Messages.frame(frame));
    }
  }

  @Override
  public void publish(Publish publish) {
    Room joined = room;
    if (joined != null) {
      RoomTrack track = joined.publish(TrackId.of(publish.getTrackId()));
      tracks.put(publish.getTrack(), track);
      track.ready().thenRun(() -> outbox.send(Messages.trackReady(publish.getTrack())));
    }
  }

  @Override
  public void leave() {
    joining.cancel(false);
    joining.whenComplete(
        (joined, refused) -> {
          if (joined == null) {
            outbox.end();
          } else {
            joined.leave(CloseReason.LEFT).thenRun(outbox::end);
          }
        });
  }

  @Override
  public void onFrame(AudioFrame frame) {
    counts.toBridges.increment();
    outbox.send(Messages.fromRoom(frame, frame.source(), ""));
  }

  @Override
  public void onParticipants(int count) {
    Room joined = room;
    outbox.send(() -> Messages.participants(joined == null ? count : joined.participantCount()));
  }

  @Override
  public void onDisconnected(CloseReason reason, String detail) {
    end(reason, detail);
  }

  private void end(CloseReason reason, String detail) {
    outbox.send(Messages.ended(reason, detail));
    outbox.end();
  }
}
