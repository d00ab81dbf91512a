package dev.livekitbridge.server.session;

import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.server.playback.PlaybackFault;
import dev.livekitbridge.server.playback.Sound;
import java.util.concurrent.TimeUnit;

/** Events of playbacks, as the wire has them. */
final class PlaybackEvents {
  /** Where the reason of a failure is: nobody decides on the text of an error. */
  static final String REASON = "reason";

  /** {@code true} where the playback did not fail but was ended. */
  static final String STOPPED = "stopped";

  private PlaybackEvents() {}

  static PlayAudioEvent event(
      PlayAudioEvent.EventType type, String requestId, long durationNanos, long positionNanos) {
    PlayAudioEvent.Builder event =
        PlayAudioEvent.newBuilder()
            .setType(type)
            .setRequestId(requestId)
            .setPositionMs(millis(positionNanos));
    if (durationNanos != Sound.UNKNOWN) {
      event.setDurationMs(millis(durationNanos));
    }
    return event.build();
  }

  static PlayAudioEvent failed(PlayAudioEvent like, PlaybackFault fault) {
    return like.toBuilder()
        .setError(fault.message())
        .putMetadata(REASON, fault.kind().name())
        .build();
  }

  static PlayAudioEvent stopped(PlayAudioEvent like, String reason, String detail) {
    return like.toBuilder()
        .setError("stopped: " + detail)
        .putMetadata(REASON, reason)
        .putMetadata(STOPPED, "true")
        .build();
  }

  static PlayAudioEvent refused(String requestId, String reason, String error) {
    return PlayAudioEvent.newBuilder()
        .setType(PlayAudioEvent.EventType.FAILED)
        .setRequestId(requestId)
        .setError(error)
        .putMetadata(REASON, reason)
        .build();
  }

  static boolean last(PlayAudioEvent event) {
    return event.getType() == PlayAudioEvent.EventType.COMPLETED
        || event.getType() == PlayAudioEvent.EventType.FAILED;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
