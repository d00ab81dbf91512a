package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.Publish;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryTrack;
import java.util.HashMap;
import java.util.Map;

/** The seat of anyone who is not a bridge. */
final class ForeignSeat implements Seat {
  private final MemoryParticipant participant;
  private final Outbox<FromRoom> outbox;
  private final Map<Integer, MemoryTrack> tracks = new HashMap<>();

  ForeignSeat(MemoryParticipant participant, Outbox<FromRoom> outbox) {
    this.participant = participant;
    this.outbox = outbox;
    participant.onAudio((who, track, frame) -> outbox.send(Messages.fromRoom(frame, who, track)));
    participant.onParticipants(
        count -> outbox.send(() -> Messages.participants(participant.participants().size())));
    participant.onDisconnected(
        (reason, detail) -> {
          outbox.send(Messages.ended(reason, detail));
          outbox.end();
        });
    outbox.send(() -> Messages.joined(participant.identity(), participant.participants().size()));
  }

  @Override
  public void say(ToRoom frame) {
    if (frame.getTrack() == 0) {
      participant.publish(frame.getPcm());
      return;
    }
    MemoryTrack track = tracks.get(frame.getTrack());
    if (track != null) {
      track.write(Messages.frame(frame));
    }
  }

  @Override
  public void publish(Publish publish) {
    MemoryTrack track = participant.publishTrack(publish.getName());
    tracks.put(publish.getTrack(), track);
    track.ready().thenRun(() -> outbox.send(Messages.trackReady(publish.getTrack())));
  }

  @Override
  public void leave() {
    participant.leave();
    outbox.end();
  }
}
