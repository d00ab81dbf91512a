package dev.livekitbridge.server.guard;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.server.security.Action;
import dev.livekitbridge.server.security.Authorizer;
import dev.livekitbridge.server.security.Caller;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call whose first message decides whether it goes on. Until then its end may come from here,
 * from a timer or from the network: the first one counts.
 */
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
  private final Caller caller;
  private final Authorizer authorizer;
  private final RefusedCalls refusals;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedCall(ServerCall<Q, A> call, Caller caller, Authorizer authorizer, RefusedCalls refusals) {
    super(call);
    this.caller = caller;
    this.authorizer = authorizer;
    this.refusals = refusals;
  }

  @Override
  public void sendMessage(A message) {
    super.sendMessage(message instanceof HealthCheckResponse health ? shown(health) : message);
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (closed.compareAndSet(false, true)) {
      super.close(status, trailers);
    }
  }

  ServerCall.Listener<Q> guard(ServerCall.Listener<Q> listener) {
    return new Guard(listener);
  }

  /** How many others there are is for those who may act for all of them. */
  // An answer that is one of its own kind.
  @SuppressWarnings("unchecked")
  private A shown(HealthCheckResponse health) {
    return authorizer.permits(caller, Action.TOTALS, "")
        ? (A) health
        : (A)
            HealthCheckResponse.newBuilder()
                .setStatus(health.getStatus())
                .setUptimeSeconds(health.getUptimeSeconds())
                .putMetadata("version", health.getMetadataOrDefault("version", ""))
                .build();
  }

  private final class Guard extends SimpleForwardingServerCallListener<Q> {
    private boolean asked;
    private boolean refused;

    Guard(ServerCall.Listener<Q> listener) {
      super(listener);
    }

    @Override
    public void onMessage(Q message) {
      if (!asked) {
        asked = true;
        refused = !Questions.permitted(authorizer, caller, message);
        if (refused) {
          refuse();
        }
      }
      if (!refused) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!refused) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!refused) {
        super.onComplete();
      }
    }

    @Override
    public void onReady() {
      if (!refused) {
        super.onReady();
      }
    }

    private void refuse() {
      String method = String.valueOf(getMethodDescriptor().getBareMethodName());
      refusals.refused(CloseReason.NOT_PERMITTED, method, caller.name(), "not for this user");
      close(
          Status.PERMISSION_DENIED.withDescription("not permitted"),
          SecurityInterceptor.trailers(CloseReason.NOT_PERMITTED));
      // For the service the call is gone: it frees what it holds for it.
      super.onCancel();
    }
  }
}
