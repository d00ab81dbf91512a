package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomContract;
import dev.livekitbridge.server.room.RoomHarness;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rooms behind a socket keep the same contract; the others come in through another connection. */
class RoomHostContractTest extends RoomContract {
  @Override
  protected RoomHarness createHarness() throws Exception {
    return new Harness(RoomHostServer.create("127.0.0.1", 0).start());
  }

  private static final class Harness implements RoomHarness {
    private final RoomHostServer host;
    private final RoomHostConnector connector = RoomHostConnector.create();
    private final RoomHostClient client;

    Harness(RoomHostServer host) {
      this.host = host;
      this.client = RoomHostClient.create(host.address());
    }

    @Override
    public RoomConnector connector() {
      return connector;
    }

    @Override
    public String url(String room) {
      return host.url(room);
    }

    @Override
    public String token(String room, String identity) {
      return "not a JWT, so the user id is the identity";
    }

    @Override
    public Refusal refuseNextJoin(String room, String identity) {
      client.failJoins(1, CloseReason.TOKEN_REJECTED);
      return new Refusal("a-secret", CloseReason.TOKEN_REJECTED);
    }

    @Override
    public Foreign enter(String room, String identity) {
      return new RemoteForeign(client.enter(room, identity).join());
    }

    @Override
    public Set<String> participants(String room) {
      return client.participants(room).stream()
          .map(ParticipantInfo::identity)
          .collect(Collectors.toSet());
    }

    @Override
    public void remove(String room, String identity) {
      client.remove(room, identity);
    }

    @Override
    public void delete(String room) {
      client.delete(room);
    }

    @Override
    public void close() {
      connector.close();
      client.close();
      host.close();
    }
  }

  private static final class RemoteForeign implements RoomHarness.Foreign {
    private final RemoteParticipant participant;
    private final List<RoomHarness.Heard> heard = new CopyOnWriteArrayList<>();
    private @Nullable RoomTrack track;

    RemoteForeign(RemoteParticipant participant) {
      this.participant = participant;
      participant.onAudio((who, name, frame) -> heard.add(new RoomHarness.Heard(who, name, frame)));
    }

    @Override
    public void publish(byte[] data) {
      participant.publish(data);
    }

    @Override
    public void say(AudioFrame frame) {
      if (track == null) {
        track = participant.publishTrack("microphone");
      }
      track.write(frame);
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
