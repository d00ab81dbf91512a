package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.signal.Participant;
import dev.livekitbridge.server.room.livekit.signal.RemoteTrack;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who else is in the room, and what they publish. */
final class Roster {
  private static final int MOST_FORMER = 64;

  private final String self;
  private final Map<String, Participant> bySid = new LinkedHashMap<>();
  private final Map<String, Participant> byTrack = new HashMap<>();
  // What came of a track is played a little longer than it is published.
  private final Map<String, Participant> byFormerTrack =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Participant> eldest) {
          return size() > MOST_FORMER;
        }
      };

  /**
   * An empty roster.
   *
   * @param self our own sid, which is not in it
   */
  Roster(String self) {
    this.self = self;
  }

  void update(List<Participant> changed) {
    for (Participant each : changed) {
      if (each.sid().equals(self)) {
        continue;
      }
      Participant known = each.gone() ? bySid.remove(each.sid()) : bySid.put(each.sid(), each);
      if (known != null) {
        known.tracks().forEach(track -> retire(track.sid()));
      }
      if (!each.gone()) {
        each.tracks().forEach(track -> byTrack.put(track.sid(), each));
      }
    }
  }

  /** Participants, ourselves included. */
  int count() {
    // Someone who joins again may be in it twice for a moment.
    return 1 + (int) bySid.values().stream().map(Participant::identity).distinct().count();
  }

  /** The identity of a participant, or an empty string. */
  String identityOf(String sid) {
    Participant participant = bySid.get(sid);
    return participant == null ? "" : participant.identity();
  }

  private void retire(String trackSid) {
    Participant owner = byTrack.remove(trackSid);
    if (owner != null) {
      byFormerTrack.put(trackSid, owner);
    }
  }

  /** Whose track it is, or was until a moment ago; or null. */
  @Nullable Participant ownerOf(String trackSid) {
    Participant owner = byTrack.get(trackSid);
    return owner == null ? byFormerTrack.get(trackSid) : owner;
  }

  /** The audio tracks of everyone whom a test admits. */
  Set<String> audioTracks(Predicate<String> identity) {
    Set<String> sids = new LinkedHashSet<>();
    for (Participant each : bySid.values()) {
      if (identity.test(each.identity())) {
        each.tracks().stream().filter(RemoteTrack::audio).map(RemoteTrack::sid).forEach(sids::add);
      }
    }
    return sids;
  }
}
