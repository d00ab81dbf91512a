package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.proto.JoinRoomResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Takes the session id out of a join's answer: to the client the bridge is one that knows only the
 * first table of the wire then, and both leave out what makes frames reliable.
 */
final class WithoutSessionId implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    if (!"JoinRoom".equals(method.getBareMethodName())) {
      return call;
    }
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onMessage(A answer) {
                super.onMessage(without(answer));
              }
            },
            headers);
      }
    };
  }

  // The answer of a join is of the type that its method has.
  @SuppressWarnings("unchecked")
  private static <A> A without(A answer) {
    JoinRoomResponse joined = (JoinRoomResponse) answer;
    return (A) joined.toBuilder().clearSessionId().build();
  }
}
