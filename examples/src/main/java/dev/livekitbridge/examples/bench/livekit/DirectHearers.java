package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.bench.load.Arrivals;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.livekit.LiveKitParticipant;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The service as a participant itself, with no bridge between: how late packets are on this machine
 * and at this time before a bridge does anything.
 */
final class DirectHearers implements Hearers, AutoCloseable {
  private final LiveKitAccess access;
  private final LiveKitRooms rooms = LiveKitRooms.builder().build();
  private final List<LiveKitParticipant> participants = new ArrayList<>();
  private volatile Arrivals arrivals = new Arrivals(1);

  DirectHearers(LiveKitAccess access) {
    this.access = access;
  }

  @Override
  public void open(int count) {
    while (participants.size() < count) {
      String room = Users.room(participants.size());
      RoomJoin join =
          new RoomJoin(
              access.url(),
              room,
              "direct",
              access.joinToken(room, "direct"),
              Users.SPEAKER,
              AudioInput.DATA_PACKETS,
              Set.of());
      participants.add(
          rooms.participate(join, new Ear(frame -> arrivals.arrived(frame.toByteString()))).join());
    }
  }

  @Override
  public void count(Arrivals next) {
    arrivals = next;
  }

  @Override
  public void leave() {
    participants.forEach(participant -> participant.leave(CloseReason.LEFT).join());
    participants.clear();
  }

  @Override
  public void close() {
    rooms.close();
  }
}
