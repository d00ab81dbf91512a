package dev.livekitbridge.client;

import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import java.util.concurrent.TimeUnit;

/**
 * A bridge that names no reasons ended a stream cleanly: if it says that the user is connected all
 * the same, someone else has replaced the session.
 */
final class ReplacedQuestion {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Hears the answer, on any thread; no answer is a no. */
  interface Answer {
    void replaced(boolean yes);
  }

  private ReplacedQuestion() {}

  static Transport.Call ask(BridgeConnection on, String userId, Answer answer) {
    return on.transport()
        .status(
            BridgeStatusRequest.newBuilder().setUserId(userId).build(),
            DEADLINE_NANOS,
            new Transport.Reply<BridgeStatusResponse>() {
              @Override
              public void onAnswer(BridgeStatusResponse status) {
                answer.replaced(status.getConnected());
              }

              @Override
              public void onFailure(Failure failure) {
                answer.replaced(false);
              }
            });
  }
}
