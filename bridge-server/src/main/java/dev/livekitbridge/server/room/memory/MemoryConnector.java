package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One bridge's way into memory rooms. Several bridges in a process get one each, so that closing
 * one leaves the rooms to the others, and each can be asked for its own participants.
 */
public final class MemoryConnector implements RoomConnector {
  private static final String SCHEME = "memory";

  private final MemoryRooms rooms;
  private final Set<BridgeMember> members = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  MemoryConnector(MemoryRooms rooms) {
    this.rooms = rooms;
  }

  /** The scheme {@code memory}. */
  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  /**
   * Joins the room {@code NAME} of {@code memory:NAME}, or the room of the join's name where the
   * URL has none. The participant's identity is the token's {@code sub} claim where the token is a
   * JWT that has one, else the user id; the token is not verified.
   */
  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    CompletableFuture<Room> joined = new CompletableFuture<>();
    CompletableFuture<?> gate = pass(rooms.takeGate(), join);
    gate.whenComplete(
        (passed, refused) -> {
          if (refused != null) {
            joined.completeExceptionally(asBridgeException(join, refused));
          } else if (!joined.isDone()) {
            enter(join, listener, joined);
          }
        });
    joined.whenComplete(
        (room, failed) -> {
          if (failed instanceof CancellationException) {
            gate.cancel(false);
          }
        });
    return joined;
  }

  /**
   * How many of this connector's participants are in rooms.
   *
   * @return 0 when every session is closed
   */
  public int participantCount() {
    return members.size();
  }

  /** Takes this connector's participants out of their rooms; they hear DRAINING. */
  @Override
  public void close() {
    closed = true;
    for (BridgeMember member : members) {
      rooms.disconnect(member, CloseReason.DRAINING, "the connector to the rooms was closed");
    }
  }

  void remove(BridgeMember member) {
    rooms.remove(member);
    forget(member);
  }

  void forget(BridgeMember member) {
    members.remove(member);
  }

  private void enter(RoomJoin join, RoomListener listener, CompletableFuture<Room> joined) {
    String identity = Identity.of(join);
    String name = roomName(join);
    if (identity.isEmpty() || name.isEmpty()) {
      String missing = name.isEmpty() ? "room_name" : "user_id";
      joined.completeExceptionally(
          new BridgeException(CloseReason.BAD_REQUEST, missing + ": empty (expected: a name)"));
      return;
    }
    BridgeMember member;
    try {
      member =
          rooms.enter(
              name,
              room -> {
                BridgeMember entered = new BridgeMember(identity, room, join, listener, this);
                members.add(entered);
                return entered;
              });
    } catch (IllegalStateException e) {
      joined.completeExceptionally(asBridgeException(join, e));
      return;
    }
    if (closed) {
      member.leave(CloseReason.DRAINING);
      joined.completeExceptionally(
          asBridgeException(join, new IllegalStateException("the connector is closed")));
    } else if (!joined.complete(member)) {
      member.leave(CloseReason.LEFT);
    }
  }

  private static CompletableFuture<?> pass(JoinGate gate, RoomJoin join) {
    try {
      return gate.before(join);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static String roomName(RoomJoin join) {
    String name = join.url().substring(join.url().indexOf(':') + 1);
    if (name.startsWith("//")) {
      name = name.substring(2);
    }
    return name.isEmpty() ? join.roomName() : name;
  }

  private static BridgeException asBridgeException(RoomJoin join, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return cause instanceof BridgeException known
        ? known
        : new BridgeException(
            CloseReason.ROOM_UNREACHABLE,
            "user " + join.userId() + " cannot join room " + roomName(join) + ": " + cause,
            cause);
  }
}
