package dev.livekitbridge.examples.bench.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The bridge under test, as {@code bridge serve} runs it. */
final class BridgeProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final ChildProcess process;
  private final int port;
  private volatile long skipped;

  BridgeProcess(ProcessGroup group, Class<?> commandLine, List<String> flags) {
    process =
        group.start(
            JvmSpec.of(
                    "bench-bridge",
                    commandLine,
                    "serve",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "0",
                    "--json",
                    "--stats",
                    "1000")
                .heap(256)
                // What was freed goes back, so that memory can be told by what is in RAM.
                .flags("-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20")
                .flags(flags.toArray(String[]::new))
                .onEvent(this::onEvent));
    port = process.await("listening", START_LIMIT).path("port").asInt();
  }

  private void onEvent(JsonNode event) {
    long sum = 0;
    for (var field : event.path("frames").path("to_room").properties()) {
      if (field.getKey().startsWith("dropped")) {
        sum += field.getValue().asLong();
      }
    }
    skipped = Math.max(skipped, sum);
  }

  int port() {
    return port;
  }

  /** Frames to the room that it dropped and counted, as it told within the last second. */
  long skipped() {
    return skipped;
  }

  Usage usage() {
    return Usage.of(process.pid());
  }

  /** Memory after a full collection, where this JVM brings the tool that asks for one. */
  Usage collected() throws InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (Files.isExecutable(jcmd)) {
      try {
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor(20, TimeUnit.SECONDS);
      } catch (IOException e) {
        return usage();
      }
    }
    TimeUnit.MILLISECONDS.sleep(300);
    return usage();
  }

  /** Asks it to end, so that a recording of it is written. */
  void end() {
    process.terminate();
    process.awaitExit(Duration.ofSeconds(20));
  }
}
