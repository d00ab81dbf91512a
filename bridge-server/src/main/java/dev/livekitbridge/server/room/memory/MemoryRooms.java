package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rooms inside the process, and the connector to them. A room exists while someone is in it.
 *
 * <p>Safe for use by many threads. It has no thread of its own: listeners and handlers run on the
 * thread of whoever caused the event, one at a time for each, never under a lock. Nothing here
 * paces: a frame is heard when it is said.
 */
public final class MemoryRooms implements RoomConnector {
  private static final JoinGate OPEN = JoinGate.open();

  private final TimeSource time;
  private final MemoryConnector own = new MemoryConnector(this);
  private final ConcurrentLinkedQueue<JoinGate> nextGates = new ConcurrentLinkedQueue<>();
  private volatile JoinGate gate = OPEN;
  private final Object lock = new Object();
  // Both guarded by the lock.
  private final Map<String, RoomState> live = new LinkedHashMap<>();
  private boolean closed;

  private MemoryRooms(TimeSource time) {
    this.time = time;
  }

  /**
   * Rooms on the machine's time.
   *
   * @return no rooms yet
   */
  public static MemoryRooms create() {
    return create(TimeSource.system());
  }

  /**
   * Rooms on a given time, which the time stamps of data packets come from.
   *
   * @param time such as a fake clock
   * @return no rooms yet
   */
  public static MemoryRooms create(TimeSource time) {
    return new MemoryRooms(time);
  }

  /**
   * A room by its name. It need not exist.
   *
   * @param name not empty
   * @return the room
   */
  public MemoryRoom room(String name) {
    return new MemoryRoom(this, name);
  }

  /**
   * The rooms that exist now.
   *
   * @return in the order in which they came to be
   */
  public List<MemoryRoom> rooms() {
    synchronized (lock) {
      return live.keySet().stream().map(this::room).toList();
    }
  }

  /**
   * How many participants of a kind are in all rooms.
   *
   * @param kind which
   * @return a count; of {@code BRIDGE}, 0 when every session is closed
   */
  public int participantCount(ParticipantInfo.Kind kind) {
    int count = 0;
    synchronized (lock) {
      for (RoomState room : live.values()) {
        for (Member member : room.members()) {
          count += member.kind == kind ? 1 : 0;
        }
      }
    }
    return count;
  }

  /**
   * Another bridge's connector to these rooms.
   *
   * @return it can be closed without closing the rooms
   */
  public MemoryConnector connector() {
    return new MemoryConnector(this);
  }

  /**
   * Scripts one of the next joins by a bridge: each gate given here is for one join, in order.
   *
   * @param next what that join has to pass
   */
  public void nextJoin(JoinGate next) {
    nextGates.add(next);
  }

  /**
   * Scripts every join by a bridge for which {@link #nextJoin} has nothing.
   *
   * @param every what those joins have to pass; null lets them in
   */
  public void everyJoin(@Nullable JoinGate every) {
    gate = every == null ? OPEN : every;
  }

  @Override
  public Set<String> schemes() {
    return own.schemes();
  }

  /** As {@link MemoryConnector#join} of a connector that closes with the rooms. */
  @Override
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    return own.join(join, listener);
  }

  /** Takes everyone out of every room, foreign participants too; they hear DRAINING. */
  @Override
  public void close() {
    List<String> names;
    synchronized (lock) {
      closed = true;
      names = List.copyOf(live.keySet());
    }
    own.close();
    for (String name : names) {
      disconnect(name, false, CloseReason.DRAINING, "the rooms were closed");
    }
  }

  TimeSource time() {
    return time;
  }

  JoinGate takeGate() {
    JoinGate next = nextGates.poll();
    return next == null ? gate : next;
  }

  MemoryParticipant joinForeign(String name, String identity) {
    if (identity.isEmpty()) {
      throw new IllegalArgumentException("identity: empty (expected: a name)");
    }
    MemoryParticipant[] joined = new MemoryParticipant[1];
    enter(
        name,
        room -> {
          joined[0] = new MemoryParticipant(this, identity, room);
          return joined[0].member();
        });
    return joined[0];
  }

  /** Puts a new one into a room, which is made if need be. */
  <M extends Member> M enter(String name, Function<RoomState, M> make) {
    RoomState room;
    M member;
    Member replaced;
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the rooms are closed");
      }
      room = live.computeIfAbsent(name, RoomState::new);
      member = make.apply(room);
      replaced = room.add(member);
    }
    if (replaced != null) {
      replaced.disconnected(
          CloseReason.DUPLICATE_IDENTITY, "someone joined with the identity " + member.identity);
    }
    room.tellOthers(member);
    room.checkTracksReady();
    return member;
  }

  /** Takes one out, without telling it. Whether it was in. */
  boolean remove(Member member) {
    synchronized (lock) {
      if (!member.room.remove(member)) {
        return false;
      }
      if (member.room.members().length == 0) {
        live.remove(member.room.name);
      }
    }
    member.room.tellOthers(member);
    return true;
  }

  boolean remove(String name, String identity) {
    RoomState room = find(name);
    Member member = room == null ? null : room.find(identity);
    return member != null && disconnect(member, CloseReason.REMOVED, "removed from the room");
  }

  void disconnect(String name, boolean bridgesOnly, CloseReason reason, String detail) {
    RoomState room = find(name);
    if (room != null) {
      for (Member member : room.members()) {
        if (!bridgesOnly || member instanceof BridgeMember) {
          disconnect(member, reason, detail);
        }
      }
    }
  }

  boolean disconnect(Member member, CloseReason reason, String detail) {
    boolean removed = remove(member);
    if (removed) {
      member.disconnected(reason, detail);
    }
    return removed;
  }

  List<ParticipantInfo> participants(String name) {
    RoomState room = find(name);
    return room == null ? List.of() : infos(room);
  }

  static List<ParticipantInfo> infos(RoomState room) {
    return Arrays.stream(room.members()).map(Member::info).toList();
  }

  private @Nullable RoomState find(String name) {
    synchronized (lock) {
      return live.get(name);
    }
  }
}
