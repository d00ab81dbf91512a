package dev.livekitbridge.server.room.livekit.signal;

import java.util.List;

/**
 * The server's answer to a join.
 *
 * @param roomName the room's name
 * @param self ourselves
 * @param others who is in the room already
 * @param mayPublish whether the token permits to publish
 * @param serverVersion the server's version, for the log
 */
public record JoinedRoom(
    String roomName,
    Participant self,
    List<Participant> others,
    boolean mayPublish,
    String serverVersion) {
  /** Takes a copy of the list. */
  public JoinedRoom {
    others = List.copyOf(others);
  }
}
