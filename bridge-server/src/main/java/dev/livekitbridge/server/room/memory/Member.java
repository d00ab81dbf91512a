package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Someone in a room, of either kind. Safe for use by many threads. */
abstract class Member {
  final String identity;
  final RoomState room;
  final Mailbox mailbox = new Mailbox();
  final ParticipantInfo.Kind kind;
  private volatile MemoryTrack[] tracks = {};
  private volatile boolean gone;

  Member(String identity, ParticipantInfo.Kind kind, RoomState room) {
    this.identity = identity;
    this.kind = kind;
    this.room = room;
  }

  /** Whether tracks of that one are heard here. */
  abstract boolean hearsTracksOf(Member publisher);

  /** A data packet; the frame tells whose. */
  abstract void hearData(AudioFrame frame);

  abstract void hearTrack(MemoryTrack track, AudioFrame frame);

  /** Someone else came or went. */
  abstract void participantsChanged();

  /** Was taken out of the room by someone else. Called at most once. */
  abstract void disconnected(CloseReason reason, String detail);

  /** Whether it is out of the room: what it says is heard by nobody. */
  final boolean isGone() {
    return gone;
  }

  final void markGone() {
    gone = true;
  }

  final MemoryTrack publishTrack(String name) {
    MemoryTrack track;
    synchronized (this) {
      for (MemoryTrack published : tracks) {
        if (published.name().equals(name)) {
          return published;
        }
      }
      track = new MemoryTrack(this, name);
      MemoryTrack[] more = Arrays.copyOf(tracks, tracks.length + 1);
      more[tracks.length] = track;
      tracks = more;
    }
    track.checkReady();
    return track;
  }

  final synchronized void unpublish(MemoryTrack track) {
    List<MemoryTrack> rest = new ArrayList<>(Arrays.asList(tracks));
    rest.remove(track);
    tracks = rest.toArray(MemoryTrack[]::new);
  }

  final void checkTracksReady() {
    for (MemoryTrack track : tracks) {
      track.checkReady();
    }
  }

  final ParticipantInfo info() {
    return new ParticipantInfo(
        identity, kind, Arrays.stream(tracks).map(MemoryTrack::name).toList());
  }
}
