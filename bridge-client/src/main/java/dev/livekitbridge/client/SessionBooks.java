package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is counted and told about a session. Confined to its executor, but for the snapshot. */
final class SessionBooks {
  private final ClientShared shared;
  private final String userId;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final @Nullable Fallback fallback;
  private final SessionVoice voice;
  private @Nullable Recovery recovery;
  private @Nullable Fault lastFault;
  private boolean pulsing;
  private int windowMillis;
  private long reconnects;
  private long handOvers;
  private long roundTripNanos = -1;
  private long fallbackFrom;
  private volatile SessionStats snapshot;

  SessionBooks(
      ClientShared shared,
      String userId,
      FrameSender sender,
      FrameReceiver receiver,
      @Nullable Fallback fallback,
      SessionVoice voice) {
    this.shared = shared;
    this.userId = userId;
    this.sender = sender;
    this.receiver = receiver;
    this.fallback = fallback;
    this.voice = voice;
    this.snapshot = SessionStats.NONE;
  }

  SessionStats snapshot() {
    return snapshot;
  }

  /** The books of now; kept as the snapshot. */
  SessionStats stats(ConnectionState state, String bridge, String standby, long tries) {
    SessionStats stats =
        new SessionStats(
            state,
            bridge,
            windowMillis > 0,
            sender.counts(),
            receiver.counts(shared.time.nanoTime()),
            fallback == null ? SessionStats.NONE.fallback() : fallback.counts(),
            reconnects,
            tries,
            handOvers,
            standby,
            Optional.ofNullable(lastFault),
            roundTripNanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(roundTripNanos)));
    snapshot = stats;
    return stats;
  }

  void tellDropped() {
    voice.dropped(snapshot.sent(), snapshot.received());
  }

  void failed(Fault fault) {
    lastFault = fault;
  }

  /** How long the bridge keeps the session without a stream. */
  void granted(int millis) {
    windowMillis = millis;
  }

  /** The session went on at another bridge. */
  void handedOver(boolean planned, SessionEvent.Join join) {
    handOvers++;
    shared.metrics.handedOver(planned, join);
  }

  void roundTrip(long nanos) {
    if (nanos >= 0) {
      roundTripNanos = nanos;
      shared.metrics.roundTrip(nanos);
    }
  }

  /** A stream is up: acknowledgements are looked after. */
  void live() {
    if (!pulsing) {
      pulsing = true;
      shared.pulse.need();
    }
  }

  /** No stream. */
  void down() {
    if (pulsing) {
      pulsing = false;
      shared.pulse.needNoMore();
    }
    Recovery untold = recovery;
    if (untold != null) {
      recovery = null;
      tell(untold, Optional.empty());
    }
  }

  void recovered(Action.Recovered how, boolean resumed) {
    reconnects++;
    long now = shared.time.nanoTime();
    recovery = new Recovery(how.fault(), how.faultNanos(), how.tries(), resumed, now);
    ReconnectMonitor.Alerts alerts =
        shared.monitor.reconnected(this, userId, shared.sessionCount.getAsInt(), now);
    alerts
        .session()
        .ifPresent(
            alert -> {
              shared.metrics.alerted("session");
              voice.alert(alert);
              shared.onAlert.accept(alert);
            });
    alerts.client().ifPresent(shared.onAlert);
  }

  /** Audio may have flowed on the new stream. */
  void audio(StreamAttempt stream) {
    Recovery untold = recovery;
    if (untold != null) {
      Optional<Long> first = stream.firstAudioNanos();
      if (first.isPresent()) {
        recovery = null;
        tell(untold, first);
      }
    }
  }

  /** Long enough without audio: the recovery is told as it is. */
  void patience(StreamAttempt stream, long now) {
    audio(stream);
    Recovery untold = recovery;
    if (untold != null && now - untold.liveNanos() >= Recovery.PATIENCE_NANOS) {
      recovery = null;
      tell(untold, Optional.empty());
    }
  }

  /** Until {@link #patience} is to be asked; -1 if it is not. */
  long nanosToPatience(long now) {
    Recovery untold = recovery;
    return untold == null ? -1 : Math.max(0, untold.liveNanos() + Recovery.PATIENCE_NANOS - now);
  }

  void changed(ConnectionState from, ConnectionState to) {
    if (fallback == null) {
      return;
    }
    if (to == ConnectionState.DEGRADED) {
      fallbackFrom = fallback.accepted();
      voice.tell(new SessionEvent.FallbackStarted());
    } else if (from == ConnectionState.DEGRADED) {
      voice.tell(new SessionEvent.FallbackEnded(fallback.accepted() - fallbackFrom));
    }
  }

  void end() {
    down();
    shared.monitor.forget(this);
  }

  private void tell(Recovery recovered, Optional<Long> firstAudioNanos) {
    SessionEvent.Reconnected event = recovered.event(firstAudioNanos);
    shared.metrics.reconnected(recovered.fault().cause(), event.faultToAudio().orElse(null));
    voice.tell(event);
  }
}
