package dev.livekitbridge.examples.bench.recover;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.roomhost.FrameTally;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The service is killed under flowing audio; a new process takes its session over. */
final class ServiceKills {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration AWAY = Duration.ofMillis(500);
  private static final Duration FLOW = Duration.ofSeconds(1);
  private static final double AIM_MILLIS = 150;

  private final World world;
  private final Samples sinceOpen = new Samples("service killed: open to audio");
  private final Samples sinceStart = new Samples("service killed: start of the process to audio");
  private final Samples sinceKill = new Samples("service killed, away 0.5 s: kill to audio");

  private final Losses losses = new Losses("service killed, away 0.5 s");
  // Guarded by this.
  private final FrameTally heard = new FrameTally();
  private int runs;

  ServiceKills(World world) {
    this.world = world;
  }

  void run(int times, Consumer<String> progress) throws InterruptedException {
    if (times == 0) {
      return;
    }
    String room = world.newRoom();
    ChildProcess service = start(room);
    service.await("audio", LIMIT);
    for (int i = 0; i < times; i++) {
      progress.accept("kills the service, " + (times - i) + " left");
      World.sleep(FLOW);
      long killNanos = System.nanoTime();
      service.kill();
      World.sleep(AWAY);
      long startNanos = System.nanoTime();
      service = start(room);
      long openNanos = nanos(service.await("open", LIMIT));
      long audioNanos = nanos(service.await("audio", LIMIT));
      sinceOpen.addNanos(audioNanos - openNanos);
      sinceStart.addNanos(audioNanos - startNanos);
      sinceKill.addNanos(audioNanos - killNanos);
    }
    World.sleep(FLOW);
    service.kill();
    World.sleep(FLOW);
    FrameTally inRoom = world.heardOf(room, Service.STREAM);
    synchronized (this) {
      losses.add(heard, inRoom);
      for (int run = 1; run < runs; run++) {
        losses.add(new FrameTally(), world.heardOf(room, Service.STREAM + run));
      }
    }
    world.leave(room);
  }

  List<Samples> samples() {
    return List.of(sinceOpen, sinceStart, sinceKill);
  }

  Losses losses() {
    return losses;
  }

  private synchronized void onEvent(JsonNode event) {
    if (event.path("event").asText().equals("heard")) {
      heard.add(event.path("value").asLong(), System.nanoTime() / 1_000_000);
    }
  }

  Aim aim() {
    return Aim.atMost(sinceOpen.name() + ", p99", sinceOpen.p99(), AIM_MILLIS, "ms");
  }

  private ChildProcess start(String room) {
    return world
        .group()
        .start(
            JvmSpec.of(
                    "bench-service",
                    ServiceProcess.class,
                    "127.0.0.1:" + world.bridgePort(),
                    room,
                    world.url(room),
                    Integer.toString(Service.STREAM + runs++))
                .onEvent(this::onEvent)
                .environment(Service.KEY_VARIABLE, "key of " + room));
  }

  private static long nanos(JsonNode event) {
    return event.path("value").asLong();
  }
}
