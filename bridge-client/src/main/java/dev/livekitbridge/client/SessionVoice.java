package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/** Tells what happens to a session: to its listener and to the log. Confined to the session. */
final class SessionVoice {
  private final SessionRequest request;
  private final String alias;
  private final Logger log;
  private final Callbacks callbacks;
  private final Map<DropCause, Long> toldSent = new EnumMap<>(DropCause.class);
  private final Map<DropCause, Long> toldReceived = new EnumMap<>(DropCause.class);

  SessionVoice(SessionRequest request, String alias, Logger log, Executor executor) {
    this.request = request;
    this.alias = alias;
    this.log = log;
    this.callbacks = new Callbacks("user=" + request.userId + " session=" + alias, executor);
  }

  void opened() {
    log.info("user={} session={} opened, room={}", request.userId, alias, request.room);
  }

  void changed(ConnectionState from, ConnectionState to, Optional<Fault> fault) {
    log.info(
        "user={} session={} reason={} {} → {}{}",
        request.userId,
        alias,
        fault.map(Fault::word).orElse("-"),
        from,
        to,
        fault.map(f -> ": " + f.detail()).orElse(""));
    tell(new SessionEvent.StateChanged(from, to, fault));
  }

  void tryFailed(Fault fault) {
    log.debug(
        "user={} session={} reason={} a try failed: {}",
        request.userId,
        alias,
        fault.word(),
        fault.detail());
  }

  void degraded(long sinceNanos, Optional<Fault> fault) {
    Duration since = Duration.ofNanos(sinceNanos);
    log.warn(
        "user={} session={} reason={} degraded: no bridge for {} ms, still trying{}",
        request.userId,
        alias,
        fault.map(Fault::word).orElse("-"),
        since.toMillis(),
        fault.map(f -> ": " + f.detail()).orElse(""));
    tell(new SessionEvent.Degraded(since, fault));
  }

  void alert(ReconnectAlert alert) {
    log.warn(
        "user={} session={} reconnected {} times within {} s",
        request.userId,
        alias,
        alert.count(),
        alert.window().toSeconds());
    tell(new SessionEvent.Alert(alert));
  }

  void closed(CloseReason reason, String detail) {
    log.info("user={} session={} reason={} closed: {}", request.userId, alias, reason, detail);
    tell(new SessionEvent.Closed(reason, detail));
  }

  void ready() {
    callbacks.run(request.onReady);
  }

  /** Something that an engineer looks for when audio stopped at night. */
  void tellLogged(SessionEvent event) {
    if (event instanceof SessionEvent.StandbyChanged standby && !standby.ready()) {
      log.warn(
          "user={} session={} reason=NO_STANDBY no standby: {}",
          request.userId,
          alias,
          standby.detail());
    } else {
      log.info("user={} session={} {}", request.userId, alias, event);
    }
    tell(event);
  }

  void tell(SessionEvent event) {
    callbacks.tell(request.onEvent, event);
  }

  /** Tells what was given up since the last time. */
  void dropped(FrameCounts sent, FrameCounts received) {
    dropped(SessionEvent.Direction.SENT, sent, toldSent);
    dropped(SessionEvent.Direction.RECEIVED, received, toldReceived);
  }

  private void dropped(
      SessionEvent.Direction direction, FrameCounts counts, Map<DropCause, Long> told) {
    counts
        .dropped()
        .forEach(
            (cause, frames) -> {
              long before = told.getOrDefault(cause, 0L);
              if (frames > before) {
                told.put(cause, frames);
                log.debug(
                    "user={} session={} reason={} {} frames dropped, {}",
                    request.userId,
                    alias,
                    cause,
                    frames - before,
                    direction);
                tell(new SessionEvent.FramesDropped(direction, cause, frames - before));
              }
            });
  }
}
