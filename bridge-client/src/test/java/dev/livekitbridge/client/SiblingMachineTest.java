package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Decisions about the second place that need no bridge to be seen. */
class SiblingMachineTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final SiblingMachine machine =
      new SiblingMachine(
          new Backoff(new BackoffSchedule(Duration.ofSeconds(30), new Random(1)), 10 * SECOND),
          SECOND);

  /** The old bridge is not done, and will not be. */
  private void holdFrom(long now) {
    assertThat(machine.want(SiblingMachine.Goal.HAND_OVER, true, now))
        .containsExactly(SiblingMachine.Step.CONNECT);
    machine.onStreamOpening(now);
    assertThat(machine.onLive(now)).containsExactly(SiblingMachine.Step.PRIME);
    assertThat(machine.look(true, true, false, true, now)).contains(SiblingMachine.Step.HOLD);
  }

  @Test
  void theOldBridgeIsWaitedForFiveSeconds() {
    holdFrom(0);
    for (long now = 0; now < 5 * SECOND; now += SiblingMachine.LOOK_NANOS) {
      assertThat(machine.look(true, true, false, true, now))
          .doesNotContain(SiblingMachine.Step.MOVE);
    }
    assertThat(machine.look(true, true, false, true, 5 * SECOND))
        .contains(SiblingMachine.Step.MOVE);
  }

  @Test
  void whoStoodStillReadsWhatTheOldBridgeSaidBeforeItMoves() {
    holdFrom(0);
    assertThat(machine.look(true, true, false, true, 9 * SECOND))
        .doesNotContain(SiblingMachine.Step.MOVE);
    // What was read is that all has been played.
    assertThat(machine.look(true, true, true, true, 9 * SECOND + 1))
        .contains(SiblingMachine.Step.MOVE);
  }
}
