package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.Room;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The join that waits for its session's room: answered once. Confined to the session's context. */
final class PendingJoin {
  private final SessionMetrics metrics;
  private @Nullable JoinReply reply;

  PendingJoin(SessionMetrics metrics) {
    this.metrics = metrics;
  }

  void expect(JoinReply waiting) {
    reply = waiting;
  }

  void succeed(Lease lease, Room room) {
    metrics.joined(false);
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
