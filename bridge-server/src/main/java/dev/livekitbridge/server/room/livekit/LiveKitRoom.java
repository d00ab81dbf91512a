package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.livekit.signal.Claims;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room as its session sees it: it outlives the single stay. When a stay is lost it rejoins by
 * itself with the newest token, and publishes again what was published. All state lives on one
 * event loop; the public methods only hand over to it.
 */
final class LiveKitRoom implements LiveKitParticipant {
  private static final Logger LOG = LoggerFactory.getLogger(LiveKitRoom.class);

  /** Data packets that may wait to be sent. */
  private static final int MOST_WAITING = 1_000;

  private final Engine engine;
  private final EventLoop loop;
  private final RoomJoin join;
  private final RoomListener listener;
  private final URI uri;
  private final Consumer<LiveKitRoom> onOver;
  private final boolean sendsData;
  private final CompletableFuture<LiveKitParticipant> joining = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final Map<TrackId, LocalTrack> tracks = new LinkedHashMap<>();
  private volatile String participantId = "";
  private volatile int participantCount;
  private volatile String route = "";
  private final AtomicInteger handedOver = new AtomicInteger();
  private volatile int waitingData;
  private String token;
  private @Nullable Participation stay;
  private @Nullable Future<?> rejoin;
  private @Nullable Ending firstCause;
  private boolean in;
  private boolean entered;
  private boolean over;
  private int failures;
  private long activeSinceNanos;

  LiveKitRoom(
      Engine engine,
      RoomJoin join,
      boolean sendsData,
      RoomListener listener,
      URI uri,
      Consumer<LiveKitRoom> onOver) {
    this.engine = engine;
    this.loop = engine.threads().nextLoop();
    this.join = join;
    this.sendsData = sendsData;
    this.listener = listener;
    this.uri = uri;
    this.onOver = onOver;
    this.token = join.token();
  }

  /** Begins the first join. Cancelling what it returns undoes it. */
  CompletableFuture<LiveKitParticipant> start() {
    joining.whenComplete(
        (room, failed) -> {
          // Cancelled, or ended by its holder in another way, such as a timeout.
          if (room == null) {
            leave(CloseReason.LEFT);
          }
        });
    onLoop(this::enter);
    return joining;
  }

  private void enter() {
    if (over) {
      return;
    }
    Participation next = new Participation(engine, loop, join, token, sendsData, new Stay());
    stay = next;
    next.start(uri);
  }

  @Override
  public String participantId() {
    return participantId;
  }

  @Override
  public int participantCount() {
    return participantCount;
  }

  @Override
  public AudioFormat trackFormat() {
    return LocalTrack.MONO;
  }

  @Override
  public RoomTrack publish(TrackId id, int channels) {
    LocalTrack track = new LocalTrack(id, channels, loop);
    onLoop(
        () -> {
          if (over) {
            return;
          }
          tracks.put(id, track);
          if (stay != null && in) {
            stay.publish(track);
          }
        });
    return track;
  }

  @Override
  public boolean send(ByteString data, boolean reliable) {
    if (data.size() > MAX_DATA_BYTES) {
      throw new IllegalArgumentException(
          "data: " + data.size() + " bytes (expected: at most " + MAX_DATA_BYTES + ")");
    }
    if (!sendsData || route.isEmpty()) {
      return false;
    }
    if (handedOver.get() + waitingData >= MOST_WAITING) {
      onLoop(this::countWaiting);
      return false;
    }
    handedOver.incrementAndGet();
    onLoop(
        () -> {
          handedOver.decrementAndGet();
          if (stay != null) {
            stay.send(data, reliable);
          }
          countWaiting();
        });
    return true;
  }

  private void countWaiting() {
    waitingData = stay == null ? 0 : stay.waitingData();
  }

  @Override
  public String route() {
    return route;
  }

  @Override
  public CompletableFuture<Void> leave(CloseReason reason) {
    onLoop(() -> leaveNow(reason));
    return left;
  }

  private void leaveNow(CloseReason reason) {
    if (over) {
      return;
    }
    LOG.info("user={} room={} reason={} leaves the room", join.userId(), join.roomName(), reason);
    over();
    joining.cancel(false);
    Participation last = stay;
    stay = null;
    if (last == null) {
      gone();
    } else {
      last.leave(this::gone);
    }
    closeTracks();
  }

  private void over() {
    over = true;
    in = false;
    route = "";
    if (rejoin != null) {
      rejoin.cancel(false);
    }
  }

  private void closeTracks() {
    tracks.values().forEach(LocalTrack::close);
    tracks.clear();
  }

  private void gone() {
    onOver.accept(this);
    left.complete(null);
  }

  private void onLoop(Runnable work) {
    try {
      if (loop.inEventLoop()) {
        work.run();
      } else {
        loop.execute(work);
      }
    } catch (RejectedExecutionException closed) {
      // The connector was closed: its sockets are gone and nobody is left in any room.
      left.complete(null);
      joining.cancel(false);
    }
  }

  /** The stay is over; decides whether another follows. */
  private void ended(Ending ending) {
    stay = null;
    if (!entered) {
      over();
      closeTracks();
      gone();
      joining.completeExceptionally(
          new BridgeException(
              ending.reason(),
              "join of room " + join.roomName() + " at " + where() + ": " + ending.detail()));
      return;
    }
    if (in) {
      in = false;
      route = "";
      participantCount = 0;
      if (engine.time().nanoTime() - activeSinceNanos >= RejoinPace.SETTLED_NANOS) {
        failures = 0;
      }
      firstCause = ending;
      if (ending.rejoin()) {
        listener.onInterrupted(ending.reason(), ending.detail());
      }
    }
    if (over) {
      return;
    }
    if (!ending.rejoin()) {
      finish(ending.reason(), ending.detail());
      return;
    }
    if (Claims.read(token).filter(c -> c.expired(engine.time().epochMillis())).isPresent()) {
      finish(CloseReason.TOKEN_REJECTED, "the token has expired; lost by: " + cause(ending));
      return;
    }
    long delay = RejoinPace.delayMillis(failures, engine.random());
    failures++;
    LOG.info(
        "user={} room={} reason={} lost the room, tries again in {} ms: {}",
        join.userId(),
        join.roomName(),
        ending.reason(),
        delay,
        ending.detail());
    rejoin = loop.schedule(this::enter, delay, TimeUnit.MILLISECONDS);
  }

  private String cause(Ending last) {
    return firstCause == null ? last.detail() : firstCause.detail();
  }

  private void finish(CloseReason reason, String detail) {
    over();
    closeTracks();
    LOG.info(
        "user={} room={} reason={} the room is gone: {}",
        join.userId(),
        join.roomName(),
        reason,
        detail);
    gone();
    listener.onDisconnected(reason, detail);
  }

  private String where() {
    return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private final class Stay implements ParticipationListener {
    @Override
    public void active(int participants) {
      Participation current = stay;
      if (over || current == null) {
        return;
      }
      boolean again = entered;
      entered = true;
      in = true;
      activeSinceNanos = engine.time().nanoTime();
      participantId = current.identity();
      route = current.route();
      participantCount = participants;
      LOG.info(
          "user={} room={} {} the room",
          join.userId(),
          join.roomName(),
          again ? "rejoined" : "joined");
      tracks
          .values()
          .forEach(
              track -> {
                track.again();
                current.publish(track);
              });
      if (again) {
        listener.onRestored();
      } else if (!joining.complete(LiveKitRoom.this)) {
        leaveNow(CloseReason.LEFT);
      }
      if (!over) {
        listener.onParticipants(participants);
      }
    }

    @Override
    public void participants(int count) {
      participantCount = count;
      if (!over) {
        listener.onParticipants(count);
      }
    }

    @Override
    public void frame(AudioFrame frame) {
      if (!over) {
        listener.onFrame(frame);
      }
    }

    @Override
    public void frame(String trackName, AudioFrame frame) {
      if (!over) {
        listener.onTrackFrame(trackName, frame);
      }
    }

    @Override
    public void lost(DropCause cause, long frames) {
      if (!over) {
        listener.onLost(cause, frames);
      }
    }

    @Override
    public void unconfirmed(long millis) {
      LOG.info(
          "user={} room={} {} ms of sound left for the room before it was lost, and it cannot be"
              + " told whether they were heard",
          join.userId(),
          join.roomName(),
          millis);
      if (!over) {
        listener.onUnconfirmed(millis);
      }
    }

    @Override
    public void refreshed(String newest) {
      token = newest;
    }

    @Override
    public void ended(Ending ending) {
      LiveKitRoom.this.ended(ending);
    }
  }
}
