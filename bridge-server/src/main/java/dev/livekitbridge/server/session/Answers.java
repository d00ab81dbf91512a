package dev.livekitbridge.server.session;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.server.room.Room;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Answers to joins, as the wire has them. */
final class Answers {
  /** Where the reason of a refusal is: nobody decides on the text of an error. */
  static final String REASON = "reason";

  /** When to try again at the earliest, in milliseconds; named like gRPC's trailer. */
  static final String PUSHBACK = "grpc-retry-pushback-ms";

  /** For whoever takes over: since when nothing came from the one before, in milliseconds. */
  static final String LAST_AUDIO_AGE = "last-audio-age-ms";

  /** Metadata of a takeover: nobody had a stream to the session since the caller had it. */
  static final String BACK = "back";

  private Answers() {}

  static JoinRoomResponse joined(
      Lease lease, Room room, boolean resumed, Map<Integer, Long> lastReceived) {
    return JoinRoomResponse.newBuilder()
        .setSuccess(true)
        .setParticipantId(room.participantId())
        .setParticipantCount(room.participantCount())
        .setSessionId(lease.sessionId())
        .setResumed(resumed)
        .setResumeWindowMs((int) TimeUnit.NANOSECONDS.toMillis(lease.windowNanos()))
        .putAllLastReceived(lastReceived)
        .build();
  }

  static JoinRoomResponse takenOver(
      Lease lease,
      Room room,
      Map<Integer, Long> lastReceived,
      long lastAudioAgeMillis,
      boolean back) {
    JoinRoomResponse.Builder answer =
        joined(lease, room, true, lastReceived).toBuilder()
            .putMetadata(LAST_AUDIO_AGE, Long.toString(lastAudioAgeMillis));
    if (back) {
      answer.putMetadata(BACK, "true");
    }
    return answer.build();
  }

  static JoinRoomResponse refused(CloseReason reason, String error) {
    return JoinRoomResponse.newBuilder().setError(error).putMetadata(REASON, reason.name()).build();
  }

  static JoinRoomResponse overloaded(String error, long retryAfterMillis) {
    return refused(CloseReason.OVERLOADED, error).toBuilder()
        .putMetadata(PUSHBACK, Long.toString(retryAfterMillis))
        .build();
  }

  /** What a room's failure means; a failure that does not say counts as out of reach. */
  static CloseReason reasonOf(Throwable failure) {
    return unwrap(failure) instanceof BridgeException known
        ? known.reason()
        : CloseReason.ROOM_UNREACHABLE;
  }

  /** What a room's failure says, without the token should it hold it. */
  static String textOf(Throwable failure, String token) {
    Throwable cause = unwrap(failure);
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return token.isEmpty() ? text : text.replace(token, "(token)");
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
