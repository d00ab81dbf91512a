package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.audio.FormatConverter;
import dev.livekitbridge.server.playback.Mixer;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.TrackFate;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One published track: paces what the client sends, converts it, and hands it to the room, mixed
 * into the file that plays here if there is one. The first audio waits until someone listens, or
 * for a while. Confined to the session's context.
 */
final class TrackPlayer {
  // A bound for very short frames, where the one in time would hold too many.
  private static final int MAX_FRAMES = 2_000;

  /** Hears what becomes of each frame. */
  interface Owner {
    /** It has left for the room. */
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
  private final SynchronizationContext context;
  private final long aheadNanos;
  private final long trackReadyNanos;
  private final Alarm alarm;
  private boolean started;
  private boolean closed;
  private boolean roomAway;
  private long liveMaxDelayNanos;
  private final HandedFrames handed;
  private @Nullable FormatConverter converter;
  private final List<Runnable> onStarted = new ArrayList<>();
  // While a file plays here.
  private @Nullable Mixer mixer;

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
    this.context = context;
    this.trackReadyNanos = flow.trackReadyNanos();
    this.handed = new HandedFrames(track, owner);
    if (roomTrack.reportTo(new Fate())) {
      handed.later();
    }
    awaitListener();
  }

  /** Nothing goes to the room until someone listens, or for a while. */
  private void awaitListener() {
    CompletableFuture<Void> ready = roomTrack.ready();
    started = ready.isDone();
    if (!started) {
      alarm.arm(time.nanoTime() + trackReadyNanos);
      ready.whenComplete((done, error) -> context.execute(this::start));
    }
  }

  int track() {
    return track;
  }

  AudioFormat format() {
    return roomTrack.format();
  }

  /** Runs the action when sound can go to the room: at once, or when someone listens. */
  void whenStarted(Runnable action) {
    if (started) {
      action.run();
    } else {
      onStarted.add(action);
    }
  }

  /**
   * Hands sound of a file to the room, with what is said on this track meanwhile.
   *
   * @return whether the room took it
   */
  boolean say(short[] mono, int count, float fromGain, float toGain) {
    Mixer mixing = mixer;
    if (mixing == null) {
      mixing = new Mixer(format(), TrackId.of(track));
      mixer = mixing;
    }
    return hand(mixing, mixing.mix(mono, count, fromGain, toGain, time.epochMillis()));
  }

  /** No sound of a file follows for now: what is said goes to the room directly again. */
  void hush() {
    Mixer mixing = mixer;
    if (mixing != null) {
      mixer = null;
      hand(mixing, mixing.finish(time.epochMillis()));
    }
  }

  void liveMaxDelay(long nanos) {
    liveMaxDelayNanos = nanos;
    pacer.live(nanos > 0);
  }

  /**
   * Whether what falls due from now on is lost to the room. When we are back in it the track is
   * published once more, and what is said waits for a listener as it did at first.
   */
  void roomAway(boolean away) {
    roomAway = away;
    if (!away && started && !closed) {
      awaitListener();
    }
  }

  /** Takes a frame, and plays what is due. */
  void offer(AudioFrame frame, int epoch, long nowNanos) {
    if (started && pacer.pass(frame, nowNanos)) {
      deliver(frame, true, epoch, nowNanos);
      return;
    }
    pacer.add(frame, epoch, nowNanos);
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
    return pacer.size() == 0 && handed.isEmpty();
  }

  /** Gives up what waits; nothing is handed to the room any more. */
  void close() {
    closed = true;
    alarm.cancel();
    long now = time.nanoTime();
    while (pacer.size() > 0) {
      giveUp(DropCause.CLOSED, now);
    }
    handed.close(roomAway ? DropCause.ROOM_LOST : null, now);
  }

  private void start() {
    if (!started && !closed) {
      started = true;
      alarm.disarm();
      play(time.nanoTime());
      onStarted.forEach(Runnable::run);
      onStarted.clear();
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
      deliver(piece, pacer.finished(), pacer.finishedEpoch(), nowNanos);
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

  /** Hands a piece to the room, or to the mixer before it. */
  private void deliver(AudioFrame piece, boolean last, int epoch, long nowNanos) {
    DropCause lost = roomAway ? DropCause.ROOM_LOST : null;
    int bytes = 0;
    try {
      AudioFrame converted = piece;
      if (mixer == null && roomTrack.takes(piece.format())) {
        converter = null;
      } else if (lost == null && !piece.format().equals(roomTrack.format())) {
        converted = converter(piece).convert(piece);
      }
      if (lost == null && converted != null) {
        bytes = converted.size();
        if (mixer != null) {
          mixer.live(converted);
          handed.mixing(bytes, epoch, piece.sequence(), last);
          return;
        }
        lost = roomTrack.write(converted);
      }
    } catch (RuntimeException e) {
      owner.roomFailed(track, e);
      lost = DropCause.ROOM_LOST;
    }
    handed.handed(bytes, epoch, piece.sequence(), last, lost, nowNanos);
  }

  /** Hands mixed sound to the room. */
  private boolean hand(Mixer from, AudioFrame frame) {
    DropCause lost = DropCause.CLOSED;
    boolean works = true;
    try {
      if (!closed) {
        lost = roomTrack.write(frame);
      }
    } catch (RuntimeException e) {
      owner.roomFailed(track, e);
      lost = DropCause.ROOM_LOST;
      works = false;
    }
    handed.mixed(from.waitingBytes(), frame.size(), lost, time.nanoTime());
    return works;
  }

  /** Brings what the room tells into the session's context. */
  private final class Fate implements TrackFate {
    @Override
    public void left(long end) {
      context.execute(() -> handed.told(end, null, time.nanoTime()));
    }

    @Override
    public void lost(long end, DropCause cause) {
      context.execute(() -> handed.told(end, cause, time.nanoTime()));
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
    handed.abandoned(nowNanos);
    owner.dropped(track, pacer.finishedEpoch(), frame.sequence(), cause, nowNanos);
  }
}
