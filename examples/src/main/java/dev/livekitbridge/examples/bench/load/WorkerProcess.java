package dev.livekitbridge.examples.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link LoadWorker} in a JVM of its own: orders go in, answers come out, in turn. */
final class WorkerProcess {
  /** A small young generation keeps the pauses short; the heap holds what is retained. */
  private static final List<String> FLAGS = List.of("-Xms256m", "-Xmn128m");

  private static final int HEAP_MEGABYTES = 1024;
  private static final long ANSWER_LIMIT_SECONDS = 120;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final ChildProcess process;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();

  /** Starts it; {@code {name}} in a flag becomes its name, so that two recordings keep apart. */
  WorkerProcess(
      ProcessGroup group, Stack stack, String side, LoadPlan plan, int port, List<String> flags) {
    name = stack.name().toLowerCase(Locale.ROOT) + "-" + side;
    process =
        group.start(
            JvmSpec.of(
                    name,
                    LoadWorker.class,
                    stack.name(),
                    side,
                    Json.line(plan),
                    Integer.toString(port))
                .heap(HEAP_MEGABYTES)
                .flags(FLAGS.toArray(String[]::new))
                .flags(
                    flags.stream().map(flag -> flag.replace("{name}", name)).toArray(String[]::new))
                .onEvent(answers::add));
  }

  <T> T tell(String order, Class<T> answer) throws InterruptedException {
    say(order);
    return hear(order, answer);
  }

  void say(String order) {
    process.tell(order);
  }

  <T> T hear(String order, Class<T> type) throws InterruptedException {
    for (int second = 0; second < ANSWER_LIMIT_SECONDS; second++) {
      JsonNode answer = answers.poll(1, TimeUnit.SECONDS);
      if (answer != null) {
        return read(answer.path("value"), type);
      }
      if (!process.alive()) {
        throw new CommandException(
            ExitCode.FAILED, name + " ended at \"" + order + "\"; its log is " + process.logFile());
      }
    }
    throw new CommandException(
        ExitCode.FAILED,
        name
            + " did not answer \""
            + order
            + "\" within "
            + ANSWER_LIMIT_SECONDS
            + " s; its log is "
            + process.logFile());
  }

  /** Lets it end by itself, so that a recording of it is written. */
  void end() {
    process.tell("exit");
    process.awaitExit(Duration.ofSeconds(15));
  }

  private static <T> T read(JsonNode value, Class<T> type) {
    try {
      return JSON.treeToValue(value, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("unexpected answer: " + value, e);
    }
  }
}
