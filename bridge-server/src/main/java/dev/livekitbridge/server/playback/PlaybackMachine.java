package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One playback on its way from the request to its end: when which samples go to the room, and what
 * is told. Pure: each method takes the time, {@link #next} says what to do. Real time begins with
 * the first sample and again after each pause; in between, sample n is due n / rate later, so that
 * no error adds up.
 */
public final class PlaybackMachine {
  /** What is to be done next. */
  public enum Action {
    /** Nothing, until {@link #wakeNanos} or until something changes. */
    WAIT,
    /** Prepare the track; {@link #trackReady} is to follow. */
    PREPARE_TRACK,
    /** Tell that it begins. */
    STARTED,
    /** Hand {@link #count} samples to the room. */
    PLAY,
    /** The sound pauses: more will come later. */
    PAUSE,
    /** Tell how far it is. */
    PROGRESS,
    /** Tell that all of it was played. The last. */
    COMPLETED,
    /** Tell that it failed, by {@link #fault}. The last. */
    FAILED
  }

  private enum State {
    OPENING,
    PREPARING,
    STARTING,
    PLAYING,
    PAUSED,
    ENDED
  }

  /** What goes to the room at once. */
  public static final long FRAME_NANOS = 20_000_000L;

  private static final long PROGRESS_NANOS = 500_000_000L;

  /** After a pause it goes on when it has this much, so as not to stutter. */
  private static final long RESUME_NANOS = 200_000_000L;

  /** Behind by more than this, it was paused; by less, it catches up. */
  private static final long CATCH_UP_NANOS = 200_000_000L;

  private final PlaybackSettings settings;
  private final int rate;
  private final long leadNanos;
  private final int frame;
  private State state = State.OPENING;
  private boolean reached;
  private boolean held;
  // When it has to have come on; while it opens or pauses.
  private long deadlineNanos;
  // Real time and samples of where it last began to play.
  private long anchorNanos;
  private long anchorSamples;
  private long samples;
  private long progressNanos;
  private long wakeNanos;
  private int count;
  private @Nullable PlaybackFault fault;

  /**
   * A playback that was just asked for.
   *
   * @param rate samples a second
   * @param leadNanos how far ahead of real time samples are handed over
   */
  public PlaybackMachine(PlaybackSettings settings, int rate, long leadNanos, long nowNanos) {
    this.settings = settings;
    this.rate = rate;
    this.leadNanos = leadNanos;
    this.frame = (int) (FRAME_NANOS * rate / 1_000_000_000L);
    this.deadlineNanos = nowNanos + settings.firstByteNanos();
  }

  /** Its track takes sound. */
  public void trackReady() {
    if (state == State.PREPARING) {
      state = State.STARTING;
    }
  }

  /** The room is away, or back: meanwhile it pauses. */
  public void hold(boolean hold) {
    held = hold;
  }

  /** Whether sound of it is on its way to the room. */
  public boolean playing() {
    return state == State.PLAYING;
  }

  /** What to do now; call it again after anything but a wait or an end. */
  public Action next(Sound sound, long nowNanos) {
    return switch (state) {
      case OPENING -> open(sound, nowNanos);
      case PREPARING, ENDED -> waitUntil(Long.MAX_VALUE);
      case STARTING -> start(nowNanos);
      case PAUSED -> paused(sound, nowNanos);
      case PLAYING -> play(sound, nowNanos);
    };
  }

  /** It ends here, whatever its state. */
  public void stop() {
    state = State.ENDED;
  }

  /** When to ask again at the latest, after a wait; {@link Long#MAX_VALUE} for never. */
  public long wakeNanos() {
    return wakeNanos;
  }

  /** How many samples to hand over. */
  public int count() {
    return count;
  }

  /** Why it failed; only then. */
  public PlaybackFault fault() {
    PlaybackFault known = fault;
    if (known == null) {
      throw new IllegalStateException("it did not fail");
    }
    return known;
  }

  /** How much of it has been heard. */
  public long positionNanos(long nowNanos) {
    long handed = nanos(samples);
    return Math.max(0, handed - Math.max(0, endNanos() - nowNanos));
  }

  private Action open(Sound sound, long nowNanos) {
    boolean ended = sound.ended();
    if (ended && sound.available() == 0) {
      PlaybackFault why = sound.fault();
      return failed(
          why != null ? why : new PlaybackFault(Kind.UNSUPPORTED, "the file holds no sound"));
    }
    if (sound.durationNanos() > settings.maxLengthNanos()) {
      return failed(tooLong());
    }
    if (ended || sound.available() >= frame) {
      state = State.PREPARING;
      return Action.PREPARE_TRACK;
    }
    if (!reached && sound.reached()) {
      reached = true;
      deadlineNanos = nowNanos + settings.stallNanos();
    }
    if (nowNanos - deadlineNanos >= 0) {
      return failed(
          reached
              ? stalled()
              : new PlaybackFault(
                  Kind.TIMEOUT,
                  "nothing came from the server of the file within "
                      + seconds(settings.firstByteNanos())));
    }
    return waitUntil(deadlineNanos);
  }

  private Action start(long nowNanos) {
    if (held) {
      return waitUntil(Long.MAX_VALUE);
    }
    state = State.PLAYING;
    anchorNanos = nowNanos;
    progressNanos = nowNanos + PROGRESS_NANOS;
    return Action.STARTED;
  }

  private Action play(Sound sound, long nowNanos) {
    if (nowNanos - progressNanos >= 0) {
      progressNanos += PROGRESS_NANOS;
      return Action.PROGRESS;
    }
    // In this order: what came before the end is counted.
    boolean last = sound.ended();
    int available = sound.available();
    if (held || (available < frame && !last)) {
      // What was handed over sounds on; the clock stops behind it.
      state = State.PAUSED;
      deadlineNanos = nowNanos + settings.stallNanos();
      return Action.PAUSE;
    }
    long behind = nowNanos - endNanos();
    if (behind > CATCH_UP_NANOS) {
      anchor(nowNanos);
    }
    if (available == 0) {
      return finish(sound, nowNanos);
    }
    long dueNanos = endNanos() - leadNanos;
    if (nowNanos - dueNanos < 0) {
      return waitUntil(Math.min(dueNanos, progressNanos));
    }
    count = Math.min(frame, available);
    samples += count;
    if (nanos(samples) > settings.maxLengthNanos()) {
      return failed(tooLong());
    }
    return Action.PLAY;
  }

  private Action paused(Sound sound, long nowNanos) {
    if (nowNanos - progressNanos >= 0) {
      progressNanos += PROGRESS_NANOS;
      return Action.PROGRESS;
    }
    boolean enough = sound.ended() || sound.available() >= RESUME_NANOS * rate / 1_000_000_000L;
    if (enough && !held) {
      if (endNanos() - nowNanos < 0) {
        anchor(nowNanos);
      }
      state = State.PLAYING;
      return play(sound, nowNanos);
    }
    if (held) {
      // A room that comes back late is its own affair: the session ends if it does not.
      deadlineNanos = nowNanos + settings.stallNanos();
    } else if (nowNanos - deadlineNanos >= 0) {
      return failed(stalled());
    }
    return waitUntil(Math.min(deadlineNanos, progressNanos));
  }

  private Action finish(Sound sound, long nowNanos) {
    if (endNanos() - nowNanos > 0) {
      return waitUntil(Math.min(endNanos(), progressNanos));
    }
    PlaybackFault why = sound.fault();
    if (why != null) {
      return failed(why);
    }
    state = State.ENDED;
    return Action.COMPLETED;
  }

  private Action failed(PlaybackFault why) {
    state = State.ENDED;
    fault = why;
    return Action.FAILED;
  }

  private Action waitUntil(long nanos) {
    wakeNanos = nanos;
    return Action.WAIT;
  }

  private void anchor(long nowNanos) {
    anchorNanos = nowNanos;
    anchorSamples = samples;
  }

  /** When all that was handed over will have been heard. */
  private long endNanos() {
    return anchorNanos + nanos(samples - anchorSamples);
  }

  private long nanos(long count) {
    return count * 1_000_000_000L / rate;
  }

  private PlaybackFault stalled() {
    return new PlaybackFault(
        Kind.TIMEOUT,
        "the download stands still: nothing came for " + seconds(settings.stallNanos()));
  }

  private PlaybackFault tooLong() {
    return new PlaybackFault(
        Kind.TOO_LONG,
        "it sounds longer than "
            + seconds(settings.maxLengthNanos())
            + ", the most that is played");
  }

  private static String seconds(long nanos) {
    return Math.round(nanos / 1e8) / 10.0 + " s";
  }
}
