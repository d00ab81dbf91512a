package dev.livekitbridge.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What arrives on other threads, on an executor that the test runs by hand, and on real ones. */
@NullMarked
class HandoverTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final Handover<String> handover =
      new Handover<>(tasks::add, told::add, () -> told.add("after"));

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void manyAreTakenInOneTaskAndInOrder() {
    handover.add("a");
    handover.add("b");
    handover.add("c");
    assertThat(tasks).hasSize(1);
    assertThat(handover.waiting()).isEqualTo(3);
    runAll();
    assertThat(told).containsExactly("a", "b", "c", "after");
    assertThat(handover.waiting()).isZero();
  }

  @Test
  void aWakeAloneRunsWhatComesAfter() {
    handover.wake();
    handover.wake();
    runAll();
    assertThat(told).containsExactly("after");
  }

  @Test
  void whatIsAddedWhileOneIsTakenIsTakenToo() {
    List<Integer> taken = new ArrayList<>();
    Queue<Handover<Integer>> self = new ArrayDeque<>();
    Handover<Integer> counting =
        new Handover<>(
            tasks::add,
            i -> {
              taken.add(i);
              if (i < 5) {
                Objects.requireNonNull(self.peek()).add(i + 1);
              }
            },
            () -> taken.add(-1));
    self.add(counting);
    counting.add(1);
    runAll();
    assertThat(taken).containsExactly(1, 2, 3, 4, 5, -1);
  }

  @Test
  void anItemThatFailsDoesNotHoldTheOthers() {
    Handover<String> failing =
        new Handover<>(
            tasks::add,
            item -> {
              if (item.equals("bad")) {
                throw new IllegalStateException(item);
              }
              told.add(item);
            },
            () -> told.add("after"));
    failing.add("bad");
    failing.add("good");
    assertThatThrownBy(this::runAll).hasMessage("bad");
    runAll();
    failing.add("bad");
    assertThatThrownBy(this::runAll).hasMessage("bad");
    runAll();
    failing.add("better");
    runAll();
    assertThat(told).containsExactly("good", "after", "after", "better", "after");
  }

  @Test
  void nothingIsLostOrTurnedAroundBetweenThreads() throws InterruptedException {
    int threads = 4;
    int items = 100_000;
    int[] last = new int[threads];
    ExecutorService serial = Executors.newSingleThreadExecutor();
    ExecutorService producers = Executors.newFixedThreadPool(threads);
    try {
      Handover<int[]> shared =
          new Handover<>(
              serial,
              item -> {
                assertThat(item[1]).isEqualTo(last[item[0]] + 1);
                last[item[0]] = item[1];
              },
              () -> {});
      for (int t = 0; t < threads; t++) {
        int thread = t;
        producers.execute(
            () -> {
              for (int i = 1; i <= items; i++) {
                shared.add(new int[] {thread, i});
              }
            });
      }
      producers.shutdown();
      assertThat(producers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      producers.shutdownNow();
      serial.shutdown();
    }
    assertThat(serial.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(last).containsOnly(items);
  }
}
