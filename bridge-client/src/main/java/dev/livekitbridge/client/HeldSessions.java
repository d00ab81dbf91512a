package dev.livekitbridge.client;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What bridges may still keep of a session of ours, whatever place it had. A bridge where the
 * session was, before another one let it in, keeps what is stale: a join with the resume key would
 * take it over, and all that was heard since would come again. Confined to the session's executor.
 */
final class HeldSessions {
  private final Map<Bridge, String> ids = new HashMap<>();
  private @Nullable Bridge latest;
  private @Nullable Attachment latestBy;

  /** A bridge let one of the session's places in. */
  void joined(Attachment by, Bridge at, String sessionId) {
    ids.put(at, sessionId);
    latest = at;
    latestBy = by;
  }

  /** The bridge keeps nothing any more. */
  void gone(@Nullable Bridge at) {
    ids.remove(at);
  }

  /** Names the session that is to be ended before a join there; null if there is none. */
  @Nullable String staleFor(Attachment by, Bridge at) {
    return at.equals(latest) && by.equals(latestBy) ? null : ids.get(at);
  }
}
