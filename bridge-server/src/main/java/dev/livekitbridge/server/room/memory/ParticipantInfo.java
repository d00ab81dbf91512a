package dev.livekitbridge.server.room.memory;

import java.util.List;

/**
 * Someone in a room, at one moment.
 *
 * @param identity unique in the room
 * @param kind a bridge's participant, or a foreign one
 * @param tracks names of the audio tracks that it publishes
 */
public record ParticipantInfo(String identity, Kind kind, List<String> tracks) {
  /** Who put the participant there. */
  public enum Kind {
    /** A bridge, through a connector. */
    BRIDGE,
    /** Anyone else, through {@link MemoryRoom#join}. */
    FOREIGN
  }

  /**
   * Takes a copy of the list.
   *
   * @param identity unique in the room
   * @param kind a bridge's participant, or a foreign one
   * @param tracks names of the audio tracks that it publishes
   */
  public ParticipantInfo {
    tracks = List.copyOf(tracks);
  }
}
