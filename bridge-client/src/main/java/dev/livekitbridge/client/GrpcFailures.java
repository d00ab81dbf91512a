package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the end of a gRPC call: the reason in its trailers, else what its status tells. */
final class GrpcFailures {
  static final Metadata.Key<String> REASON =
      Metadata.Key.of("bridge-reason", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private GrpcFailures() {}

  /** How a call ended; credentials that were refused are not used again. */
  static Failure read(
      Status status,
      @Nullable Metadata trailers,
      boolean stream,
      Bearer.@Nullable Call credentials) {
    if (credentials == null) {
      return read(status, trailers, stream, "");
    }
    Fault unsent = credentials.fault();
    if (unsent != null) {
      return Failure.of(unsent);
    }
    Failure failure = read(status, trailers, stream, credentials.secret());
    if (failure.fault().reason().orElse(null) == CloseReason.UNAUTHENTICATED) {
      credentials.rejected();
    }
    return failure;
  }

  private static Failure read(
      Status status, @Nullable Metadata trailers, boolean stream, String secret) {
    Optional<CloseReason> said =
        Optional.ofNullable(trailers == null ? null : trailers.get(REASON))
            .flatMap(CloseReason::parse);
    boolean clean = status.isOk();
    Optional<CloseReason> reason = said.isPresent() ? said : byStatus(status.getCode());
    boolean transport = !clean && said.isEmpty() && isTransport(status.getCode());
    FaultCause cause;
    if (reason.orElse(null) == CloseReason.DRAINING) {
      cause = FaultCause.DRAINING;
    } else if (transport) {
      cause = stream ? FaultCause.STREAM_BROKEN : FaultCause.UNREACHABLE;
    } else {
      cause = stream ? FaultCause.STREAM_ENDED : FaultCause.JOIN_REFUSED;
    }
    return new Failure(
        new Fault(cause, reason, describe(status, secret)), transport, clean, pushback(trailers));
  }

  private static boolean isTransport(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE, UNKNOWN, INTERNAL, CANCELLED, DEADLINE_EXCEEDED -> true;
      default -> false;
    };
  }

  private static Optional<CloseReason> byStatus(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Optional.of(CloseReason.BAD_REQUEST);
      case NOT_FOUND -> Optional.of(CloseReason.NO_SESSION);
      case UNAUTHENTICATED -> Optional.of(CloseReason.TOKEN_REJECTED);
      case PERMISSION_DENIED -> Optional.of(CloseReason.NOT_PERMITTED);
      case RESOURCE_EXHAUSTED -> Optional.of(CloseReason.OVERLOADED);
      default -> Optional.empty();
    };
  }

  private static String describe(Status status, String secret) {
    String text = status.getCode().name();
    if (status.getDescription() != null) {
      text += ": " + status.getDescription();
    }
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null) {
      text += " (" + cause.getMessage() + ")";
    }
    return Redact.text(text, secret);
  }

  private static long pushback(@Nullable Metadata trailers) {
    String value = trailers == null ? null : trailers.get(PUSHBACK);
    if (value == null) {
      return 0;
    }
    try {
      long millis = Long.parseLong(value);
      return millis <= 0 ? 0 : TimeUnit.MILLISECONDS.toNanos(Math.min(millis, 3_600_000));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
