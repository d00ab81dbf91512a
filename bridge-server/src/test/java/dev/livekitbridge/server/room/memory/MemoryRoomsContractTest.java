package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomContract;
import dev.livekitbridge.server.room.RoomHarness;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

class MemoryRoomsContractTest extends RoomContract {
  @Override
  protected RoomHarness createHarness() {
    return new Harness();
  }

  private static final class Harness implements RoomHarness {
    private final MemoryRooms rooms = MemoryRooms.create();

    @Override
    public RoomConnector connector() {
      return rooms;
    }

    @Override
    public String url(String room) {
      return "memory:" + room;
    }

    @Override
    public String token(String room, String identity) {
      return "not a JWT, so the user id is the identity";
    }

    @Override
    public Refusal refuseNextJoin(String room, String identity) {
      rooms.nextJoin(JoinGate.fail(CloseReason.NOT_PERMITTED));
      return new Refusal("a-secret", CloseReason.NOT_PERMITTED);
    }

    @Override
    public Foreign enter(String room, String identity) {
      return new MemoryForeign(rooms.room(room).join(identity));
    }

    @Override
    public Set<String> participants(String room) {
      return rooms.room(room).participants().stream()
          .map(ParticipantInfo::identity)
          .collect(Collectors.toSet());
    }

    @Override
    public void remove(String room, String identity) {
      rooms.room(room).remove(identity);
    }

    @Override
    public void delete(String room) {
      rooms.room(room).delete();
    }

    @Override
    public void close() {
      rooms.close();
    }
  }

  private static final class MemoryForeign implements RoomHarness.Foreign {
    private final MemoryParticipant participant;
    private final List<RoomHarness.Heard> heard = new CopyOnWriteArrayList<>();

    MemoryForeign(MemoryParticipant participant) {
      this.participant = participant;
      participant.onAudio(
          (who, track, frame) -> heard.add(new RoomHarness.Heard(who, track, frame)));
    }

    @Override
    public void publish(byte[] data) {
      participant.publish(data);
    }

    @Override
    public void say(AudioFrame frame) {
      participant.publishTrack("microphone").write(frame);
    }

    @Override
    public List<RoomHarness.Heard> heard() {
      return heard;
    }

    @Override
    public void leave() {
      participant.leave();
    }
  }
}
