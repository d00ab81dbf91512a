package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallbackPoolTest {
  private final CountDownLatch never = new CountDownLatch(1);
  private final CallbackPool pool = new CallbackPool(2, new DefaultThreadFactory("pool", true));

  @AfterEach
  void stop() {
    never.countDown();
    pool.shutdown();
  }

  private void block() {
    pool.execute(
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Test
  void callbacksThatBlockGetMoreThreadsSoThatOthersRun() {
    for (int i = 0; i < 10; i++) {
      block();
    }
    AtomicInteger ran = new AtomicInteger();
    pool.execute(ran::incrementAndGet);
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              pool.relieve();
              return ran.get() == 1;
            });
    assertThat(pool.getPoolSize()).isBetween(11, 12);
  }

  @Test
  void threadsAreGivenBackWhenNothingIsStuckAnyMore() {
    for (int i = 0; i < 6; i++) {
      block();
    }
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              pool.relieve();
              return pool.getQueue().isEmpty();
            });
    never.countDown();
    await()
        .until(
            () -> {
              pool.relieve();
              return pool.getCorePoolSize() == 2;
            });
  }

  @Test
  void workThatGetsDoneNeedsNoMoreThreads() {
    AtomicInteger ran = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      pool.execute(ran::incrementAndGet);
    }
    await().until(() -> ran.get() == 1_000);
    pool.relieve();
    pool.relieve();
    assertThat(pool.getCorePoolSize()).isEqualTo(2);
  }
}
