package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.net.EngineThreads;
import dev.livekitbridge.server.room.livekit.net.SocketHook;
import dev.livekitbridge.server.room.livekit.signal.Claims;
import dev.livekitbridge.server.room.livekit.signal.SignalUrl;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Real LiveKit rooms, for {@code ws://} and {@code wss://} URLs: joins as a participant, in pure
 * Java. Safe for use by many threads at once. Threads are started by the first join; they are
 * daemons: event loops, unless the bridge's own do, and some that come and go with joins.
 *
 * <pre>{@code
 * BridgeServer server = BridgeServer.builder().rooms(LiveKitRooms.create()).build();
 * }</pre>
 */
public final class LiveKitRooms implements RoomConnector {
  private static final long CLOSE_MILLIS = 2_000;

  private final Builder settings;
  private final Set<LiveKitRoom> rooms = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService offered;
  private @Nullable Engine engine;
  private boolean closed;

  private LiveKitRooms(Builder settings) {
    this.settings = settings;
  }

  /**
   * With all defaults.
   *
   * @return a connector, to be closed by whoever it is given to
   */
  public static LiveKitRooms create() {
    return builder().build();
  }

  /**
   * To set something.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<String> schemes() {
    return Set.of("ws", "wss");
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // a participant is a room; a view could not cancel
  public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
    return (CompletableFuture) start(join, listener, false);
  }

  /**
   * Joins as a participant that sends data packets, too, for tests, demonstrations and load. All
   * else is as for {@link #join}.
   *
   * @param join where and as whom
   * @param listener hears the room from the moment of the join
   * @return the participant, once it is in and can send; cancelling the future undoes the join
   */
  public CompletableFuture<LiveKitParticipant> participate(RoomJoin join, RoomListener listener) {
    return start(join, listener, true);
  }

  private CompletableFuture<LiveKitParticipant> start(
      RoomJoin join, RoomListener listener, boolean sendsData) {
    URI uri;
    try {
      uri = SignalUrl.of(join.url());
    } catch (IllegalArgumentException e) {
      return refuse(CloseReason.BAD_REQUEST, join, e.getMessage());
    }
    Claims claims = Claims.read(join.token()).orElse(null);
    if (claims == null) {
      return refuse(CloseReason.TOKEN_REJECTED, join, "token: not a JWT");
    }
    if (!join.roomName().isEmpty()
        && !claims.room().isEmpty()
        && !claims.room().equals(join.roomName())) {
      return refuse(
          CloseReason.BAD_REQUEST,
          join,
          "room_name: " + join.roomName() + " (expected: " + claims.room() + ", the token's)");
    }
    Engine running = engine();
    if (running == null) {
      return refuse(CloseReason.DRAINING, join, "the connector is closed");
    }
    LiveKitRoom room = new LiveKitRoom(running, join, sendsData, listener, uri, rooms::remove);
    rooms.add(room);
    return room.start();
  }

  private static CompletableFuture<LiveKitParticipant> refuse(
      CloseReason reason, RoomJoin join, @Nullable String detail) {
    return CompletableFuture.failedFuture(
        new BridgeException(reason, "join of room " + join.roomName() + ": " + detail));
  }

  /**
   * Runs its rooms on a bridge's event loops, where these are not fewer than it would make itself
   * and {@link Builder#eventLoops} asks for none.
   */
  @Override
  public synchronized void offerThreads(ScheduledExecutorService threads) {
    offered = threads;
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private synchronized @Nullable Engine engine() {
    if (engine != null && engine.threads().ended()) {
      // Those of a bridge that was closed before us.
      engine.threads().close();
      engine = null;
    }
    if (engine == null && !closed) {
      engine =
          new Engine(
              settings.eventLoops > 0
                  ? EngineThreads.own(settings.eventLoops)
                  : EngineThreads.on(offered, Math.max(1, processors() / 2)),
              settings.time,
              new SecureRandom(),
              settings.hook == null ? SocketHook.NONE : settings.hook,
              new LiveKitOptions(settings.joinTimeout, settings.udp, settings.tcp));
    }
    return closed ? null : engine;
  }

  /** For tests: rooms that are joined, being joined or being left. */
  int openRooms() {
    return rooms.size();
  }

  /** Leaves every room, waits at most two seconds for that, and frees threads and sockets. */
  @Override
  public void close() {
    Engine running;
    synchronized (this) {
      closed = true;
      running = engine;
      engine = null;
    }
    if (running == null) {
      return;
    }
    List<CompletableFuture<Void>> leaving =
        rooms.stream().map(room -> room.leave(CloseReason.DRAINING)).toList();
    try {
      CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new))
          .get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Their sockets are cut below; the server finds out by itself.
    }
    running.threads().close();
  }

  /** Sets what may be set. Not safe for use by several threads. */
  public static final class Builder {
    private Duration joinTimeout = LiveKitOptions.DEFAULT.joinTimeout();
    private boolean udp = LiveKitOptions.DEFAULT.udp();
    private boolean tcp = LiveKitOptions.DEFAULT.tcp();
    // 0: not asked for.
    private int eventLoops;
    private TimeSource time = TimeSource.system();
    // Null, so that nothing of netty is loaded before the first join.
    private @Nullable SocketHook hook;

    private Builder() {}

    /**
     * After which a join has failed and leaves nothing behind.
     *
     * @param timeout 100 ms or more; 10 s if not set
     * @return this
     */
    public Builder joinTimeout(Duration timeout) {
      if (timeout.toMillis() < 100) {
        throw new IllegalArgumentException("joinTimeout: " + timeout + " (expected: >= 100 ms)");
      }
      joinTimeout = timeout;
      return this;
    }

    /**
     * Whether media may go over UDP.
     *
     * @param allowed true if not set
     * @return this
     */
    public Builder udp(boolean allowed) {
      udp = allowed;
      return this;
    }

    /**
     * Whether media may go over TCP where UDP finds no way.
     *
     * @param allowed true if not set
     * @return this
     */
    public Builder tcp(boolean allowed) {
      tcp = allowed;
      return this;
    }

    /**
     * How many threads of its own carry the rooms' traffic; a room stays on one. If not set, the
     * rooms run on the event loops of the bridge that they are given to, if it has at least half as
     * many as there are processors ({@code TransportOptions}), and else on so many of their own.
     *
     * @param threads 1 or more
     * @return this
     */
    public Builder eventLoops(int threads) {
      if (threads < 1) {
        throw new IllegalArgumentException("eventLoops: " + threads + " (expected: >= 1)");
      }
      eventLoops = threads;
      return this;
    }

    /** For tests: another clock. */
    Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /** For tests: loss and delay at the bottom of the media sockets. */
    Builder hook(SocketHook hook) {
      this.hook = hook;
      return this;
    }

    /**
     * The connector, as set now.
     *
     * @return a connector, to be closed by whoever it is given to
     */
    public LiveKitRooms build() {
      if (!udp && !tcp) {
        throw new IllegalArgumentException("udp, tcp: both off (expected: at least one)");
      }
      Builder settled = new Builder();
      settled.joinTimeout = joinTimeout;
      settled.udp = udp;
      settled.tcp = tcp;
      settled.eventLoops = eventLoops;
      settled.time = time;
      settled.hook = hook;
      return new LiveKitRooms(settled);
    }
  }
}
