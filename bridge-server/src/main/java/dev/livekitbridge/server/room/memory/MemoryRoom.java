package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.CloseReason;
import java.util.List;

/**
 * A room by its name, whether anyone is in it or not: the room itself exists while someone is. Safe
 * for use by many threads.
 */
public final class MemoryRoom {
  private final MemoryRooms rooms;
  private final String name;

  MemoryRoom(MemoryRooms rooms, String name) {
    this.rooms = rooms;
    this.name = name;
  }

  /**
   * Its name.
   *
   * @return as in {@code memory:NAME}
   */
  public String name() {
    return name;
  }

  /**
   * Puts a foreign participant into the room. One with the same identity, a bridge's too, is taken
   * out with DUPLICATE_IDENTITY.
   *
   * @param identity who it is
   * @return the participant
   * @throws IllegalArgumentException if the identity is empty
   * @throws IllegalStateException if the rooms are closed
   */
  public MemoryParticipant join(String identity) {
    return rooms.joinForeign(name, identity);
  }

  /**
   * Who is in it.
   *
   * @return everyone, in the order of their joins; empty where there is no such room
   */
  public List<ParticipantInfo> participants() {
    return rooms.participants(name);
  }

  /**
   * Takes someone out; they hear REMOVED.
   *
   * @param identity who
   * @return whether they were in
   */
  public boolean remove(String identity) {
    return rooms.remove(name, identity);
  }

  /** Takes everyone out; they hear ROOM_DELETED. */
  public void delete() {
    rooms.disconnect(name, false, CloseReason.ROOM_DELETED, "the room was deleted");
  }

  /**
   * Breaks the link between every bridge and this room: their participants are taken out and hear
   * ROOM_LOST; foreign ones stay.
   */
  public void lose() {
    rooms.disconnect(name, true, CloseReason.ROOM_LOST, "the link to the room broke");
  }

  /** Its name and who is in it. */
  @Override
  public String toString() {
    return "MemoryRoom[name=" + name + ", participants=" + participants().size() + "]";
  }
}
