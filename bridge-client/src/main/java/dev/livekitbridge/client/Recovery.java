package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A stream that is up again after a fault, and whether audio flows on it yet. */
record Recovery(Fault fault, long faultNanos, int tries, boolean resumed, long liveNanos) {
  /** Without audio for so long, the recovery is told all the same. */
  static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  SessionEvent.Reconnected event(Optional<Long> firstAudioNanos) {
    return new SessionEvent.Reconnected(
        fault,
        Duration.ofNanos(liveNanos - faultNanos),
        firstAudioNanos.map(at -> Duration.ofNanos(at - faultNanos)),
        tries,
        resumed);
  }
}
