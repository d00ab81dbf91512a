package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs all parts, and keeps what they found. */
public final class LiveKitRun {
  private static final int SETTLE_SECONDS = 3;
  private static final int ONSETS = 20;

  private final LiveKitPlan plan;
  private final Consumer<String> progress;
  private final List<LoadFigures> loads = new ArrayList<>();
  private @Nullable Samples joins;
  private int failedJoins;
  private JoinPart.@Nullable Leftovers leftovers;
  private AudioPart.@Nullable Figures audio;

  /**
   * A run that has not begun.
   *
   * @param progress hears what is going on
   */
  public LiveKitRun(LiveKitPlan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param group of the processes
   * @param access the LiveKit server
   * @param commandLine main class of the command line, which a bridge runs as
   * @param flags more flags for the bridge's JVM
   * @param speech PCM to say, 16 kHz mono
   */
  public void run(
      ProcessGroup group,
      LiveKitAccess access,
      Class<?> commandLine,
      List<String> flags,
      byte[] speech)
      throws InterruptedException {
    progress.accept("starts a bridge and the people");
    BridgeProcess bridge = new BridgeProcess(group, commandLine, flags);
    People people = new People(group, access);
    try (JoinPart joining = new JoinPart(access, bridge)) {
      measureLoad(access, bridge, people);
      if (plan.joins() > 0) {
        progress.accept(plan.joins() + " joins, one after the other");
        joins = joining.joins(plan.joins());
      }
      if (plan.rounds() > 0) {
        progress.accept(plan.rounds() + " rounds of " + plan.sessions() + " joins");
        leftovers = joining.rounds(plan.rounds(), plan.sessions());
      }
      failedJoins = joining.failed();
      if (plan.audio()) {
        progress.accept("what is said in the room");
        try (Users talkers = new Users(access, bridge.port())) {
          audio =
              new AudioPart(bridge, people, talkers, speech)
                  .measure(ONSETS, plan.warmUpSeconds(), plan.seconds());
        }
      }
    }
    bridge.end();
  }

  private void measureLoad(LiveKitAccess access, BridgeProcess bridge, People people)
      throws InterruptedException {
    try (Users users = new Users(access, bridge.port())) {
      LoadPart load = new LoadPart(bridge, people, users);
      if (!plan.users().isEmpty() && plan.warmUpSeconds() > 0) {
        progress.accept("warms up for " + plan.warmUpSeconds() + " s");
        // With as many as fit: a JVM is as fast as what it has seen.
        try (Users first = new Users(access, bridge.port())) {
          new LoadPart(bridge, people, first)
              .measure(
                  Math.min(20, plan.users().get(plan.users().size() - 1)), 0, plan.warmUpSeconds());
          first.leave();
        }
      }
      for (int count : plan.users()) {
        progress.accept(count + " users for " + plan.seconds() + " s");
        loads.add(load.measure(count, SETTLE_SECONDS, plan.seconds()));
      }
      users.leave();
    }
  }

  /** The figures, for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(LoadFigures.head());
    loads.forEach(load -> lines.add(load.line()));
    lines.add("");
    lines.add(Samples.head());
    if (joins != null) {
      lines.add(joins.line());
    }
    if (audio != null) {
      lines.add(audio.onset().line());
    }
    return lines;
  }

  /** What was measured, for scripts. */
  public List<LoadFigures> loads() {
    return loads;
  }

  /** The marks of the README. */
  public List<Aim> aims() {
    List<Aim> aims = new ArrayList<>();
    for (LoadFigures load : loads) {
      String users = load.users() + (load.users() == 1 ? " user" : " users");
      aims.add(Aim.atMost(users + ": packets lost", (double) load.lost(), 0, ""));
      if (load.users() <= 5 && load.quotable()) {
        aims.add(Aim.atMost(users + ": latency p50", load.p50Millis(), 1.4, "ms"));
        aims.add(Aim.atMost(users + ": latency p99", load.p99Millis(), 5, "ms"));
      }
      if (load.users() == 20) {
        aims.add(Aim.atMost(users + ": CPU for each packet", load.microsPerPacket(), 120, "µs"));
      }
    }
    if (loads.size() > 1) {
      LoadFigures few = loads.get(0);
      LoadFigures many = loads.get(loads.size() - 1);
      aims.add(
          Aim.atMost(
              "memory for each added user",
              (many.residentMegabytes() - few.residentMegabytes())
                  / Math.max(1, many.users() - few.users()),
              1.5,
              "MB"));
    }
    if (joins != null) {
      aims.add(Aim.atMost("join, warm, p99 of " + joins.count(), joins.p99(), 500, "ms"));
      aims.add(Aim.atMost("joins that failed", failedJoins, 0, ""));
    }
    if (leftovers != null) {
      aims.add(Aim.atMost("memory left behind by all rounds", leftovers.megabytes(), 5, "MB"));
      aims.add(Aim.atMost("threads left behind", leftovers.threads(), 2, ""));
      aims.add(Aim.atMost("descriptors left behind", leftovers.descriptors(), 2, ""));
      aims.add(Aim.atMost("participants left behind", leftovers.participants(), 0, ""));
    }
    AudioPart.Figures heard = audio;
    if (heard != null) {
      aims.add(Aim.atMost("onset in the room, p50", heard.onset().p50(), 120, "ms"));
      aims.add(Aim.atMost("after a stall of 500 ms the delay is back", back(heard), 2_000, "ms"));
      aims.add(Aim.atLeast("frames skipped for it, and counted", (double) heard.skipped(), 1, ""));
      aims.add(Aim.atMost("a session that speaks", heard.corePercent(), 3, "% of a core"));
    }
    return aims;
  }

  private static double back(AudioPart.Figures heard) {
    return heard.backMillis() < 0 ? Double.POSITIVE_INFINITY : heard.backMillis();
  }
}
