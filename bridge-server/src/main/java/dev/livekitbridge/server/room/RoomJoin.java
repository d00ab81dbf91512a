package dev.livekitbridge.server.room;

import dev.livekitbridge.proto.AudioInput;
import java.util.Set;

/**
 * What it takes to join a room.
 *
 * @param url where the room is, such as {@code ws://localhost:7880} or {@code memory:standup}
 * @param roomName the room's name; for a {@code memory:} URL with a name, that name wins
 * @param userId for whom the bridge joins
 * @param token LiveKit access token; a secret
 * @param targetIdentity whose audio to forward; empty for everyone's
 * @param audioInput which of the target's audio to forward
 * @param ignoreIdentities whose audio never to forward
 */
public record RoomJoin(
    String url,
    String roomName,
    String userId,
    String token,
    String targetIdentity,
    AudioInput audioInput,
    Set<String> ignoreIdentities) {

  /**
   * Takes a copy of the set.
   *
   * @param url where the room is, such as {@code ws://localhost:7880} or {@code memory:standup}
   * @param roomName the room's name; for a {@code memory:} URL with a name, that name wins
   * @param userId for whom the bridge joins
   * @param token LiveKit access token; a secret
   * @param targetIdentity whose audio to forward; empty for everyone's
   * @param audioInput which of the target's audio to forward
   * @param ignoreIdentities whose audio never to forward
   */
  public RoomJoin {
    ignoreIdentities = Set.copyOf(ignoreIdentities);
  }

  /**
   * Whether audio of a participant is to be forwarded.
   *
   * @param identity who speaks
   * @return true if it is the target, or anyone where there is none, and not ignored
   */
  public boolean forwards(String identity) {
    return (targetIdentity.isEmpty() || targetIdentity.equals(identity))
        && !ignoreIdentities.contains(identity);
  }

  /** Without the token and without the URL's query. */
  @Override
  public String toString() {
    int query = url.indexOf('?');
    return "RoomJoin[url="
        + (query < 0 ? url : url.substring(0, query))
        + ", roomName="
        + roomName
        + ", userId="
        + userId
        + ", targetIdentity="
        + targetIdentity
        + ", audioInput="
        + audioInput
        + "]";
  }
}
