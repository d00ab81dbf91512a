package dev.livekitbridge.examples.bench.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadFiguresTest {
  private static LoadFigures figures(double idlePercent) {
    return new LoadFigures(
        5,
        2_500,
        0,
        0,
        new Latency(0.8, 3.2),
        new Latency(0.4, 2.1),
        96.4,
        12.0,
        2.4,
        120,
        idlePercent);
  }

  @Test
  void aFullMachineQuotesNoLatency() {
    assertThat(figures(40).line()).contains("0.80", "3.20", "0.40", "2.10", "96");
    assertThat(figures(3).line()).doesNotContain("0.80").contains("the machine is full");
  }

  @Test
  void aPlanIsBoundedAndInOrder() {
    assertThat(new LiveKitPlan(List.of(20, 1), 0, 1, 0, 0, 20, false).users())
        .containsExactly(1, 20);
    assertThatThrownBy(() -> new LiveKitPlan(List.of(0), 0, 1, 0, 0, 20, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--users: 0 (expected: 1 to 500)");
  }
}
