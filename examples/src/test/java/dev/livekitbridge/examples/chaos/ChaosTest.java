package dev.livekitbridge.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.cli.BridgeCli;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.report.ChaosPage;
import dev.livekitbridge.examples.report.ChaosReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few real kills; {@code examples/bridge chaos} does hundreds. */
@NullMarked
class ChaosTest {
  @ParameterizedTest(name = "standby: {0}")
  @ValueSource(booleans = {false, true})
  void everyPromiseIsKeptThroughKillsOfBothSides(boolean standby, @TempDir Path folder)
      throws Exception {
    // How fast is measured, not tested.
    ChaosPlan plan = new ChaosPlan(1, 1, 2, standby, 300, 600, 30_000, 20261126);
    Chaos chaos = new Chaos(plan);
    try (ProcessGroup group = ProcessGroup.create(folder)) {
      chaos.run(group, BridgeCli.class, progress -> {});
    }
    assertThat(chaos.books().broken()).as("%s", chaos.kills()).isEmpty();
    assertThat(chaos.kills()).hasSize(2);
    assertThat(chaos.books().checks()).isPositive();
    ChaosReport report =
        new ChaosReport(
            "now", "0", "this", plan.setup(), plan.seed(), chaos.kills(), 1, 1, 1, List.of());
    ChaosPage.write(report, folder);
    assertThat(Files.readString(folder.resolve("chaos.html")))
        .contains("Every promise was kept")
        .contains(standby ? "bridge, standby" : "bridge");
  }

  @Test
  void anEarKnowsWhatIsLostTwiceAndOutOfOrder() {
    Ear ear = new Ear();
    for (int number : new int[] {1, 2, 4, 4, 6}) {
      ear.hear(0, number, -1, number);
    }
    assertThat(ear.delta()).isEqualTo(new Ear.Delta(2, 1));
    assertThat(ear.disordered()).isZero();
    ear.hear(0, 3, -1, 7);
    assertThat(ear.disordered()).isEqualTo(1);
    assertThat(ear.delta()).isEqualTo(new Ear.Delta(-1, 0));
    // A process hears each frame once, and in order.
    ear.hear(0, 7, 0, 8);
    ear.hear(0, 7, 0, 9);
    assertThat(ear.disordered()).isEqualTo(2);
    // The next one may hear again what was not acknowledged.
    ear.hear(0, 6, 1, 10);
    assertThat(ear.disordered()).isEqualTo(2);
    assertThat(ear.longestSilence(4, 10)).containsExactly(2, 6);
  }
}
