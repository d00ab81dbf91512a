package dev.livekitbridge.server.room.livekit.signal;

import java.util.List;

/**
 * A participant as signalling tells of it.
 *
 * @param sid its id in the room, new with every join
 * @param identity who it is
 * @param gone whether it has left
 * @param tracks what it publishes
 */
public record Participant(String sid, String identity, boolean gone, List<RemoteTrack> tracks) {
  /** Takes a copy of the list. */
  public Participant {
    tracks = List.copyOf(tracks);
  }

  /**
   * The name of one of its tracks.
   *
   * @param trackSid the track's id
   * @return as its publisher named it; empty where there is no such track
   */
  public String trackName(String trackSid) {
    for (RemoteTrack track : tracks) {
      if (track.sid().equals(trackSid)) {
        return track.name();
      }
    }
    return "";
  }
}
