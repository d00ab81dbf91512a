package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.harness.ProcessGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All faults of a plan, one after the other, in one world. */
public final class RecoverRun {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofSeconds(8);
  private static final double SHORT_AIM_MILLIS = 300;
  private static final double LONG_AIM_MILLIS = 700;

  private final List<Samples> samples = new ArrayList<>();
  private final List<Aim> aims = new ArrayList<>();
  private final List<Losses> losses = new ArrayList<>();

  /**
   * Does it; takes some minutes.
   *
   * @param commandLine main class of the command line, as which bridge and room host run
   * @param progress hears what is going on
   */
  public void run(
      ProcessGroup group, Class<?> commandLine, RecoverPlan plan, Consumer<String> progress)
      throws InterruptedException {
    try (World world = new World(group, commandLine)) {
      if (plan.shortKills() > 0) {
        // The first is for this process: what it measures with must not be cold.
        new BridgeKills(world, SHORT, SHORT_AIM_MILLIS).run(1, text -> progress.accept("warms up"));
        BridgeKills kills = new BridgeKills(world, SHORT, SHORT_AIM_MILLIS);
        kills.run(plan.shortKills(), progress);
        losses.add(kills.losses());
        take(kills.samples(), kills.aim());
      }
      if (plan.longKills() > 0) {
        BridgeKills kills = new BridgeKills(world, LONG, LONG_AIM_MILLIS);
        kills.run(plan.longKills(), progress);
        losses.add(kills.losses());
        take(kills.samples(), kills.aim());
      }
      if (plan.serviceKills() > 0) {
        ServiceKills kills = new ServiceKills(world);
        kills.run(plan.serviceKills(), progress);
        losses.add(kills.losses());
        take(kills.samples(), kills.aim());
      }
      for (Moves.Way way : Moves.Way.values()) {
        int times = way == Moves.Way.PLANNED ? plan.handOvers() : plan.standbyKills();
        if (times > 0) {
          Moves moves = new Moves(world, way);
          moves.run(times, progress);
          losses.add(moves.losses());
          take(moves.samples(), moves.aim());
        }
      }
      if (plan.cuts() > 0) {
        for (Cuts.Way way : Cuts.Way.values()) {
          Cuts cuts = new Cuts(world, way);
          cuts.run(plan.cuts(), progress);
          losses.add(cuts.losses());
          take(cuts.samples(), cuts.aim());
        }
      }
    }
  }

  private void take(List<Samples> more, Aim aim) {
    samples.addAll(more);
    aims.add(aim);
  }

  /** The figures. */
  public List<Samples> samples() {
    return samples;
  }

  /** What the faults cost. */
  public List<Losses> losses() {
    return losses;
  }

  /** The aims of the project for them. */
  public List<Aim> aims() {
    return aims;
  }
}
