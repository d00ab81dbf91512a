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

/** A {@link PeopleWorker} in a JVM of its own: orders go in, answers come out, in turn. */
final class People {
  private static final int LIMIT_SECONDS = 120;

  private final ChildProcess process;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Heard> notes = new LinkedBlockingQueue<>();

  /** A note that the listener heard, {@link System#nanoTime}. */
  record Heard(int note, long nanos) {}

  People(ProcessGroup group, LiveKitAccess access) {
    process =
        group.start(
            JvmSpec.of("bench-people", PeopleWorker.class, access.url())
                .heap(256)
                .environment("LIVEKIT_API_KEY", access.key())
                .environment("LIVEKIT_API_SECRET", access.secret())
                .onEvent(this::onEvent));
  }

  private void onEvent(JsonNode event) {
    JsonNode value = event.path("value");
    if (event.path("event").asText().equals("note")) {
      notes.add(new Heard(value.path("note").asInt(), value.path("nanos").asLong()));
    } else {
      answers.add(value);
    }
  }

  /** Notes heard since the last call. */
  BlockingQueue<Heard> notes() {
    return notes;
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
        ExitCode.FAILED,
        "the people in the rooms did not do '" + order + "'; their log is " + process.logFile());
  }
}
