package dev.livekitbridge.client;

import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LeaveRoomRequest;
import java.util.Collection;
import java.util.Map;

/** The messages that open and end things. */
final class Requests {
  private Requests() {}

  static JoinRoomRequest join(
      SessionRequest request,
      Collection<String> ignored,
      String token,
      String instance,
      long attempt) {
    return JoinRoomRequest.newBuilder()
        .setUserId(request.userId)
        .setRoomName(request.room)
        .setToken(token)
        .setLivekitUrl(request.liveKitUrl)
        .setTargetIdentity(request.targetIdentity)
        .setResumeKey(request.resumeKey)
        .setResumeWindowMs(Checks.wireMillis("resumeWindow", request.resumeWindow))
        .setAudioInput(request.audioSource.wire)
        .setReplayMaxAgeMs(Checks.wireMillis("replayMaxAge", request.replayMaxAge))
        .addAllIgnoreIdentities(ignored)
        .setInstance(instance)
        .setAttempt(attempt)
        .setLiveMaxDelayMs(Checks.wireMillis("liveMaxDelay", request.liveMaxDelay))
        .build();
  }

  /** The first chunk of a stream to a bridge of the first table. */
  static AudioChunk firstChunk(String userId, long epochMillis) {
    return AudioChunk.newBuilder()
        .setUserId(userId)
        .setSampleRate(16_000)
        .setChannels(1)
        .setTimestampMs(epochMillis)
        .build();
  }

  /** The first chunk of a stream to one of our bridges. */
  static AudioChunk attachChunk(
      String userId,
      long epochMillis,
      String sessionId,
      long attempt,
      Map<Integer, Long> acknowledged,
      Map<Integer, Long> oldestKept) {
    return firstChunk(userId, epochMillis).toBuilder()
        .setSessionId(sessionId)
        .setAttempt(attempt)
        .addAllAcknowledged(TrackSequences.list(acknowledged))
        .addAllOldestKept(TrackSequences.list(oldestKept))
        .build();
  }

  static LeaveRoomRequest leave(String userId, String sessionId, String reason) {
    return LeaveRoomRequest.newBuilder()
        .setUserId(userId)
        .setSessionId(sessionId)
        .setReason(reason)
        .build();
  }
}
