package dev.livekitbridge.server.rpc;

import dev.livekitbridge.core.CloseReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** How a stream ends for each reason: a status for everybody, the reason itself in a trailer. */
final class Reasons {
  static final Metadata.Key<String> REASON =
      Metadata.Key.of("bridge-reason", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** In a trace: the caller went away. */
  static final String CANCELLED = "CANCELLED";

  /** In a trace: nobody said why. */
  static final String UNKNOWN = "UNKNOWN";

  private Reasons() {}

  /** The error that ends a stream; {@code LEFT} is none and ends it with OK. */
  static StatusRuntimeException error(CloseReason reason, String detail, long retryAfterMillis) {
    Metadata trailers = new Metadata();
    trailers.put(REASON, reason.name());
    if (reason == CloseReason.OVERLOADED) {
      trailers.put(PUSHBACK, Long.toString(retryAfterMillis));
    }
    return status(reason).withDescription(detail).asRuntimeException(trailers);
  }

  private static Status status(CloseReason reason) {
    return switch (reason) {
      case BAD_REQUEST -> Status.INVALID_ARGUMENT;
      case NO_SESSION -> Status.NOT_FOUND;
      case TOKEN_REJECTED, UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case NOT_PERMITTED -> Status.PERMISSION_DENIED;
      case ROOM_UNREACHABLE, JOIN_TIMEOUT, ROOM_LOST, STREAM_BROKEN, DRAINING -> Status.UNAVAILABLE;
      case SEND_TIMEOUT, INACTIVE -> Status.DEADLINE_EXCEEDED;
      case REPLACED, SUPERSEDED, REMOVED, ROOM_DELETED, DUPLICATE_IDENTITY -> Status.ABORTED;
      case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
      case LEFT -> Status.OK;
    };
  }
}
