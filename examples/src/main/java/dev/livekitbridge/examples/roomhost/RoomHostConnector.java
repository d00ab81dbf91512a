package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.roomhost.proto.JoinAsBridge;
import dev.livekitbridge.examples.roomhost.proto.RoomHostGrpc;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bridge's way to rooms on room hosts: one connection to each host, one stream for each
 * participant, one thread for all. When the host dies every participant's room is lost at once.
 */
public final class RoomHostConnector implements RoomConnector {
  /** The scheme of the URLs: {@code roomhost://HOST:PORT/NAME}. */
  public static final String SCHEME = "roomhost";

  private final HostLoop loop = HostLoop.create("room-host-link");
  private final HostChannels channels = new HostChannels(loop);
  private final Set<HostedRoom> rooms = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RoomHostConnector() {}

  /**
   * A connector; close it.
   *
   * @return not connected to any host yet
   */
  public static RoomHostConnector create() {
    return new RoomHostConnector();
  }

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    HostAddress address;
    try {
      address = HostAddress.ofUrl(join.url());
    } catch (BridgeException e) {
      return CompletableFuture.failedFuture(e);
    }
    String name = address.room().isEmpty() ? join.roomName() : address.room();
    String who = "user " + join.userId() + " in room " + name + " on a room host";
    if (closed) {
      return CompletableFuture.failedFuture(
          new BridgeException(CloseReason.ROOM_UNREACHABLE, who + ": the connector is closed"));
    }
    CompletableFuture<Room> joined = new CompletableFuture<>();
    HostedRoom room = new HostedRoom(who, listener, loop.scheduler(), rooms::remove);
    rooms.add(room);
    room.joined()
        .whenComplete(
            (in, refused) -> {
              if (refused != null) {
                joined.completeExceptionally(refused);
              } else if (!joined.complete(room)) {
                room.cancelJoin();
              }
            });
    joined.whenComplete(
        (in, failed) -> {
          if (joined.isCancelled()) {
            room.cancelJoin();
          }
        });
    RoomHostGrpc.newStub(channels.to(address)).participate(room);
    room.send(ToRoom.newBuilder().setJoinAsBridge(message(join, name)).build());
    if (closed) {
      room.cut(CloseReason.DRAINING, "the connector was closed");
    }
    return joined;
  }

  /**
   * How many participants of this connector are in rooms or on their way.
   *
   * @return 0 when every session is closed
   */
  public int participantCount() {
    return rooms.size();
  }

  @Override
  public void close() {
    closed = true;
    rooms.forEach(room -> room.cut(CloseReason.DRAINING, "the connector was closed"));
    channels.close();
    loop.close();
  }

  private static JoinAsBridge message(RoomJoin join, String room) {
    return JoinAsBridge.newBuilder()
        .setRoom(room)
        .setUserId(join.userId())
        .setToken(join.token())
        .setTargetIdentity(join.targetIdentity())
        .setInput(Messages.kind(join.audioInput()))
        .addAllIgnoreIdentities(join.ignoreIdentities())
        .build();
  }
}
