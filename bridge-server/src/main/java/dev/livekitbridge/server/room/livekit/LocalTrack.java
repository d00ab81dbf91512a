package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.TrackFate;
import dev.livekitbridge.server.room.livekit.rtp.RtpSender;
import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A track as its session sees it: it outlives the single stay in the room. */
final class LocalTrack implements RoomTrack {
  /** What Opus hears best (RFC 7587 §4.1): files are played at it. */
  static final AudioFormat MONO = new AudioFormat(48_000, 1);

  /**
   * Sound comes at the pace of real time: if more than this waits here and in the pace of the RTP
   * stream, the loop is stuck. Less than an RTP sender holds.
   */
  private static final long MOST_WAITING_NANOS = 4_000_000_000L;

  private final TrackId id;
  private final AudioFormat format;
  private final EventLoop loop;
  private final Queue<AudioFrame> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingNanos = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable drain = this::onDrain;
  private volatile CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile long unsentNanos;
  private volatile @Nullable Consumer<AudioFrame> sink;
  private volatile @Nullable TrackFate fate;
  // On the loop: bytes that came out of the queue, and up to where the fate of them was told.
  private long drained;
  private long settled;

  LocalTrack(TrackId id, int channels, EventLoop loop) {
    this.id = id;
    this.format = new AudioFormat(MONO.sampleRate(), channels);
    this.loop = loop;
  }

  TrackId id() {
    return id;
  }

  @Override
  public AudioFormat format() {
    return format;
  }

  @Override
  public boolean takes(AudioFormat other) {
    return RtpSender.takes(format, other);
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  @Override
  public boolean reportTo(TrackFate hears) {
    fate = hears;
    return true;
  }

  @Override
  public @Nullable DropCause write(AudioFrame frame) {
    if (!takes(frame.format())) {
      throw new IllegalArgumentException(
          "format: " + frame.format() + " (expected: as " + format + ")");
    }
    if (sink == null) {
      return DropCause.ROOM_LOST;
    }
    if (waitingNanos.get() + unsentNanos >= MOST_WAITING_NANOS) {
      return DropCause.OVERFLOW;
    }
    waitingNanos.addAndGet(frame.durationNanos());
    waiting.add(frame);
    if (scheduled.compareAndSet(false, true)) {
      try {
        loop.execute(drain);
      } catch (RejectedExecutionException closed) {
        // The engine is closed, and with it every stay.
        sink = null;
        loseWaiting(DropCause.CLOSED);
      }
    }
    return null;
  }

  private void onDrain() {
    scheduled.set(false);
    drain();
  }

  /** On the loop: what was written goes to the stay, if there is one. */
  void drain() {
    if (sink == null) {
      loseWaiting(DropCause.ROOM_LOST);
      return;
    }
    for (AudioFrame next = waiting.poll(); next != null; next = waiting.poll()) {
      waitingNanos.addAndGet(-next.durationNanos());
      drained += next.size();
      Consumer<AudioFrame> to = sink;
      if (to != null) {
        to.accept(next);
      }
    }
  }

  /** The stay that would send it has ended. */
  private void loseWaiting(DropCause cause) {
    for (AudioFrame next = waiting.poll(); next != null; next = waiting.poll()) {
      waitingNanos.addAndGet(-next.durationNanos());
      drained += next.size();
    }
    TrackFate hears = fate;
    if (drained > settled && hears != null) {
      settled = drained;
      hears.lost(settled, cause);
    }
  }

  /** On the loop: where its audio goes from now on; null for nowhere. */
  void attach(@Nullable Consumer<AudioFrame> to) {
    sink = to;
    unsentNanos = 0;
    if (to == null) {
      loseWaiting(DropCause.ROOM_LOST);
    }
  }

  /** On the loop: how much of the sound that the stream took it has not sent yet. */
  void unsent(long bytes, long nanos) {
    if (nanos != unsentNanos) {
      unsentNanos = nanos;
    }
    TrackFate hears = fate;
    if (drained - bytes > settled && hears != null) {
      settled = drained - bytes;
      hears.left(settled);
    }
  }

  /** On the loop: it is published in another stay, where nobody listens yet. */
  void again() {
    if (ready.isDone()) {
      ready = new CompletableFuture<>();
    }
  }

  /** On the loop: someone listens. */
  void listenedTo() {
    ready.complete(null);
  }

  /** On the loop: nothing more is published. */
  void close() {
    attach(null);
  }
}
