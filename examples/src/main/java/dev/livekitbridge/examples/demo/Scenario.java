package dev.livekitbridge.examples.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A story to play.
 *
 * @param name for {@code --scenario}
 * @param title what happens, in a few words
 * @param story what happens and what should come of it
 * @param script what is done
 */
record Scenario(String name, String title, String story, Script script) {
  /** What is done, step by step. */
  interface Script {
    void play(Stage stage) throws InterruptedException;
  }

  private static final Duration CALM = Duration.ofMillis(1_500);

  static final List<Scenario> ALL =
      List.of(
          new Scenario(
              "service-restart",
              "The service is killed and started again",
              "SIGKILL. The bridge keeps the session and stays in the room; the new process takes"
                  + " it over with its resume key and gets every frame since the last"
                  + " acknowledgement. What the dead process had accepted and not yet sent dies"
                  + " with it.",
              Scenario::serviceRestart),
          new Scenario(
              "bridge-restart",
              "The bridge is killed and comes back after 0.5 s",
              "SIGKILL. The client notices at once, keeps what it is given to say, and joins again"
                  + " as soon as the port is open. What the room says while no bridge is in it is"
                  + " lost; the client tells so.",
              Scenario::bridgeRestart),
          new Scenario(
              "bridge-outage",
              "The bridge is killed and stays away for 5 s",
              "The service goes on: after 3 s it is DEGRADED, no exception reaches it, and what it"
                  + " says meanwhile is kept and heard later.",
              Scenario::bridgeOutage),
          new Scenario(
              "partition",
              "The network parts service and bridge for 5 s",
              "No packet gets through and nobody is told. The client notices by silence; the"
                  + " bridge stays in the room and keeps what it hears. After the healing, both"
                  + " replay, and no frame is lost in either direction.",
              Scenario::partition),
          new Scenario(
              "half-open",
              "One direction is lost, then the other",
              "First nothing gets from the service to the bridge, later nothing gets back. Each"
                  + " time the other direction still works, so that TCP alone tells nobody.",
              Scenario::halfOpen),
          new Scenario(
              "bridge-drain",
              "The bridge is told to end and a new one takes its port",
              "SIGTERM. The bridge tells its clients, hands over what it has, leaves the rooms and"
                  + " ends in time; the session goes to its successor.",
              Scenario::bridgeDrain));

  static Optional<Scenario> named(String name) {
    return ALL.stream().filter(scenario -> scenario.name().equals(name)).findAny();
  }

  static List<String> names() {
    return ALL.stream().map(Scenario::name).toList();
  }

  private static void serviceRestart(Stage stage) throws InterruptedException {
    stage.flow(CALM);
    Story.Fault fault = stage.killService();
    stage.startService(fault);
    stage.awaitAudio(fault);
    stage.flow(CALM);
  }

  private static void bridgeRestart(Stage stage) throws InterruptedException {
    stage.flow(CALM);
    Story.Fault fault = stage.killBridge();
    stage.flow(Duration.ofMillis(500));
    stage.startBridge(fault);
    stage.awaitAudio(fault);
    stage.flow(CALM);
  }

  private static void bridgeOutage(Stage stage) throws InterruptedException {
    stage.flow(CALM);
    Story.Fault fault = stage.killBridge();
    stage.flow(Duration.ofSeconds(5));
    stage.expectState("DEGRADED");
    stage.startBridge(fault);
    stage.awaitAudio(fault);
    stage.flow(CALM);
  }

  private static void partition(Stage stage) throws InterruptedException {
    cut(stage, Link.Way.BOTH, "network parted", Duration.ofSeconds(5));
  }

  private static void halfOpen(Stage stage) throws InterruptedException {
    cut(stage, Link.Way.TO_BRIDGE, "service -> bridge lost", Duration.ofSeconds(3));
    cut(stage, Link.Way.TO_SERVICE, "bridge -> service lost", Duration.ofSeconds(3));
  }

  private static void cut(Stage stage, Link.Way way, String name, Duration length)
      throws InterruptedException {
    stage.flow(CALM);
    Story.Fault fault = stage.cut(way, name);
    stage.flow(length);
    stage.heal(fault);
    stage.awaitAudio(fault);
    stage.flow(CALM);
  }

  private static void bridgeDrain(Stage stage) throws InterruptedException {
    stage.flow(CALM);
    Story.Fault fault = stage.terminateBridge();
    stage.startBridge(fault);
    stage.awaitAudio(fault);
    stage.flow(CALM);
  }
}
