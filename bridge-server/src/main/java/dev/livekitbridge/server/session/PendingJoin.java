package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.Room;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The join that waits for its session's room: answered once. Confined to the session's context. */
final class PendingJoin {
  private final SessionMetrics metrics;
  private final TimeSource time;
  private final long sinceNanos;
  private @Nullable JoinReply reply;

  PendingJoin(SessionEnvironment environment) {
    this.metrics = environment.metrics();
    this.time = environment.time();
    this.sinceNanos = time.nanoTime();
  }

  void expect(JoinReply waiting) {
    reply = waiting;
  }

  void succeed(Lease lease, Room room) {
    metrics.joined(false);
    metrics.timers.joined(time.nanoTime() - sinceNanos);
    answer(Answers.joined(lease, room, false, Map.of()));
  }

  /** Says no, if the join was not answered yet. */
  void refuse(CloseReason reason, String detail) {
    if (reply != null) {
      metrics.joinRefused(reason);
      answer(Answers.refused(reason, detail));
    }
  }

  private void answer(JoinRoomResponse response) {
    JoinReply waiting = reply;
    reply = null;
    if (waiting != null) {
      waiting.answer(response);
    }
  }
}
