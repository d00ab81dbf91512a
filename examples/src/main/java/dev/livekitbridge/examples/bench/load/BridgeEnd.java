package dev.livekitbridge.examples.bench.load;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A bridge with a room for each session in its process, and in each room someone who speaks. */
final class BridgeEnd implements LoadEnd {
  static final String SPEAKER = "alice";

  private final MemoryRooms rooms = MemoryRooms.create();
  private final List<MemoryParticipant> speakers = new ArrayList<>();
  private final BridgeServer server =
      BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build();

  BridgeEnd(LoadPlan plan, Arrivals arrivals) {
    for (int i = 0; i < plan.sessions(); i++) {
      MemoryParticipant speaker = rooms.room(room(i)).join(SPEAKER);
      speaker.onAudio((identity, track, frame) -> arrivals.arrived(frame.toByteString()));
      speakers.add(speaker);
    }
  }

  static String room(int session) {
    return "load-" + session;
  }

  @Override
  public int open() throws IOException {
    return server.start().port();
  }

  @Override
  public boolean send(int session, byte[] pcm) {
    speakers.get(session).publish(UnsafeByteOperations.unsafeWrap(pcm));
    return true;
  }

  @Override
  public Map<String, Long> counts() {
    FrameCounts toClients =
        server.sessions().stream()
            .map(session -> session.toClient())
            .reduce(FrameCounts.NONE, FrameCounts::plus);
    FrameCounts toRooms =
        server.sessions().stream()
            .map(session -> session.toRoom())
            .reduce(FrameCounts.NONE, FrameCounts::plus);
    return LoadEnd.counts(toClients, toRooms);
  }

  @Override
  public void close() {
    server.close();
    rooms.close();
  }
}
