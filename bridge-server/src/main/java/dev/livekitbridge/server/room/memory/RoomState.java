package dev.livekitbridge.server.room.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A room while someone is in it. Who is in it changes under the lock of {@link MemoryRooms}; anyone
 * may look, at any time.
 */
final class RoomState {
  final String name;
  private volatile Member[] members = {};

  RoomState(String name) {
    this.name = name;
  }

  /** Who is in it at this moment; not to be changed. */
  Member[] members() {
    return members;
  }

  @Nullable Member find(String identity) {
    for (Member member : members) {
      if (member.identity.equals(identity)) {
        return member;
      }
    }
    return null;
  }

  /** Puts one in, in the place of the one with the same identity, which it returns. */
  @Nullable Member add(Member member) {
    Member replaced = find(member.identity);
    if (replaced != null) {
      remove(replaced);
    }
    Member[] more = Arrays.copyOf(members, members.length + 1);
    more[members.length] = member;
    members = more;
    return replaced;
  }

  /** Whether it was in. */
  boolean remove(Member member) {
    int at = Arrays.asList(members).indexOf(member);
    if (at < 0) {
      return false;
    }
    member.markGone();
    Member[] rest = new Member[members.length - 1];
    System.arraycopy(members, 0, rest, 0, at);
    System.arraycopy(members, at + 1, rest, at, rest.length - at);
    members = rest;
    return true;
  }

  /** Tells everyone but that one that someone came or went. */
  void tellOthers(Member except) {
    for (Member member : members) {
      if (member != except) {
        member.participantsChanged();
      }
    }
  }

  /** Someone may have begun to listen. */
  void checkTracksReady() {
    for (Member member : members) {
      member.checkTracksReady();
    }
  }
}
