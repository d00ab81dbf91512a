package dev.livekitbridge.client;

import dev.livekitbridge.proto.LeaveRoomResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells a bridge that a session leaves, and does not insist. */
final class Leaving {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private Leaving() {}

  /** {@code then} runs once, on any thread, when the bridge has answered or will not. */
  static void tell(BridgeConnection on, String userId, String sessionId, Runnable then) {
    Transport.Call unused = ask(on, userId, sessionId, failure -> then.run());
  }

  /** {@code then} hears once, on any thread, why the bridge did not answer, or null if it did. */
  static Transport.Call ask(
      BridgeConnection on, String userId, String sessionId, Consumer<@Nullable Failure> then) {
    return on.transport()
        .leave(
            Requests.leave(userId, sessionId, "closed by the client"),
            DEADLINE_NANOS,
            new Transport.Reply<LeaveRoomResponse>() {
              @Override
              public void onAnswer(LeaveRoomResponse response) {
                then.accept(null);
              }

              @Override
              public void onFailure(Failure failure) {
                then.accept(failure);
              }
            });
  }
}
