package dev.livekitbridge.server.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** How long things took, over all sessions. Thread-safe. */
final class SessionTimers {
  /** Fine up to the 2 s within which a session has to be back, coarse beyond. */
  private static final Duration[] BUCKETS =
      Stream.of(10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Timer join;
  private final Timer detached;
  private final Timer roomAway;
  private final Timer playbackStart;

  SessionTimers(MeterRegistry registry) {
    join = timer(registry, "join.time", "From a JoinRoom to its room, of those that succeeded");
    detached = timer(registry, "detached.time", "From the break of a stream to the next one");
    roomAway = timer(registry, "room.away.time", "From the loss of a room to being back in it");
    playbackStart = timer(registry, "playback.start.time", "From a PlayAudio to its first sound");
  }

  void joined(long nanos) {
    join.record(nanos, TimeUnit.NANOSECONDS);
  }

  void resumed(long nanos) {
    detached.record(nanos, TimeUnit.NANOSECONDS);
  }

  void roomRestored(long nanos) {
    roomAway.record(nanos, TimeUnit.NANOSECONDS);
  }

  void playbackStarted(long nanos) {
    playbackStart.record(nanos, TimeUnit.NANOSECONDS);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(SessionMeters.PREFIX + name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
