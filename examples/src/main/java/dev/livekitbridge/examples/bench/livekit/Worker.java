package dev.livekitbridge.examples.bench.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM that measures or makes what is measured: orders go in, answers come out, in turn. */
final class Worker {
  private static final int LIMIT_SECONDS = 120;

  // On two processors the compiler of a JVM that only measures is in the way of the one that is
  // measured: it runs when nobody else does. A JVM that may not say so is silent about it.
  private static final String[] STAND_BACK = {
    "-XX:-PrintWarnings", "-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=10"
  };

  private final String name;
  private final ChildProcess process;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final Consumer<JsonNode> notes;

  /**
   * Starts it.
   *
   * @param main takes the server's URL and what else is given, and obeys {@link Orders}
   * @param notes hears what the worker says unasked
   */
  Worker(
      ProcessGroup group,
      String name,
      Class<?> main,
      LiveKitAccess access,
      Consumer<JsonNode> notes,
      String... arguments) {
    this.name = name;
    this.notes = notes;
    String[] all = new String[arguments.length + 1];
    all[0] = access.url();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    process =
        group.start(
            JvmSpec.of(name, main, all)
                .heap(256)
                .flags(STAND_BACK)
                .environment("LIVEKIT_API_KEY", access.key())
                .environment("LIVEKIT_API_SECRET", access.secret())
                .onEvent(this::onEvent));
  }

  private void onEvent(JsonNode event) {
    if (event.path("event").asText().equals(Orders.ANSWER)) {
      answers.add(event.path("value"));
    } else {
      notes.accept(event.path("value"));
    }
  }

  JsonNode tell(String order) throws InterruptedException {
    process.tell(order);
    for (int second = 0; second < LIMIT_SECONDS && process.alive(); second++) {
      JsonNode answer = answers.poll(1, TimeUnit.SECONDS);
      if (answer != null) {
        return answer;
      }
    }
    throw new CommandException(
        ExitCode.FAILED, name + " did not do '" + order + "'; its log is " + process.logFile());
  }
}
