package dev.livekitbridge.server.session;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.server.session.SessionMetrics.Direction;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Tells metrics and log what became of a session's frames since the last report, so that losses are
 * logged at most once for each report however many they are.
 */
final class FrameReport {
  private final SessionMetrics metrics;
  private final Logger log;
  private final String name;
  private FrameCounts toClient = FrameCounts.NONE;
  private FrameCounts toRoom = FrameCounts.NONE;

  FrameReport(SessionMetrics metrics, Logger log, String name) {
    this.metrics = metrics;
    this.log = log;
    this.name = name;
  }

  void report(FrameCounts toClientNow, FrameCounts toRoomNow) {
    metrics.frames(Direction.TO_CLIENT, toClient, toClientNow);
    metrics.frames(Direction.TO_ROOM, toRoom, toRoomNow);
    logLosses("room to client", toClient, toClientNow);
    logLosses("client to room", toRoom, toRoomNow);
    toClient = toClientNow;
    toRoom = toRoomNow;
  }

  private void logLosses(String direction, FrameCounts before, FrameCounts now) {
    if (now.droppedTotal() > before.droppedTotal()) {
      Map<DropCause, Long> causes = new EnumMap<>(DropCause.class);
      now.dropped()
          .forEach(
              (cause, count) -> {
                long more = count - before.dropped().getOrDefault(cause, 0L);
                if (more > 0) {
                  causes.put(cause, more);
                }
              });
      log.warn("frames dropped, {}: {} dropped={}", direction, name, causes);
    }
  }
}
