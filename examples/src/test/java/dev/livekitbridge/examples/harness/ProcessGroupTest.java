package dev.livekitbridge.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.terminal.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessGroupTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path logs;

  /** A child: says who it is, repeats what it hears, and fails on demand. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) throws IOException {
      System.err.println("hello log");
      if (args.length > 0) {
        System.err.println("cannot work: " + args[0]);
        System.exit(7);
      }
      say("ready", "pid", ProcessHandle.current().pid());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        say("heard", "line", line);
      }
    }

    static void say(String event, String key, Object value) {
      System.out.println(Json.line(Json.object("event", event, key, value)));
      System.out.flush();
    }
  }

  /** A parent that starts a child, freezes it, and waits to be killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws InterruptedException {
      ProcessGroup group = ProcessGroup.create(Path.of(args[0]));
      ChildProcess child = group.start(JvmSpec.of("grandchild", Echo.class));
      child.await("ready", LIMIT);
      child.pause();
      Echo.say("started", "child", child.pid());
      new CountDownLatch(1).await();
    }
  }

  @Test
  void aChildSaysThatItIsReadyAndHearsUs() {
    List<JsonNode> events = new CopyOnWriteArrayList<>();
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      ChildProcess child = group.start(JvmSpec.of("echo", Echo.class).onEvent(events::add));

      assertThat(child.await("ready", LIMIT).path("pid").asLong()).isEqualTo(child.pid());
      child.tell("moin");
      assertThat(child.await("heard", LIMIT).path("line").asText()).isEqualTo("moin");
      assertThat(events).hasSize(2);
      assertThat(logs.resolve("echo.log")).content().contains("hello log");
    }
  }

  @Test
  void aChildThatFailsIsToldWithTheEndOfItsLog() {
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      ChildProcess child = group.start(JvmSpec.of("broken", Echo.class, "no sound card"));

      assertThatThrownBy(() -> child.await("ready", LIMIT))
          .isInstanceOf(HarnessException.class)
          .hasMessageContaining("broken")
          .hasMessageContaining("exit code 7")
          .hasMessageContaining("cannot work: no sound card");
    }
  }

  @Test
  void aFrozenChildStaysSilentUntilItIsResumedAndAKilledOneIsGone() {
    List<JsonNode> events = new CopyOnWriteArrayList<>();
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      ChildProcess child = group.start(JvmSpec.of("frozen", Echo.class).onEvent(events::add));
      child.await("ready", LIMIT);

      child.pause();
      child.tell("are you there?");
      await()
          .during(Duration.ofMillis(200))
          .atMost(Duration.ofSeconds(2))
          .until(() -> events.size() == 1);
      child.resume();
      child.await("heard", LIMIT);

      child.kill();
      assertThat(child.alive()).isFalse();
      assertThat(child.awaitExit(Duration.ZERO)).isEqualTo(128 + 9);
      assertThat(group.alive()).isEmpty();
    }
  }

  @Test
  void closeEndsEvenAFrozenChild() {
    ChildProcess child;
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      child = group.start(JvmSpec.of("frozen", Echo.class));
      child.await("ready", LIMIT);
      child.pause();
    }
    assertThat(child.alive()).isFalse();
  }

  @Test
  void noChildOutlivesAKilledParent() throws IOException {
    Path inner = Files.createDirectory(logs.resolve("inner"));
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      ChildProcess parent =
          group.start(JvmSpec.of("parent", Parent.class, inner.toString()).heap(32));
      long grandchild = parent.await("started", LIMIT).path("child").asLong();
      assertThat(ProcessHandle.of(grandchild)).isPresent();

      parent.kill();

      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive).isEmpty());
    }
  }
}
