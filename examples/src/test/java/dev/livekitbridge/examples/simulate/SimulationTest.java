package dev.livekitbridge.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Thousands of histories of faults; more with -Dsimulate.histories=N and -Dsimulate.seed=N. */
@NullMarked
class SimulationTest {
  private static final long HISTORIES = Long.getLong("simulate.histories", 20_000);
  private static final long SEED = Long.getLong("simulate.seed", 1);

  @Test
  void everyPromiseIsKeptInEveryHistory() throws InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    Simulation.Report report = new Simulation(SEED, HISTORIES, threads).run(soFar -> {});
    Simulation.Failure failure = report.failure();
    assertThat(failure)
        .as(
            () ->
                failure == null
                    ? ""
                    : "seed "
                        + failure.seed()
                        + ": "
                        + failure.broken()
                        + "\n"
                        + String.join("\n", failure.story()))
        .isNull();
    assertThat(report.histories()).isEqualTo(HISTORIES);
  }

  @Test
  void aSeedIsTheSameHistoryEveryTime() {
    for (long seed = SEED; seed < SEED + 40; seed++) {
      assertThat(Simulation.digest(seed)).as("seed %d", seed).isEqualTo(Simulation.digest(seed));
      assertThat(Simulation.story(seed)).as("seed %d", seed).isEqualTo(Simulation.story(seed));
    }
    assertThat(Simulation.digest(SEED)).isNotEqualTo(Simulation.digest(SEED + 1));
  }
}
