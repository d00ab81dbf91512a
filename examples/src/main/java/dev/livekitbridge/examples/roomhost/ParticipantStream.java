package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One participant's stream, on the host's side. It leaves when the stream ends or breaks. */
final class ParticipantStream implements StreamObserver<ToRoom> {
  private static final Logger log = LoggerFactory.getLogger(ParticipantStream.class);

  private final MemoryRooms rooms;
  private final RoomConnector bridges;
  private final HostCounts counts;
  private final StreamWatch watch;
  private final ServerCallStreamObserver<FromRoom> stream;
  private final Outbox<FromRoom> outbox;
  // Taken on the stream's thread; left from any.
  private volatile @Nullable Seat seat;
  private volatile boolean heard = true;
  // On the watch's thread only.
  private boolean asked;

  ParticipantStream(
      MemoryRooms rooms,
      RoomConnector bridges,
      HostCounts counts,
      StreamWatch watch,
      ServerCallStreamObserver<FromRoom> stream) {
    this.rooms = rooms;
    this.bridges = bridges;
    this.counts = counts;
    this.watch = watch;
    this.stream = stream;
    this.outbox = new Outbox<>(stream, this::cut);
    stream.setOnCancelHandler(this::leave);
    watch.add(this);
  }

  @Override
  public void onNext(ToRoom message) {
    heard = true;
    Seat taken = seat;
    try {
      if (taken == null) {
        join(message);
      } else if (message.hasPublish()) {
        taken.publish(message.getPublish());
      } else if (!message.getPcm().isEmpty()) {
        taken.say(message);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      refuse(String.valueOf(e.getMessage()));
      leave();
    }
  }

  @Override
  public void onError(Throwable broken) {
    leave();
  }

  @Override
  public void onCompleted() {
    leave();
  }

  private void join(ToRoom message) {
    switch (message.getControlCase()) {
      case JOIN_AS_BRIDGE ->
          seat = new BridgeSeat(bridges, message.getJoinAsBridge(), outbox, counts);
      case JOIN_AS_FOREIGN -> {
        String room = message.getJoinAsForeign().getRoom();
        String identity = message.getJoinAsForeign().getIdentity();
        if (room.isEmpty() || identity.isEmpty()) {
          refuse("room and identity: expected a name each");
        } else {
          seat = new ForeignSeat(rooms.room(room).join(identity), outbox);
        }
      }
      case PUBLISH, PONG, CONTROL_NOT_SET -> refuse("the first message must join");
    }
  }

  private void refuse(String detail) {
    outbox.send(Messages.ended(CloseReason.BAD_REQUEST, detail));
    outbox.end();
  }

  /** Asks for a sign of life if there was none since the last call; ends it if there is none. */
  void check() {
    if (heard) {
      heard = false;
      asked = false;
    } else if (!asked) {
      asked = true;
      outbox.send(Messages.PING);
    } else {
      outbox.cut();
    }
  }

  private void leave() {
    watch.remove(this);
    Seat taken = seat;
    if (taken != null) {
      taken.leave();
    }
  }

  /** Too much waits for this process, or it is silent for too long. */
  private void cut() {
    counts.cut.increment();
    log.warn("a participant's process took nothing or gave no sign of life for too long: cut off");
    stream.onError(
        Status.UNAVAILABLE
            .withDescription("cut off: took nothing, or gave no sign of life, for too long")
            .asRuntimeException());
    leave();
  }
}
