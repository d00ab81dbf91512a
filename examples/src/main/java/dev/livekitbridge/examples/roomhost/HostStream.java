package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.Publish;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.RoomTrack;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One participant's stream, on the side of its process: it has joined when the host says so, and is
 * out when the stream ends, however that comes. The host's messages come one at a time.
 */
abstract class HostStream implements ClientResponseObserver<ToRoom, FromRoom> {
  private static final Logger log = LoggerFactory.getLogger(HostStream.class);
  private static final long LEAVE_SECONDS = 2;

  private final String who;
  private final ScheduledExecutorService scheduler;
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final Map<Integer, Track> tracks = new ConcurrentHashMap<>();
  private final AtomicInteger handles = new AtomicInteger();
  private volatile @Nullable ClientCallStreamObserver<ToRoom> stream;
  private volatile @Nullable Outbox<ToRoom> outbox;
  private volatile String identity = "";
  private volatile int participants;
  private volatile boolean leaving;
  private volatile CloseReason cutReason = CloseReason.ROOM_LOST;
  private volatile String cutDetail = "";
  // On the stream's thread only.
  private boolean over;

  /**
   * A stream that is not open yet.
   *
   * @param who for people: who wants to be where
   */
  HostStream(String who, ScheduledExecutorService scheduler) {
    this.who = who;
    this.scheduler = scheduler;
  }

  /** A frame was heard. */
  abstract void heard(FromRoom frame);

  /** Someone came or went. */
  abstract void participantsChanged(int count);

  /** Was in and is out, not by leaving. */
  abstract void disconnected(CloseReason reason, String detail);

  /** The stream is over, joined or not. */
  abstract void gone();

  /** When it is in; fails with a {@link BridgeException}. Cancel by {@link #cut}. */
  final CompletableFuture<Void> joined() {
    return joined;
  }

  final String identity() {
    return identity;
  }

  final int participants() {
    return participants;
  }

  @Override
  public final void beforeStart(ClientCallStreamObserver<ToRoom> opening) {
    stream = opening;
    outbox = new Outbox<>(opening, () -> opening.cancel("cut off", null));
  }

  final void send(ToRoom message) {
    Outbox<ToRoom> open = outbox;
    if (open != null) {
      open.send(message);
    }
  }

  /** Publishes a track. */
  final Track publish(int trackId, String name) {
    int handle = handles.incrementAndGet();
    Track track = new Track(handle);
    tracks.put(handle, track);
    send(
        ToRoom.newBuilder()
            .setPublish(Publish.newBuilder().setTrack(handle).setTrackId(trackId).setName(name))
            .build());
    return track;
  }

  /** Leaves; completes when the host has seen it, or has not answered for a while. */
  final CompletableFuture<Void> leave() {
    leaving = true;
    Outbox<ToRoom> open = outbox;
    if (open != null && !left.isDone()) {
      open.end();
      Future<?> abandon = scheduler.schedule(this::abandon, LEAVE_SECONDS, TimeUnit.SECONDS);
      left.whenComplete((out, never) -> abandon.cancel(false));
    }
    return left.copy();
  }

  /** Breaks the stream: the host takes the participant out. */
  final void cut(CloseReason reason, String detail) {
    cutReason = reason;
    cutDetail = detail;
    Outbox<ToRoom> open = outbox;
    if (open != null) {
      open.cut();
    }
  }

  /** Nobody waits for this join any more. */
  final void cancelJoin() {
    leaving = true;
    cut(CloseReason.LEFT, "the join was cancelled");
  }

  @Override
  public final void onNext(FromRoom message) {
    if (over || leaving) {
      return;
    }
    try {
      if (!message.getPcm().isEmpty()) {
        heard(message);
      } else {
        control(message);
      }
    } catch (RuntimeException e) {
      log.warn("{}: a listener threw, and the room goes on without", who, e);
    }
  }

  @Override
  public final void onError(Throwable broken) {
    String detail =
        cutDetail.isEmpty() ? "the room host is gone: " + Status.fromThrowable(broken) : cutDetail;
    end(cutReason, detail);
  }

  @Override
  public final void onCompleted() {
    end(CloseReason.ROOM_LOST, "the room host ended the stream");
  }

  private void control(FromRoom message) {
    switch (message.getControlCase()) {
      case JOINED -> {
        identity = message.getJoined().getIdentity();
        participants = message.getJoined().getParticipants();
        joined.complete(null);
      }
      case PARTICIPANTS -> {
        participants = message.getParticipants();
        participantsChanged(participants);
      }
      case TRACK_READY -> {
        Track track = tracks.get(message.getTrackReady());
        if (track != null) {
          track.ready.complete(null);
        }
      }
      case ENDED ->
          end(
              CloseReason.parse(message.getEnded().getReason()).orElse(CloseReason.ROOM_LOST),
              message.getEnded().getDetail());
      case PING -> send(Messages.PONG);
      case CONTROL_NOT_SET -> {}
    }
  }

  private void end(CloseReason reason, String detail) {
    if (over) {
      return;
    }
    over = true;
    Outbox<ToRoom> open = outbox;
    if (open != null) {
      open.end();
    }
    gone();
    try {
      boolean wasIn = joined.isDone() && !joined.isCompletedExceptionally();
      if (!wasIn) {
        CloseReason refusal =
            reason == CloseReason.ROOM_LOST ? CloseReason.ROOM_UNREACHABLE : reason;
        joined.completeExceptionally(new BridgeException(refusal, who + ": " + detail));
      } else if (!leaving) {
        disconnected(reason, detail);
      }
    } finally {
      left.complete(null);
    }
  }

  private void abandon() {
    ClientCallStreamObserver<ToRoom> open = stream;
    if (open != null) {
      open.cancel("the room host did not answer a leave", null);
    }
  }

  /** A track of ours in the room. */
  final class Track implements RoomTrack {
    private final int handle;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private Track(int handle) {
      this.handle = handle;
    }

    @Override
    public AudioFormat format() {
      return AudioFormat.VOICE;
    }

    @Override
    public CompletableFuture<Void> ready() {
      return ready.copy();
    }

    @Override
    public @Nullable DropCause write(AudioFrame frame) {
      if (!frame.format().equals(AudioFormat.VOICE)) {
        throw new IllegalArgumentException(
            "format: " + frame.format() + " (expected: " + AudioFormat.VOICE + ")");
      }
      send(Messages.toRoom(frame, handle));
      return null;
    }
  }
}
