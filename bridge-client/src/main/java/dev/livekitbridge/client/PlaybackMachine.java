package dev.livekitbridge.client;

import dev.livekitbridge.client.PlaybackResult.Outcome;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of one playback: when the bridge is called, again after a break, and when it
 * is over. Pure: takes an event and the time, answers with what to do. Confined to its session's
 * executor.
 *
 * <p>The owner asks {@link #nanosToWake} after every call and calls {@link #onWake} then. What a
 * call that was abandoned brings must not be reported.
 */
final class PlaybackMachine {
  static final long STOP_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final long STOP_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  static final long AWAY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long RETRY_LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final String STOPPED = "stopped";
  private static final String BY_CALLER = "stopped: by the caller";

  private enum Phase {
    RUNNING,
    STOPPING,
    ENDED
  }

  private final long startTimeoutNanos;

  private Phase phase = Phase.RUNNING;
  // Where the session is live now.
  private @Nullable PlaybackSite site;
  // Where the latest call was made.
  private @Nullable PlaybackSite calledAt;
  private boolean callOpen;
  private boolean started;
  private Duration position = Duration.ZERO;
  private Optional<Duration> duration = Optional.empty();
  private long startDeadlineNanos;
  private long heardNanos;
  private long retryAtNanos;
  private long retryNanos = RETRY_LEAST_NANOS;
  private boolean away;
  private long awayDeadlineNanos;
  private String awayBecause = "";
  private long stopAgainNanos;
  private long stopDeadlineNanos;
  private boolean stopHeard;

  PlaybackMachine(Duration startTimeout) {
    this.startTimeoutNanos = startTimeout.toNanos();
  }

  boolean ended() {
    return phase == Phase.ENDED;
  }

  /** The caller wants it; the session is live at the site, or not at all. */
  List<PlaybackAction> begin(@Nullable PlaybackSite at, long now) {
    List<PlaybackAction> out = new ArrayList<>();
    site = at;
    startDeadlineNanos = now + startTimeoutNanos;
    retryAtNanos = now;
    callIfDue(now, out);
    return out;
  }

  /** The session is live at the site, or not any more. */
  List<PlaybackAction> onSite(@Nullable PlaybackSite at, long now) {
    List<PlaybackAction> out = new ArrayList<>();
    if (ended()) {
      return out;
    }
    site = at;
    PlaybackSite before = calledAt;
    if (at == null || before == null || at.generation() == before.generation()) {
      retryAtNanos = now;
    } else if (phase == Phase.STOPPING) {
      finish(Outcome.STOPPED, BY_CALLER, false, out);
    } else if (started) {
      finish(
          Outcome.FAILED,
          "lost: the bridge has a new session, or another bridge has it",
          false,
          out);
    } else {
      // Nothing was heard of it: it may begin where the session is now.
      abandon(out);
      calledAt = null;
      away = false;
      retryAtNanos = now;
    }
    onWake(now, out);
    return out;
  }

  /** The call brought an event. */
  List<PlaybackAction> onEvent(PlayAudioEvent event, long now) {
    List<PlaybackAction> out = new ArrayList<>();
    if (ended()) {
      return out;
    }
    if (event.getType() == EventType.FAILED && refused(event, now, out)) {
      return out;
    }
    heardNanos = now;
    away = false;
    retryNanos = RETRY_LEAST_NANOS;
    if (event.getDurationMs() > 0) {
      duration = Optional.of(Duration.ofMillis(event.getDurationMs()));
    }
    if (event.getPositionMs() > 0) {
      position = Duration.ofMillis(event.getPositionMs());
    }
    switch (event.getType()) {
      case STARTED -> start(out);
      case PROGRESS -> {
        start(out);
        out.add(new PlaybackAction.Progress(position, duration));
      }
      case COMPLETED -> {
        boolean placed = event.getDurationMs() == 0 && event.getPositionMs() > 0;
        position = placed ? position : duration.orElse(position);
        finish(Outcome.COMPLETED, "", false, out);
      }
      case FAILED -> {
        boolean stopped =
            phase == Phase.STOPPING
                || Boolean.parseBoolean(event.getMetadataOrDefault(STOPPED, "false"));
        finish(stopped ? Outcome.STOPPED : Outcome.FAILED, event.getError(), false, out);
      }
      case UNRECOGNIZED -> {
        // A later version's; it says at least that the bridge is there.
      }
    }
    return out;
  }

  /** Whether the bridge did not know the session of the call, which may have another id by now. */
  private boolean refused(PlayAudioEvent event, long now, List<PlaybackAction> out) {
    PlaybackSite at = calledAt;
    Optional<CloseReason> reason = CloseReason.parse(event.getMetadataOrDefault("reason", ""));
    if (phase != Phase.RUNNING || at == null || !at.keeps() || !staleSession(reason)) {
      return false;
    }
    if (event.containsMetadata(STOPPED)) {
      return false;
    }
    abandon(out);
    comeBack(at, event.getError(), now);
    return true;
  }

  /** The call is over without a last event. */
  List<PlaybackAction> onCallEnd(Failure failure, long now) {
    List<PlaybackAction> out = new ArrayList<>();
    PlaybackSite at = calledAt;
    if (ended() || !callOpen || at == null) {
      return out;
    }
    callOpen = false;
    String detail = failure.fault().detail();
    if (phase == Phase.STOPPING) {
      if (!at.keeps()) {
        finish(Outcome.STOPPED, BY_CALLER, false, out);
      }
    } else if (!comesBack(failure, at)) {
      finish(Outcome.FAILED, detail, false, out);
    } else {
      comeBack(at, detail, now);
    }
    return out;
  }

  /** The caller does not want it any more. */
  List<PlaybackAction> stop(long now) {
    List<PlaybackAction> out = new ArrayList<>();
    if (phase == Phase.RUNNING) {
      if (calledAt == null) {
        finish(Outcome.STOPPED, BY_CALLER, false, out);
      } else {
        phase = Phase.STOPPING;
        stopAgainNanos = now;
        stopDeadlineNanos = now + STOP_PATIENCE_NANOS;
        onWake(now, out);
      }
    }
    return out;
  }

  /**
   * The bridge answered a {@link PlaybackAction.SendStop}.
   *
   * @param stopped whether it knew the playback
   */
  List<PlaybackAction> onStopAnswer(boolean stopped) {
    List<PlaybackAction> out = new ArrayList<>();
    PlaybackSite at = calledAt;
    if (phase == Phase.STOPPING && at != null) {
      stopHeard |= stopped;
      // Our bridges tell the position in a last event; it is waited for where a call can bring it.
      if (!at.ours() || (stopped && !callOpen)) {
        finish(Outcome.STOPPED, BY_CALLER, false, out);
      }
    }
    return out;
  }

  /** The session is over, and with it what played. */
  List<PlaybackAction> onSessionEnd(CloseReason reason) {
    List<PlaybackAction> out = new ArrayList<>();
    if (!ended()) {
      finish(Outcome.STOPPED, "stopped: the session ended, " + reason, false, out);
    }
    return out;
  }

  /** Time to look again; -1 if nothing is to come by itself. */
  long nanosToWake(long now) {
    if (ended()) {
      return -1;
    }
    long wait = -1;
    PlaybackSite at = site;
    if (phase == Phase.STOPPING) {
      wait = sooner(wait, stopDeadlineNanos - now);
      if (at != null) {
        wait = sooner(wait, stopAgainNanos - now);
      }
      return wait;
    }
    if (!started) {
      wait = sooner(wait, startDeadlineNanos - now);
    } else if (callOpen && calledAt != null && calledAt.ours()) {
      wait = sooner(wait, heardNanos + SILENCE_NANOS - now);
    }
    if (away) {
      wait = sooner(wait, awayDeadlineNanos - now);
    }
    if (at != null && !callOpen) {
      wait = sooner(wait, retryAtNanos - now);
    }
    return wait;
  }

  /** The time told by {@link #nanosToWake} has come. */
  List<PlaybackAction> onWake(long now) {
    List<PlaybackAction> out = new ArrayList<>();
    onWake(now, out);
    return out;
  }

  private void onWake(long now, List<PlaybackAction> out) {
    if (phase == Phase.STOPPING) {
      if (now - stopDeadlineNanos >= 0) {
        finish(Outcome.STOPPED, BY_CALLER, !stopHeard, out);
      } else if (site != null && now - stopAgainNanos >= 0) {
        stopAgainNanos = now + STOP_AGAIN_NANOS;
        out.add(new PlaybackAction.SendStop());
      }
    } else if (phase == Phase.RUNNING) {
      PlaybackSite at = calledAt;
      if (!started && now - startDeadlineNanos >= 0) {
        finish(Outcome.FAILED, notStarted(), at != null, out);
      } else if (away && now - awayDeadlineNanos >= 0) {
        finish(Outcome.FAILED, "lost: " + awayBecause, true, out);
      } else {
        if (started && callOpen && at != null && at.ours() && now - heardNanos >= SILENCE_NANOS) {
          abandon(out);
          goAway(at, "no word of it for " + seconds(SILENCE_NANOS) + " s", now);
          retryAtNanos = now;
        }
        callIfDue(now, out);
      }
    }
  }

  private void callIfDue(long now, List<PlaybackAction> out) {
    if (phase == Phase.RUNNING && !callOpen && site != null && now - retryAtNanos >= 0) {
      callOpen = true;
      calledAt = site;
      heardNanos = now;
      out.add(new PlaybackAction.Call());
    }
  }

  private void start(List<PlaybackAction> out) {
    if (!started) {
      started = true;
      out.add(new PlaybackAction.Started(duration));
    }
  }

  /** Whether a call that ended so is worth another one. */
  private static boolean comesBack(Failure failure, PlaybackSite at) {
    if (!at.keeps()) {
      return false;
    }
    return failure.transport() || failure.clean() || staleSession(failure.fault().reason());
  }

  private static boolean staleSession(Optional<CloseReason> reason) {
    return reason
        .filter(
            r ->
                r == CloseReason.NO_SESSION
                    || r == CloseReason.SUPERSEDED
                    || r == CloseReason.DRAINING)
        .isPresent();
  }

  private void comeBack(PlaybackSite at, String because, long now) {
    goAway(at, because, now);
    retryAtNanos = now + retryNanos;
    retryNanos = Math.min(2 * retryNanos, RETRY_MOST_NANOS);
  }

  /** The sound goes on unheard of, for no longer than the bridge keeps the session. */
  private void goAway(PlaybackSite at, String because, long now) {
    awayBecause = because;
    if (started && !away) {
      away = true;
      awayDeadlineNanos = now + at.windowNanos() + AWAY_GRACE_NANOS;
    }
  }

  private String notStarted() {
    String because =
        calledAt == null
            ? ": the session was not connected"
            : awayBecause.isEmpty() ? ": the bridge said nothing" : ": " + awayBecause;
    return "not started within " + seconds(startTimeoutNanos) + " s" + because;
  }

  private void abandon(List<PlaybackAction> out) {
    if (callOpen) {
      callOpen = false;
      out.add(new PlaybackAction.Abandon());
    }
  }

  private void finish(
      Outcome outcome, String detail, boolean mayStillSound, List<PlaybackAction> out) {
    abandon(out);
    phase = Phase.ENDED;
    PlaybackResult result = new PlaybackResult(outcome, position, detail);
    out.add(new PlaybackAction.Finished(result, mayStillSound));
  }

  private static String seconds(long nanos) {
    return String.valueOf(TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0).replace(".0", "");
  }

  private static long sooner(long wait, long other) {
    long due = Math.max(0, other);
    return wait < 0 ? due : Math.min(wait, due);
  }
}
