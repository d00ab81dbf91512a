package dev.livekitbridge.server.session;

import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.server.room.RoomJoin;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who holds a session now, and what they asked for. A takeover gives it a new one.
 *
 * @param sessionId the secret that attaches streams
 * @param instance who asked; empty for a caller that does not say
 * @param resumeKey the secret that takes over; empty for none
 * @param room where and as whom
 * @param windowNanos how long the session may outlive its stream; 0 for not at all
 * @param replayMaxAgeNanos room → client: older is skipped in a replay; 0 for none
 * @param liveMaxDelayNanos client → room: more than this waiting is skipped; 0 for none
 */
record Lease(
    String sessionId,
    String instance,
    String resumeKey,
    RoomJoin room,
    long windowNanos,
    long replayMaxAgeNanos,
    long liveMaxDelayNanos) {

  static Lease of(JoinRoomRequest request, String sessionId, long maxWindowNanos) {
    return new Lease(
        sessionId,
        request.getInstance(),
        request.getResumeKey(),
        new RoomJoin(
            request.getLivekitUrl(),
            request.getRoomName(),
            request.getUserId(),
            request.getToken(),
            request.getTargetIdentity(),
            request.getAudioInput(),
            Set.copyOf(request.getIgnoreIdentitiesList())),
        Math.min(TimeUnit.MILLISECONDS.toNanos(request.getResumeWindowMs()), maxWindowNanos),
        TimeUnit.MILLISECONDS.toNanos(request.getReplayMaxAgeMs()),
        TimeUnit.MILLISECONDS.toNanos(request.getLiveMaxDelayMs()));
  }

  boolean resumable() {
    return windowNanos > 0;
  }

  /** Whether a request of this lease takes over the session of the other one. */
  boolean takesOver(Lease other) {
    // The room's audio is chosen at its join: who asks for other audio needs a new one.
    return !resumeKey.isEmpty()
        && same(resumeKey, other.resumeKey)
        && room.userId().equals(other.room.userId())
        && room.roomName().equals(other.room.roomName())
        && room.url().equals(other.room.url())
        && room.targetIdentity().equals(other.room.targetIdentity())
        && room.audioInput() == other.room.audioInput();
  }

  /** Whether a call with this session id, or without one, may speak for the session. */
  boolean isHeldBy(String candidate) {
    return candidate.isEmpty() ? !resumable() : hasSessionId(candidate);
  }

  boolean hasSessionId(String candidate) {
    return same(sessionId, candidate);
  }

  /** Takes the same time wherever the first difference is. */
  private static boolean same(String secret, String candidate) {
    return MessageDigest.isEqual(
        secret.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  /** Without its secrets. */
  @Override
  public String toString() {
    return "Lease[room=" + room + ", resumable=" + resumable() + "]";
  }
}
