package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.terminal.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link Worker}: a line of standard input is an order, its answer JSON. */
final class Orders {
  static final String ANSWER = "answer";

  private final PrintStream answers = System.out;

  /** What obeys. */
  interface Obedient {
    Object obey(String[] words) throws InterruptedException;
  }

  Orders() {
    // Whatever a library prints must not be taken for an answer.
    System.setOut(System.err);
  }

  /** The server that the worker was given. */
  static LiveKitAccess access(String url) {
    return new LiveKitAccess(
        url, System.getenv("LIVEKIT_API_KEY"), System.getenv("LIVEKIT_API_SECRET"));
  }

  /** Until standard input ends. */
  void take(Obedient worker) throws IOException, InterruptedException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order; (order = orders.readLine()) != null && !order.equals("exit"); ) {
      tell(ANSWER, worker.obey(order.split(" ", -1)));
    }
  }

  synchronized void tell(String event, Object value) {
    answers.println(Json.line(Json.object("event", event, "value", value)));
    answers.flush();
  }
}
