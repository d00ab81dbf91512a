package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The warm-up swallows its own failure, so that it works must be seen here. */
class WarmUpTest {
  @Test
  void hearsItselfAndLeavesNoThreadBehind() {
    Set<Long> before = threads();
    assertThatCode(() -> WarmUp.run(TimeUnit.SECONDS.toNanos(30))).doesNotThrowAnyException();
    await()
        .untilAsserted(
            () ->
                assertThat(newThreads(before))
                    .as("threads of the client's network")
                    .noneMatch(name -> name.startsWith("bridge-client")));
  }

  private static Set<Long> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getId)
        .collect(Collectors.toSet());
  }

  private static List<String> newThreads(Set<Long> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread.getId()))
        .map(Thread::getName)
        .toList();
  }
}
