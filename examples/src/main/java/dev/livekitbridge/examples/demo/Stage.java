package dev.livekitbridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a scenario is played: a room with people, a bridge and a service, each a process of its
 * own, and everything that can be done to them.
 */
final class Stage {
  /** The service's user, and its name in the room. */
  static final String USER = "service@demo";

  /** Less is not heard as a gap. */
  static final Duration AUDIBLE = Duration.ofMillis(100);

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(8);
  private static final Duration END_LIMIT = Duration.ofSeconds(8);

  /** What was kept in an outage plays out at the pace of real time. */
  private static final Duration PLAY_OUT_LIMIT = Duration.ofSeconds(30);

  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(40);
  private static final int STATS_MILLIS = 250;

  private final Setup setup;
  private final String name;
  private final String room;
  private final Story story;
  private final FrameFlow toService = new FrameFlow("room -> service");
  private final FrameFlow toRoom;
  private final Ledgers ledgers;
  private final People people;
  private @Nullable ChildProcess bridge;
  private @Nullable ChildProcess service;
  private int bridgePort;
  private int run;
  private final ServiceEvents events;
  private final AtomicBoolean toldBroken = new AtomicBoolean();

  Stage(Setup setup, String name, int number) {
    this.setup = setup;
    this.name = name;
    this.room = "demo-" + name;
    this.story = new Story(setup.terminal(), setup.time());
    this.toRoom = new FrameFlow("service -> room", setup.venue().paceMillis());
    this.ledgers = new Ledgers(this::brokenOnce);
    this.events = new ServiceEvents(story, toService, toRoom, ledgers);
    this.people = setup.venue().people(room, number);
  }

  Story story() {
    return story;
  }

  FrameFlow toService() {
    return toService;
  }

  FrameFlow toRoom() {
    return toRoom;
  }

  Ledgers ledgers() {
    return ledgers;
  }

  People people() {
    return people;
  }

  /** How often the client told that frames will not come. */
  int lostSpans() {
    return events.lostSpans();
  }

  /** Starts everyone and waits until the session is up and speech flows. */
  void open() throws InterruptedException {
    people.listen();
    launchBridge();
    launchService();
    until(START_LIMIT, () -> story.state().equals("CONNECTED"), "the service connects");
    people.speak(setup.speech());
    until(START_LIMIT, this::bothFlow, "speech flows");
    story.begin();
    story.note("speech flows: room -> bridge -> service -> bridge -> room");
  }

  private boolean bothFlow() {
    people.refresh(toService, toRoom);
    return toService.delivered() > 0 && toRoom.delivered() > 0;
  }

  // Bridge and service are started one after the other: two cores, and the first start of each
  // should be as quick as a later one.
  private long launchBridge() {
    JvmSpec spec =
        JvmSpec.of(
                "bridge-" + name,
                setup.commandLine(),
                "serve",
                "--host",
                setup.link().bridgeHost(),
                "--port",
                Integer.toString(bridgePort),
                "--drain",
                Long.toString(DRAIN.toMillis()),
                "--json",
                "--stats",
                Integer.toString(STATS_MILLIS))
            .onEvent(this::onBridge);
    ChildProcess started = setup.processes().start(spec);
    bridge = started;
    JsonNode listening = started.await("listening", START_LIMIT);
    bridgePort = listening.path("port").asInt();
    story.note("bridge (pid " + started.pid() + ") listens on port " + bridgePort);
    return listening.path("t").asLong();
  }

  private long launchService() {
    JvmSpec spec =
        JvmSpec.of(
                "service-" + name,
                DemoService.class,
                setup.link().dial(bridgePort),
                setup.venue().url(room),
                Integer.toString(++run),
                room)
            .environment("DEMO_RESUME_KEY", setup.resumeKey())
            .onEvent(events::accept);
    ChildProcess started = setup.processes().start(setup.link().place(setup.venue().equip(spec)));
    service = started;
    JsonNode open = started.await("open", START_LIMIT);
    story.note("service (pid " + started.pid() + ") opens its session");
    return open.path("t").asLong();
  }

  private ChildProcess bridge() {
    return running(bridge, "bridge");
  }

  private ChildProcess service() {
    return running(service, "service");
  }

  private static ChildProcess running(@Nullable ChildProcess process, String what) {
    if (process == null) {
      throw new IllegalStateException("there is no " + what + " yet");
    }
    return process;
  }

  private void onBridge(JsonNode event) {
    if (event.path("event").asText().equals("stats")) {
      ledgers.ofBridge(event);
    }
  }

  /** A law that breaks breaks at every telling; once is enough. */
  private void brokenOnce(String text) {
    if (toldBroken.compareAndSet(false, true)) {
      story.broken(text);
    }
  }

  /** Lets it run. */
  void flow(Duration length) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(length.toNanos());
  }

  Story.Fault killBridge() {
    Story.Fault fault = story.fault("SIGKILL bridge", Story.Victim.BRIDGE);
    bridge().kill();
    ledgers.bridgeDied();
    if (!setup.venue().afterlife().isEmpty()) {
      story.note(setup.venue().afterlife());
    }
    return fault;
  }

  Story.Fault terminateBridge() {
    Story.Fault fault = story.fault("SIGTERM bridge", Story.Victim.BRIDGE);
    bridge().terminate();
    bridge().awaitExit(END_LIMIT);
    story.note("the bridge has ended");
    return fault;
  }

  void startBridge(Story.Fault fault) {
    story.repaired(fault, launchBridge(), "bridge is back");
  }

  Story.Fault killService() {
    Story.Fault fault = story.fault("SIGKILL service", Story.Victim.SERVICE);
    service().kill();
    story.state("DOWN", setup.time().epochMillis(), "");
    return fault;
  }

  void startService(Story.Fault fault) {
    story.repaired(fault, launchService(), "service is back");
  }

  Story.Fault cut(Link.Way way, String what) {
    setup.link().cut(way);
    return story.fault(what, Story.Victim.NOBODY);
  }

  void heal(Story.Fault fault) {
    setup.link().heal();
    story.repaired(fault, setup.time().epochMillis(), "network healed");
  }

  void expectState(String state) {
    if (!story.state().equals(state)) {
      story.broken("the service is " + story.state() + " (expected: " + state + ")");
    }
  }

  /** Waits until frames come again in both directions. */
  void awaitAudio(Story.Fault fault) throws InterruptedException {
    boolean back =
        until(
            RECOVERY_LIMIT,
            () -> {
              people.refresh(toService, toRoom);
              return flowsSince(toService, fault) && flowsSince(toRoom, fault);
            });
    if (!back) {
      story.broken("no audio within " + RECOVERY_LIMIT.toSeconds() + " s of: " + fault.name());
    }
    tellAudio(toService, fault);
    tellAudio(toRoom, fault);
  }

  private static boolean flowsSince(FrameFlow flow, Story.Fault fault) {
    OptionalLong last = flow.lastArrival();
    return last.isPresent() && last.getAsLong() > fault.mendedAt();
  }

  private void tellAudio(FrameFlow flow, Story.Fault fault) {
    OptionalLong again = flow.audioAgain(fault.at(), fault.onsetEnd(), AUDIBLE);
    if (again.isPresent()) {
      long at = again.getAsLong();
      if (at == fault.at()) {
        story.note("audio " + flow.direction() + " was never interrupted");
      } else {
        story.audio(at, flow.direction(), ": " + after(at, fault));
      }
    }
  }

  private static String after(long at, Story.Fault fault) {
    String text = at - fault.at() + " ms after the fault";
    return at < fault.mendedAt()
        ? text
        : text + ", " + (at - fault.mendedAt()) + " ms after the repair";
  }

  /** Ends the speech and lets what is on its way arrive. */
  void fallSilent() throws InterruptedException {
    people.fallSilent();
    service().tell("finish");
    story.note("everyone falls silent");
    long[] quietSince = {setup.time().epochMillis()};
    long[] seen = {-1};
    until(
        PLAY_OUT_LIMIT,
        () -> {
          people.refresh(toService, toRoom);
          long arrived = toService.delivered() + toRoom.delivered();
          if (arrived != seen[0]) {
            seen[0] = arrived;
            quietSince[0] = setup.time().epochMillis();
          }
          long quiet = setup.time().epochMillis() - quietSince[0];
          // The last word on what is on its way is up to two tellings old.
          return ledgers.clientBuffered() == 0 && quiet > 3L * STATS_MILLIS;
        });
  }

  /** From the beginning to the last frame that anyone heard. */
  double secondsOfAudio() {
    long last = Math.max(toService.lastArrival().orElse(0), toRoom.lastArrival().orElse(0));
    return Math.max(0, last - story.start()) / 1000.0;
  }

  /** Sessions and participants that are there now, as bridge and room host tell. */
  int sessionsAndParticipants() {
    return Math.max(0, ledgers.sessions()) + people.bridges();
  }

  /** Closes the session, then the service, as a program would. */
  void closeService() throws InterruptedException {
    service().tell("close");
    int exitCode = service().awaitExit(END_LIMIT);
    if (exitCode != 0) {
      story.broken("the service ended with exit code " + exitCode);
    }
    until(Duration.ofSeconds(3), () -> sessionsAndParticipants() == 0);
  }

  void closeBridge() {
    bridge().terminate();
    bridge().awaitExit(END_LIMIT);
    people.leave();
  }

  /** Kills whoever still runs. */
  void abandon() {
    setup.link().heal();
    for (ChildProcess each : new ChildProcess[] {bridge, service}) {
      if (each != null && each.alive()) {
        each.kill();
      }
    }
  }

  private void until(Duration limit, BooleanSupplier condition, String what)
      throws InterruptedException {
    boolean reached =
        until(limit, () -> story.state().equals("CLOSED") || condition.getAsBoolean());
    if (!reached || story.state().equals("CLOSED")) {
      throw new IllegalStateException("waited in vain until " + what + "; see the logs");
    }
  }

  private boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
    long deadline = setup.time().nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (setup.time().nanoTime() > deadline) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    }
    return true;
  }
}
