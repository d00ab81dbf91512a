package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.bench.livekit.Service.Way;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs all parts, and keeps what they found. */
public final class LiveKitRun {
  private static final int SETTLE_SECONDS = 10;
  private static final int ONSETS = 20;
  // The codec is little code, and ten speak meanwhile.
  private static final int AUDIO_WARM_UP_SECONDS = 60;
  // Up to here a latency has a mark; with more it tells of the queue for two processors.
  private static final int LATENCY_USERS = 5;

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
    Service service = new Service(group, access, bridge.port());
    try (JoinPart joining = new JoinPart(access, bridge)) {
      measureLoad(new LoadPart(bridge, people, service), service);
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
                  .measure(
                      ONSETS,
                      Math.min(AUDIO_WARM_UP_SECONDS, plan.warmUpSeconds()),
                      plan.seconds());
        }
      }
    }
    bridge.end();
  }

  private void measureLoad(LoadPart load, Service service) throws InterruptedException {
    Map<Integer, Latency> direct = warmUp(load, service);
    for (int count : plan.users()) {
      progress.accept(count + " users for " + plan.seconds() + " s");
      loads.add(load.measure(count, SETTLE_SECONDS, plan.seconds(), direct.get(count)));
    }
    service.leave(Way.BRIDGE);
  }

  /** Warms everybody up, and tells what is heard without a bridge, by users. */
  private Map<Integer, Latency> warmUp(LoadPart load, Service service) throws InterruptedException {
    Map<Integer, Latency> direct = new HashMap<>();
    List<Integer> few = plan.users().stream().filter(users -> users <= LATENCY_USERS).toList();
    if (!plan.users().isEmpty() && plan.warmUpSeconds() > 0) {
      progress.accept("warms up for " + plan.warmUpSeconds() + " s");
      // With as many as fit: a JVM is as fast as what it has seen.
      int most = Math.min(20, plan.users().get(plan.users().size() - 1));
      if (!few.isEmpty()) {
        service.open(Way.DIRECT, few.get(few.size() - 1));
        service.count(Way.DIRECT, most);
      }
      load.measure(most, 0, plan.warmUpSeconds(), null);
      service.leave(Way.BRIDGE);
    }
    for (int count : few) {
      progress.accept(count + " users without a bridge for " + plan.seconds() + " s");
      direct.put(count, load.direct(count, SETTLE_SECONDS, plan.seconds()));
    }
    service.leave(Way.DIRECT);
    return direct;
  }

  /** The figures, for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(LoadFigures.head());
    loads.forEach(load -> lines.add(load.line()));
    lines.add("(direct: the service in the rooms itself, a little earlier, without a bridge)");
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
      if (load.users() <= LATENCY_USERS && load.quotable()) {
        aims.add(Aim.atMost(users + ": latency p50", load.latency().p50Millis(), 1.4, "ms"));
        aims.add(Aim.atMost(users + ": latency p99", load.latency().p99Millis(), 5, "ms"));
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
