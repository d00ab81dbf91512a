package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.server.playback.PlaybackFault;
import dev.livekitbridge.server.playback.PlaybackMachine;
import dev.livekitbridge.server.playback.Sound;
import io.grpc.SynchronizationContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A file that plays on a track: does what its machine says, with the sound on one side and the
 * track on the other, and tells whoever listens. Confined to the session's context.
 */
final class Playback {
  /** Who keeps it. */
  interface Owner {
    /** The track it plays on, published if need be; null if there can be none. */
    @Nullable TrackPlayer track(int track);

    /** It is over; this was its last event. */
    void ended(Playback playback, PlayAudioEvent last);
  }

  /** So much is faded out where it is stopped, so that it does not click. */
  private static final long FADE_NANOS = 10_000_000L;

  private final SynchronizationContext context;
  private final SessionEnvironment environment;
  private final Owner owner;
  private final String requestId;
  private final int trackId;
  private final float volume;
  private final boolean kept;
  private final int rate;
  private final PlaybackMachine machine;
  private final Alarm alarm;
  private final short[] samples;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Runnable step = this::step;
  private final Sound sound;
  private @Nullable PlaybackStream stream;
  private @Nullable TrackPlayer track;
  private final long askedNanos;
  private boolean started;
  private boolean over;
  private boolean held;

  /**
   * A playback that begins to fetch.
   *
   * @param rate samples a second that its track will take
   * @param kept whether it outlives its call
   */
  Playback(
      PlayAudioRequest request,
      String requestId,
      boolean kept,
      int rate,
      PlaybackStream stream,
      SynchronizationContext context,
      SessionEnvironment environment,
      Owner owner) {
    this.context = context;
    this.environment = environment;
    this.askedNanos = environment.time().nanoTime();
    this.owner = owner;
    this.requestId = requestId;
    this.trackId = request.getTrackId();
    this.volume = request.getVolume();
    this.kept = kept;
    this.rate = rate;
    this.stream = stream;
    SessionSettings settings = environment.settings();
    this.machine =
        new PlaybackMachine(settings.playback(), rate, settings.flow().leadNanos(), now());
    this.alarm = new Alarm(context, environment, step);
    this.samples = new short[(int) (PlaybackMachine.FRAME_NANOS * rate / 1_000_000_000L)];
    this.sound = environment.sounds().open(request.getAudioUrl(), rate, this::wake);
  }

  String requestId() {
    return requestId;
  }

  int trackId() {
    return trackId;
  }

  /** Whether it outlives its call. */
  boolean kept() {
    return kept;
  }

  /** Whether a call is told of it. */
  boolean heard() {
    return stream != null;
  }

  /** Whether it goes to the room. */
  boolean playing() {
    return machine.playing();
  }

  /** Whether it is over and holds nothing any more. */
  boolean released() {
    return over && sound.released();
  }

  /** Goes on as far as it can now. */
  void step() {
    woken.set(false);
    while (!over) {
      long now = now();
      switch (machine.next(sound, now)) {
        case WAIT -> {
          if (machine.wakeNanos() == Long.MAX_VALUE) {
            alarm.disarm();
          } else {
            alarm.arm(machine.wakeNanos());
          }
          return;
        }
        case PREPARE_TRACK -> prepare();
        case STARTED -> {
          started = true;
          environment.metrics().timers.playbackStarted(now - askedNanos);
          tell(event(EventType.STARTED, now));
        }
        case PLAY -> play(machine.count());
        case PAUSE -> hush();
        case PROGRESS -> tell(event(EventType.PROGRESS, now));
        case COMPLETED -> {
          long length = machine.positionNanos(now);
          end(PlaybackEvents.event(EventType.COMPLETED, requestId, length, length));
        }
        case FAILED -> end(PlaybackEvents.failed(event(EventType.FAILED, now), machine.fault()));
      }
    }
  }

  /** Another call hears it from now on, as it belongs to the session. */
  void attach(PlaybackStream next) {
    PlaybackStream old = stream;
    stream = next;
    if (old != null) {
      old.end(CloseReason.SUPERSEDED, "another call attached to this playback");
    }
    if (started) {
      tell(event(EventType.STARTED, now()));
    }
  }

  /** A call is gone, which may have been its last one. */
  void left(PlaybackStream gone) {
    if (gone == stream) {
      stream = null;
      if (!kept && !over) {
        stop("CANCELLED", "the call was cancelled");
      }
    }
  }

  /** Ends it before its end. */
  void stop(String reason, String detail) {
    if (over) {
      return;
    }
    long now = now();
    PlayAudioEvent like = event(EventType.FAILED, now);
    if (machine.playing()) {
      fade();
    }
    end(PlaybackEvents.stopped(like, reason, detail));
  }

  /** The room is away, or back: then it goes on when its track is heard again. */
  void hold(boolean hold) {
    held = hold;
    TrackPlayer player = track;
    if (hold || player == null) {
      machine.hold(hold);
      step();
    } else {
      player.whenStarted(
          () -> {
            machine.hold(held);
            step();
          });
    }
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      context.execute(step);
    }
  }

  private void prepare() {
    TrackPlayer player = owner.track(trackId);
    if (player == null || player.format().sampleRate() != rate) {
      end(
          PlaybackEvents.failed(
              event(EventType.FAILED, now()),
              new PlaybackFault(
                  PlaybackFault.Kind.ROOM,
                  "track " + trackId + " cannot be published: see the log of the bridge")));
      return;
    }
    track = player;
    player.whenStarted(
        () -> {
          machine.trackReady();
          step();
        });
  }

  private void play(int count) {
    int got = sound.read(samples, 0, count);
    say(got, volume, volume);
  }

  private void fade() {
    int most = (int) (FADE_NANOS * rate / 1_000_000_000L);
    int got = sound.read(samples, 0, Math.min(most, sound.available()));
    if (got > 0) {
      say(got, volume, 0);
    }
  }

  private void say(int count, float fromGain, float toGain) {
    TrackPlayer player = track;
    if (player != null && !player.say(samples, count, fromGain, toGain)) {
      end(
          PlaybackEvents.failed(
              event(EventType.FAILED, now()),
              new PlaybackFault(PlaybackFault.Kind.ROOM, "the room takes no audio")));
    }
  }

  private void hush() {
    TrackPlayer player = track;
    if (player != null) {
      player.hush();
    }
  }

  private void end(PlayAudioEvent last) {
    if (over) {
      return;
    }
    over = true;
    machine.stop();
    alarm.cancel();
    sound.close();
    hush();
    owner.ended(this, last);
    PlaybackStream hearing = stream;
    if (hearing != null) {
      stream = null;
      hearing.send(last);
      hearing.end(CloseReason.LEFT, "");
    }
  }

  private void tell(PlayAudioEvent event) {
    if (stream != null) {
      stream.send(event);
    }
  }

  private PlayAudioEvent event(EventType type, long nowNanos) {
    return PlaybackEvents.event(
        type, requestId, sound.durationNanos(), machine.positionNanos(nowNanos));
  }

  private long now() {
    return environment.time().nanoTime();
  }
}
