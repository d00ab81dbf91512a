package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.audio.FormatConverter;
import dev.livekitbridge.server.room.RoomTrack;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * One published track: paces what the client sends, converts it, and hands it to the room. The
 * first audio waits until someone listens, or for a while. Confined to the session's context.
 */
final class TrackPlayer {
  // A bound for very short frames, where the one in time would hold too many.
  private static final int MAX_FRAMES = 2_000;

  /** Hears what becomes of each frame. */
  interface Owner {
    /** It was handed to the room. */
    void delivered(int track, int epoch, long sequence, long nowNanos);

    /** It was given up. */
    void dropped(int track, int epoch, long sequence, DropCause cause, long nowNanos);

    /** The room did not take a piece; the others go on. */
    void roomFailed(int track, RuntimeException error);
  }

  private final int track;
  private final RoomTrack roomTrack;
  private final TrackPacer pacer;
  private final Owner owner;
  private final TimeSource time;
  private final long aheadNanos;
  private final Alarm alarm;
  private boolean started;
  private boolean closed;
  private long liveMaxDelayNanos;
  private @Nullable FormatConverter converter;

  TrackPlayer(
      int track,
      RoomTrack roomTrack,
      SynchronizationContext context,
      SessionEnvironment environment,
      Owner owner) {
    SessionSettings.Flow flow = environment.settings().flow();
    this.track = track;
    this.roomTrack = roomTrack;
    this.owner = owner;
    this.time = environment.time();
    this.aheadNanos = flow.aheadNanos();
    this.pacer = new TrackPacer(flow.leadNanos(), flow.catchUpNanos());
    this.alarm = new Alarm(context, environment, this::onAlarm);
    if (roomTrack.ready().isDone()) {
      started = true;
    } else {
      alarm.arm(time.nanoTime() + flow.trackReadyNanos());
      roomTrack.ready().whenComplete((done, error) -> context.execute(this::start));
    }
  }

  int track() {
    return track;
  }

  void liveMaxDelay(long nanos) {
    liveMaxDelayNanos = nanos;
  }

  /** Takes a frame, and plays what is due. */
  void offer(AudioFrame frame, int epoch, long nowNanos) {
    pacer.add(frame, epoch);
    if (liveMaxDelayNanos > 0) {
      while (pacer.queuedNanos() > liveMaxDelayNanos && pacer.size() > 1) {
        giveUp(DropCause.STALE, nowNanos);
      }
    }
    play(nowNanos);
  }

  /** Whether the sender is to be held. */
  boolean full() {
    return pacer.queuedNanos() >= aheadNanos || pacer.size() >= MAX_FRAMES;
  }

  boolean idle() {
    return pacer.size() == 0;
  }

  /** Gives up what waits; nothing is handed to the room any more. */
  void close() {
    closed = true;
    alarm.cancel();
    long now = time.nanoTime();
    while (pacer.size() > 0) {
      giveUp(DropCause.CLOSED, now);
    }
  }

  private void start() {
    if (!started && !closed) {
      started = true;
      alarm.disarm();
      play(time.nanoTime());
    }
  }

  private void onAlarm() {
    if (started) {
      play(time.nanoTime());
    } else {
      start();
    }
  }

  private void play(long nowNanos) {
    if (!started) {
      return;
    }
    AudioFrame piece;
    while ((piece = pacer.poll(nowNanos)) != null) {
      boolean written = write(piece);
      if (pacer.finished()) {
        if (written) {
          owner.delivered(track, pacer.finishedEpoch(), piece.sequence(), nowNanos);
        } else {
          owner.dropped(
              track, pacer.finishedEpoch(), piece.sequence(), DropCause.ROOM_LOST, nowNanos);
        }
      }
      if (closed) {
        return;
      }
    }
    if (pacer.size() > 0) {
      alarm.arm(pacer.nextNanos());
    } else {
      alarm.disarm();
    }
  }

  private boolean write(AudioFrame piece) {
    try {
      AudioFrame converted = piece;
      if (!piece.format().equals(roomTrack.format())) {
        converted = converter(piece).convert(piece);
      }
      if (converted != null) {
        roomTrack.write(converted);
      }
      return true;
    } catch (RuntimeException e) {
      owner.roomFailed(track, e);
      return false;
    }
  }

  private FormatConverter converter(AudioFrame piece) {
    FormatConverter existing = converter;
    if (existing == null || !existing.from().equals(piece.format())) {
      existing = FormatConverter.create(piece.format(), roomTrack.format());
      converter = existing;
    }
    return existing;
  }

  private void giveUp(DropCause cause, long nowNanos) {
    AudioFrame frame = pacer.drop();
    owner.dropped(track, pacer.finishedEpoch(), frame.sequence(), cause, nowNanos);
  }
}
