package dev.livekitbridge.server.rpc;

import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.core.trace.Traces;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Begins the spans of joins, streams and playbacks, as parts of those that their headers name. The
 * calls themselves say what becomes of them; of a stream's chunks nothing is seen here.
 */
public final class CallTraces implements ServerInterceptor {
  private static final Context.Key<Trace> CURRENT =
      Context.keyWithDefault("bridge-trace", Trace.NONE);

  private final Traces traces;

  /** Spans of these. */
  public CallTraces(Traces traces) {
    this.traces = traces;
  }

  /** The span of the call that is being handled. */
  static Trace current() {
    return CURRENT.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodDescriptor<Q, A> method = call.getMethodDescriptor();
    String name = nameOf(method);
    if (name == null) {
      return next.startCall(call, headers);
    }
    Context context = Context.current().withValue(CURRENT, traces.serve(name, headers));
    if (method.getType().clientSendsOneMessage()) {
      return Contexts.interceptCall(context, call, headers, next);
    }
    // A stream takes its span when it begins; nothing is to be done for each of its chunks.
    Context before = context.attach();
    try {
      return next.startCall(call, headers);
    } finally {
      context.detach(before);
    }
  }

  private static @Nullable String nameOf(MethodDescriptor<?, ?> method) {
    String name = method.getFullMethodName();
    if (name.equals(LiveKitBridgeGrpc.getJoinRoomMethod().getFullMethodName())) {
      return "bridge.join";
    }
    if (name.equals(LiveKitBridgeGrpc.getStreamAudioMethod().getFullMethodName())) {
      return "bridge.attach";
    }
    return name.equals(LiveKitBridgeGrpc.getPlayAudioMethod().getFullMethodName())
        ? "bridge.play"
        : null;
  }
}
