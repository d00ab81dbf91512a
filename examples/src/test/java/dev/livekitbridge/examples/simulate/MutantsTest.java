package dev.livekitbridge.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator bites: each of these plausible bugs is found, within so many histories. */
@NullMarked
class MutantsTest {
  private static final long MOST_HISTORIES = 4_000;
  private static final Set<String> HAND_OVER =
      Set.of("client.Seam$Speaker", "client.RecentFrames", "client.FrameSender");

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void isFound(String bug, String type, String method, Class<?> advice) throws Exception {
    MutantLoader loader = new MutantLoader(type, method, advice);
    boolean moving = HAND_OVER.contains(type);
    String before = System.getProperty("simulate.kind");
    System.setProperty("simulate.kind", moving ? "mixed" : before == null ? "one" : before);
    Object report;
    try {
      report = simulate(loader);
    } finally {
      // Else the other simulations in this process have one bridge, too.
      if (before == null) {
        System.clearProperty("simulate.kind");
      } else {
        System.setProperty("simulate.kind", before);
      }
    }
    Object failure = report.getClass().getMethod("failure").invoke(report);
    assertThat(loader.changed()).as("%s was loaded", type).isTrue();
    assertThat(failure)
        .as("%s: not found in %d histories", bug, MOST_HISTORIES)
        .isNotNull()
        .satisfies(
            found ->
                assertThat(found.getClass().getMethod("broken").invoke(found))
                    .asString()
                    .isNotEmpty());
  }

  private static Object simulate(MutantLoader loader) throws Exception {
    Class<?> simulation = loader.loadClass("dev.livekitbridge.examples.simulate.Simulation");
    int threads = Runtime.getRuntime().availableProcessors();
    Object run =
        simulation
            .getConstructor(long.class, long.class, int.class)
            .newInstance(1L, MOST_HISTORIES, threads);
    Consumer<Object> ignore = soFar -> {};
    return simulation.getMethod("run", Consumer.class).invoke(run, ignore);
  }

  static Arguments[] bugs() {
    return new Arguments[] {
      bug(
          "deletes a session by user id",
          "server.session.SessionRegistry",
          "closed",
          MutantAdvice.DeleteByUserId.class),
      bug(
          "acknowledges what was only queued",
          "core.link.ReceiveTrack",
          "acknowledged",
          MutantAdvice.AcknowledgeQueued.class),
      bug(
          "the attach chunk acknowledges what was only queued",
          "client.FrameReceiver",
          "attachAcknowledgement",
          MutantAdvice.AttachAcknowledgesQueued.class),
      bug("forgets to fence", "server.session.Fences", "admit", MutantAdvice.Yes.class),
      bug("does not replay", "core.link.SendTrack", "rewind", MutantAdvice.Nothing.class),
      bug(
          "takes a frame that was given up for missing",
          "core.link.ReceiveLink",
          "onFrame",
          MutantAdvice.WaitForGivenUp.class),
      bug("passes duplicates on", "core.link.ReceiveLink", "onFrame", MutantAdvice.PassAll.class),
      bug(
          "numbers from 1 after a takeover",
          "core.link.SendTrack",
          "renumber",
          MutantAdvice.FromZero.class),
      bug("drops without counting", "core.link.Ledger", "dropped", MutantAdvice.Nothing.class),
      bug(
          "the window never ends",
          "server.session.LifeTimer",
          "detached",
          MutantAdvice.Nothing.class),
      bug(
          "the window ends early",
          "server.session.Lease",
          "windowNanos",
          MutantAdvice.OneSecond.class),
      bug(
          "keeps what was acknowledged",
          "core.link.SendTrack",
          "firstIsAcknowledged",
          MutantAdvice.No.class),
      bug(
          "replays what is stale",
          "core.link.SendLink",
          "dropAcceptedBefore",
          MutantAdvice.Nothing.class),
      bug(
          "plays what is late",
          "server.session.TrackPlayer",
          "liveMaxDelay",
          MutantAdvice.FromZero.class),
      bug(
          "lets a stranger take a session over",
          "server.session.Lease",
          "takesOver",
          MutantAdvice.Yes.class),
      bug(
          "gives up what may still be asked for",
          "core.link.LinkLimits",
          "maxAgeNanos",
          MutantAdvice.OneSecond.class),
      bug(
          "leaves the sums of the bridge without its sessions",
          "server.session.ClientLink",
          "report",
          MutantAdvice.Nothing.class),
      bug(
          "acknowledges with audio only",
          "server.session.Outbound",
          "acknowledge",
          MutantAdvice.Nothing.class),
      bug(
          "stays in the room when it closes",
          "server.session.RoomSeat",
          "leave",
          MutantAdvice.Nothing.class),
      bug(
          "replaces a living session instead of taking it over",
          "server.session.Lease",
          "takesOver",
          MutantAdvice.No.class),
      bug(
          "matches nothing at the seam of two bridges",
          "client.Seam$Speaker",
          "unmistakable",
          MutantAdvice.Empty.class),
      bug(
          "forgets what was heard before a hand-over",
          "client.RecentFrames",
          "add",
          MutantAdvice.Nothing.class),
      bug(
          "cuts over before the old bridge has played out",
          "client.FrameSender",
          "idle",
          MutantAdvice.Yes.class),
      bug(
          "numbers on at the next bridge",
          "client.FrameSender",
          "renumber",
          MutantAdvice.Nothing.class),
    };
  }

  private static Arguments bug(String what, String type, String method, Class<?> advice) {
    return Arguments.of(what, type, method, advice);
  }
}
