package dev.livekitbridge.examples.roomhost;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks the processes behind silent streams for a sign of life, all in one tick. */
final class StreamWatch {
  private final Set<ParticipantStream> streams = ConcurrentHashMap.newKeySet();

  StreamWatch(ScheduledExecutorService scheduler, Duration keepalive) {
    scheduler.scheduleAtFixedRate(
        () -> streams.forEach(ParticipantStream::check),
        keepalive.toNanos(),
        keepalive.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  void add(ParticipantStream stream) {
    streams.add(stream);
  }

  void remove(ParticipantStream stream) {
    streams.remove(stream);
  }
}
