package dev.livekitbridge.examples.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.examples.harness.HarnessException;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.report.Kill;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Kills bridge and service in an order drawn from the seed, and holds every promise against it. */
final class Chaos {
  // What was delivered and not yet acknowledged: 100 ms or 10 frames.
  private static final int MOST_TWICE = 10;
  private static final int ENOUGH_FRAMES = 5;
  private static final int IN_FLIGHT_MILLIS = 60;
  // For so long a bridge keeps a session whose service is gone, by default.
  private static final int WINDOW_MILLIS = 10_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  // Drops are told once a second.
  private static final Duration TOLD = Duration.ofSeconds(2);
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final ChaosPlan plan;
  private final Random random;
  private final List<Ear> toService = new ArrayList<>();
  private final List<Ear> toRoom = new ArrayList<>();
  private final List<Kill> kills = new ArrayList<>();
  private final Books books;
  // By session: how often the service was told of a loss; whether a standby is ready.
  private final AtomicIntegerArray told;
  private final AtomicIntegerArray standby;
  private volatile boolean leaving;

  Chaos(ChaosPlan plan) {
    this.plan = plan;
    this.random = new Random(plan.seed());
    this.books = new Books();
    this.told = new AtomicIntegerArray(plan.sessions());
    this.standby = new AtomicIntegerArray(plan.sessions());
    for (int i = 0; i < plan.sessions(); i++) {
      toService.add(new Ear());
      toRoom.add(new Ear());
    }
  }

  List<Kill> kills() {
    return kills;
  }

  Books books() {
    return books;
  }

  long framesToService() {
    return toService.stream().mapToLong(Ear::frames).sum();
  }

  long framesToRoom() {
    return toRoom.stream().mapToLong(Ear::frames).sum();
  }

  /** Runs it; what broke is in the books. */
  void run(ProcessGroup group, Class<?> commandLine, Consumer<String> progress)
      throws InterruptedException {
    try (ChaosWorld world =
        new ChaosWorld(group, commandLine, plan, books::ofBridge, this::serviceSays)) {
      world.listen(
          (session, read) ->
              toRoom
                  .get(session)
                  .hear(
                      NumberedFrames.stream(read),
                      (int) NumberedFrames.number(read),
                      -1,
                      System.currentTimeMillis()));
      world.startService();
      world.speak();
      books.check(await(LIMIT, () -> flows(0, -1)), () -> "audio never flowed");
      awaitStandby();
      takeDeltas();
      long beginNanos = System.nanoTime();
      List<Boolean> bridges = order();
      for (int i = 0; i < bridges.size(); i++) {
        progress.accept("kill " + (i + 1) + " of " + bridges.size());
        calm();
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        if (bridges.get(i)) {
          killBridge(world, i + 1, seconds);
        } else {
          killService(world, i + 1, seconds);
        }
      }
      progress.accept("waits for the end");
      end(world);
    } catch (HarnessException e) {
      books.broke(String.valueOf(e.getMessage()));
    }
  }

  private List<Boolean> order() {
    List<Boolean> bridges = new ArrayList<>(Collections.nCopies(plan.bridgeKills(), true));
    bridges.addAll(Collections.nCopies(plan.serviceKills(), false));
    Collections.shuffle(bridges, random);
    return bridges;
  }

  private void calm() throws InterruptedException {
    int half = plan.calmMillis() / 2;
    sleep(half + random.nextInt(half));
  }

  private void killBridge(ChaosWorld world, int number, double seconds)
      throws InterruptedException {
    List<String> targets = world.bridges();
    String target = targets.get(random.nextInt(targets.size()));
    int away = random.nextInt(plan.awayMillis() + 1);
    int[] toldBefore = toldNow();
    long at = System.currentTimeMillis();
    world.killBridge(target);
    long heardAt = Long.MAX_VALUE;
    if (plan.standby()) {
      // The other one goes on.
      boolean flows = await(LIMIT, () -> flows(at + IN_FLIGHT_MILLIS, -1));
      within(number, "a bridge with a standby", at, at, flows);
      heardAt = System.currentTimeMillis();
    }
    sleep(away - (System.currentTimeMillis() - at));
    long ready = world.startBridge(target);
    if (!plan.standby()) {
      boolean flows = await(LIMIT, () -> flows(ready, -1));
      within(number, "a bridge", at, ready, flows);
    }
    awaitStandby();
    sleep(plan.calmMillis() / 2);
    Kill.Way service = way(toService, at, heardAt);
    Kill.Way room = way(toRoom, at, heardAt);
    String victim = plan.standby() ? "bridge, standby" : "bridge";
    kills.add(new Kill(number, victim, seconds, ready - at, service, room));
    if (plan.standby()) {
      books.check(service.lost() == 0, () -> of(number) + service.lost() + " frames lost");
    } else if (service.lost() > 0) {
      // While no bridge was there nobody heard the room; that is told.
      for (int i = 0; i < plan.sessions(); i++) {
        int session = i;
        books.check(
            told.get(i) > toldBefore[i], () -> of(number) + "session " + session + " told nothing");
      }
    }
    neverHeard(number);
    twice(number, service, room);
  }

  private void killService(ChaosWorld world, int number, double seconds)
      throws InterruptedException {
    int away = random.nextInt(plan.awayMillis() + 1);
    long at = System.currentTimeMillis();
    world.killService();
    for (int i = 0; i < plan.sessions(); i++) {
      standby.set(i, 0);
    }
    sleep(away - (System.currentTimeMillis() - at));
    long ready = world.startService();
    boolean flows = await(LIMIT, () -> flows(at, world.run()));
    within(number, "the service", at, ready, flows);
    awaitStandby();
    sleep(plan.calmMillis() / 2);
    Kill.Way service = way(toService, at, Long.MAX_VALUE);
    Kill.Way room = way(toRoom, at, Long.MAX_VALUE);
    kills.add(new Kill(number, "service", seconds, ready - at, service, room));
    // Who is away for longer than the bridge waits for him finds nothing.
    books.check(
        service.lost() == 0 || service.audioMillis() > WINDOW_MILLIS,
        () -> of(number) + service.lost() + " frames lost");
    neverHeard(number);
    twice(number, service, room);
  }

  /** Nothing is lost on the way to the room but what a full store gave up, and told. */
  private void neverHeard(int number) throws InterruptedException {
    if (!await(TOLD, () -> lostToRoom() <= books.overflowed())) {
      String lost = lostToRoom() + " frames never heard, " + books.overflowed() + " given up";
      books.broke(of(number) + lost);
    }
  }

  private long lostToRoom() {
    return toRoom.stream().mapToLong(Ear::lost).sum();
  }

  private void twice(int number, Kill.Way service, Kill.Way room) {
    int most = MOST_TWICE * plan.sessions();
    books.check(service.twice() <= most, () -> of(number) + service.twice() + " came twice");
    books.check(room.twice() <= most, () -> of(number) + room.twice() + " were heard twice");
  }

  private static String of(int number) {
    return "kill " + number + ": ";
  }

  /** Audio came in time after the victim's successor was ready. */
  private void within(int number, String what, long at, long ready, boolean flows) {
    books.check(flows, () -> of(number) + "audio never came back after " + what + " was killed");
    for (int i = 0; flows && i < plan.sessions(); i++) {
      long service = toService.get(i).longestSilence(at, System.currentTimeMillis())[1] - ready;
      long room = toRoom.get(i).longestSilence(at, System.currentTimeMillis())[1] - ready;
      long worst = Math.max(service, room);
      books.check(
          worst <= plan.withinMillis(),
          () -> of(number) + "audio came " + worst + " ms after the successor was ready");
    }
  }

  /**
   * What came of a kill on one way; audio is back with the end of the longest silence till then.
   */
  private Kill.Way way(List<Ear> ears, long at, long heardAt) {
    long audio = 0;
    long silence = 0;
    long lost = 0;
    long twice = 0;
    for (Ear ear : ears) {
      long[] longest = ear.longestSilence(at, System.currentTimeMillis());
      audio = Math.max(audio, ear.longestSilence(at, heardAt)[1] - at);
      silence = Math.max(silence, longest[0]);
      Ear.Delta delta = ear.delta();
      lost += delta.lost();
      twice += delta.twice();
      ear.forgetBefore(System.currentTimeMillis() - 1_000);
    }
    return new Kill.Way(audio, silence, lost, twice);
  }

  private void takeDeltas() {
    toService.forEach(Ear::delta);
    toRoom.forEach(Ear::delta);
  }

  private int[] toldNow() {
    int[] now = new int[plan.sessions()];
    for (int i = 0; i < now.length; i++) {
      now[i] = told.get(i);
    }
    return now;
  }

  /** Whether audio flows both ways in every session, after then and in that run of the service. */
  private boolean flows(long since, int run) {
    for (int i = 0; i < plan.sessions(); i++) {
      int stream = run < 0 ? -1 : ChaosService.stream(i, run);
      if (toService.get(i).since(since, -1, run) < ENOUGH_FRAMES
          || toRoom.get(i).since(since, stream, -1) < ENOUGH_FRAMES) {
        return false;
      }
    }
    return true;
  }

  private void awaitStandby() throws InterruptedException {
    if (plan.standby()) {
      boolean ready =
          await(
              LIMIT,
              () -> {
                for (int i = 0; i < plan.sessions(); i++) {
                  if (standby.get(i) == 0) {
                    return false;
                  }
                }
                return true;
              });
      books.check(ready, () -> "a session has no standby");
    }
  }

  private void end(ChaosWorld world) throws InterruptedException {
    sleep(SETTLE.toMillis());
    world.fallSilent();
    sleep(SETTLE.toMillis());
    leaving = true;
    world.leave();
    boolean empty = await(LIMIT, () -> world.participants() == 0);
    books.check(empty, () -> world.participants() + " zombies in the rooms");
    sleep(2L * Integer.parseInt(ChaosWorld.STATS_MILLIS));
    books.check(books.sessions() == 0, () -> books.sessions() + " sessions left at a bridge");
    books.check(books.buffered() == 0, () -> books.buffered() + " frames never left the service");
    for (List<Ear> ears : List.of(toService, toRoom)) {
      long disordered = ears.stream().mapToLong(Ear::disordered).sum();
      books.check(disordered == 0, () -> disordered + " frames came out of order");
    }
  }

  private void serviceSays(int run, JsonNode event) {
    int session = event.path("s").asInt();
    switch (event.path("event").asText()) {
      case "heard" ->
          toService.get(session).hear(0, event.path("n").asInt(), run, event.path("t").asLong());
      case "lost" -> told.incrementAndGet(session);
      case "dropped" -> {
        if (event.path("cause").asText().equals(DropCause.OVERFLOW.name())) {
          books.overflowed(session, event.path("frames").asLong());
        }
      }
      case "standby" -> standby.set(session, event.path("ready").asBoolean() ? 1 : 0);
      case "stats" -> books.ofClient(session, event);
      case "ended" ->
          books.check(leaving, () -> "session " + session + " ended: " + event.path("reason"));
      default -> {
        // States and moves are for the log.
      }
    }
  }

  private static boolean await(Duration limit, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      sleep(10);
    }
    return true;
  }

  private static void sleep(long millis) throws InterruptedException {
    if (millis > 0) {
      TimeUnit.MILLISECONDS.sleep(millis);
    }
  }
}
