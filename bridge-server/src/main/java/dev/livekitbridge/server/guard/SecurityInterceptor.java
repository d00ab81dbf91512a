package dev.livekitbridge.server.guard;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.security.AuthenticationException;
import dev.livekitbridge.server.security.Authenticator;
import dev.livekitbridge.server.security.Caller;
import dev.livekitbridge.server.security.CallerCredentials;
import dev.livekitbridge.server.security.SecurityOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a call in when its caller is known and may do what its first message asks for. */
public final class SecurityInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(SecurityInterceptor.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of("bridge-reason", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "bearer ";

  private final SecurityOptions options;
  private final @Nullable Authenticator authenticator;
  private final TimeSource time;
  private final RefusedCalls refusals;

  /** A guard over calls by these options. */
  public SecurityInterceptor(
      SecurityOptions options, TimeSource time, @Nullable MeterRegistry registry) {
    this.options = options;
    this.authenticator = options.authenticator().orElse(null);
    this.time = time;
    this.refusals = new RefusedCalls(registry, time, log);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Authenticator asked = authenticator;
    if (asked == null) {
      return proceed(Callers.byAddress(call.getAttributes()), call, headers, next);
    }
    CallerCredentials credentials = credentials(call, headers);
    String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    Caller caller;
    try {
      caller = asked.authenticate(credentials);
    } catch (AuthenticationException e) {
      refusals.refused(
          CloseReason.UNAUTHENTICATED, method, credentials.peer(), String.valueOf(e.getMessage()));
      return end(call, Status.UNAUTHENTICATED, "not authenticated", CloseReason.UNAUTHENTICATED);
    } catch (RuntimeException e) {
      log.error("the authenticator failed: method={} error={}", method, e.getClass().getName());
      return end(call, Status.UNAVAILABLE, "callers cannot be authenticated now", null);
    }
    if (caller.expires().isPresent()
        && caller.expires().get().plus(options.expiryGrace()).toEpochMilli()
            <= time.epochMillis()) {
      refusals.refused(CloseReason.UNAUTHENTICATED, method, caller.name(), "expired");
      return end(call, Status.UNAUTHENTICATED, "not authenticated", CloseReason.UNAUTHENTICATED);
    }
    GuardedCall<Q, A> guarded = new GuardedCall<>(call, caller, options.authorizer(), refusals);
    return guarded.guard(proceed(caller, guarded, headers, next));
  }

  static Metadata trailers(@Nullable CloseReason reason) {
    Metadata trailers = new Metadata();
    if (reason != null) {
      trailers.put(REASON, reason.name());
    }
    return trailers;
  }

  private <Q, A> ServerCall.Listener<Q> proceed(
      Caller caller, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context context = Callers.with(caller, options.expiryGrace());
    if (call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY) {
      return Contexts.interceptCall(context, call, headers, next);
    }
    // A stream asks who calls when it begins; nothing is to be done for each of its chunks.
    Context before = context.attach();
    try {
      return next.startCall(call, headers);
    } finally {
      context.detach(before);
    }
  }

  private static <Q, A> ServerCall.Listener<Q> end(
      ServerCall<Q, A> call, Status status, String text, @Nullable CloseReason reason) {
    call.close(status.withDescription(text), trailers(reason));
    return new ServerCall.Listener<>() {};
  }

  private static CallerCredentials credentials(ServerCall<?, ?> call, Metadata headers) {
    String header = headers.get(AUTHORIZATION);
    boolean bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
    Optional<String> token =
        bearer && header != null
            ? Optional.of(header.substring(BEARER.length()).strip())
            : Optional.empty();
    return new CallerCredentials(
        token,
        certificates(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
        String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
  }

  private static List<X509Certificate> certificates(@Nullable SSLSession session) {
    List<X509Certificate> found = new ArrayList<>();
    if (session != null) {
      try {
        for (Certificate certificate : session.getPeerCertificates()) {
          if (certificate instanceof X509Certificate x509) {
            found.add(x509);
          }
        }
      } catch (SSLPeerUnverifiedException e) {
        // A client that was not asked for one.
      }
    }
    return found;
  }
}
