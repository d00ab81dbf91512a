package dev.livekitbridge.client;

import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
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

  static PlayAudioRequest play(
      PlayRequest request, String userId, String requestId, String sessionId) {
    return PlayAudioRequest.newBuilder()
        .setRequestId(requestId)
        .setAudioUrl(request.url)
        .setVolume(request.volume)
        .setStopOther(request.stopOther)
        .setUserId(userId)
        .setTrackId(request.track.value())
        .setSessionId(sessionId)
        .build();
  }

  /** An empty request id is whatever plays. */
  static StopAudioRequest stop(
      String userId, String requestId, int track, boolean onlyTrack, String sessionId) {
    return StopAudioRequest.newBuilder()
        .setUserId(userId)
        .setRequestId(requestId)
        .setReason("by its caller")
        .setTrackId(track)
        .setOnlyTrack(onlyTrack)
        .setSessionId(sessionId)
        .build();
  }
}
