package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.RoomTrack;
import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A track as its session sees it: it outlives the single stay in the room. */
final class LocalTrack implements RoomTrack {
  /** What Opus hears best (RFC 7587 §4.1); sessions convert to it. */
  static final AudioFormat MONO = new AudioFormat(48_000, 1);

  /** Frames come at the pace of real time: more than this means that the loop is stuck. */
  private static final int MOST_WAITING = 100;

  private final TrackId id;
  private final AudioFormat format;
  private final EventLoop loop;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Queue<AudioFrame> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private @Nullable Consumer<AudioFrame> sink;

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
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  @Override
  public void write(AudioFrame frame) {
    if (size.get() >= MOST_WAITING) {
      return;
    }
    size.incrementAndGet();
    waiting.add(frame);
    if (scheduled.compareAndSet(false, true)) {
      try {
        loop.execute(drain);
      } catch (RejectedExecutionException closed) {
        // The engine is closed; the flag stays set, so that nothing is tried again.
        waiting.clear();
      }
    }
  }

  private void drain() {
    scheduled.set(false);
    for (AudioFrame next = waiting.poll(); next != null; next = waiting.poll()) {
      size.decrementAndGet();
      if (sink != null) {
        sink.accept(next);
      }
    }
  }

  /** On the loop: where its audio goes from now on; null for nowhere. */
  void attach(@Nullable Consumer<AudioFrame> to) {
    sink = to;
  }

  /** On the loop: someone listens. */
  void listenedTo() {
    ready.complete(null);
  }

  /** On the loop: nothing more is published. */
  void close() {
    sink = null;
  }
}
