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
  private final String self;
  private final Map<String, Participant> bySid = new LinkedHashMap<>();
  private final Map<String, Participant> byTrack = new HashMap<>();

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
        known.tracks().forEach(track -> byTrack.remove(track.sid()));
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

  /** Whose track it is, or null. */
  @Nullable Participant ownerOf(String trackSid) {
    return byTrack.get(trackSid);
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
