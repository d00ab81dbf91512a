package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.livekitbridge.examples.demo.DemoService;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.harness.ChildProcess;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The service is SIGKILLed and comes back as a new process. */
class ServiceRestartTest {
  private final FrameTally heard = new FrameTally();
  // The client's books, as its process told them last.
  private volatile JsonNode books = NullNode.getInstance();

  @Test
  void newProcessTakesTheSessionOverAndHearsEverything() throws Exception {
    try (Rig rig = Rig.open(ServiceRestartTest.class)) {
      BridgeProcess bridge = rig.startBridge("bridge", 0);
      RoomSide room = rig.roomSide("standup");
      ChildProcess first = startService(rig, bridge, room, 1, "the same key");
      await().atMost(Rig.SOON).untilAsserted(() -> assertThat(rig.bridgeParticipants()).isOne());
      room.talk();
      awaitAudio();

      first.kill();
      TimeUnit.MILLISECONDS.sleep(1_000);
      assertThat(rig.bridgeParticipants()).as("the session waits in its window").isOne();
      ChildProcess second = startService(rig, bridge, room, 2, "the same key");
      awaitAudio();
      room.fallSilent();

      await()
          .atMost(Rig.SOON)
          .untilAsserted(() -> assertThat(heard(FrameTally::highest)).isEqualTo(room.said() - 1));
      heard(
          tally -> {
            assertThat(tally.missing()).as("every frame of the outage came: %s", tally).isZero();
            assertThat(tally.duplicates()).as("delivered, not acknowledged").isLessThan(15);
            return tally;
          });
      rig.assertNoZombies(bridge.port(), 1);
      second.tell("finish");
      second.await("finishing", Rig.SOON);
      second.tell("close");
      assertThat(second.awaitExit(Rig.SOON)).isZero();
      await().atMost(Rig.SOON).until(() -> books.path("state").asText().equals("CLOSED"));
      for (String way : List.of("sent", "received")) {
        assertThat(books.path(way).path("balanced").asBoolean())
            .as("the law of frames at the service: %s", books)
            .isTrue();
        assertThat(books.path(way).path("dropped"))
            .as("it closed when all had played out: %s", books)
            .isEmpty();
      }
      rig.assertNoZombies(bridge.port(), 0);
    }
  }

  @Test
  void sessionOfADeadServiceEndsWithItsWindow() {
    try (Rig rig = Rig.open(ServiceRestartTest.class)) {
      BridgeProcess bridge = rig.startBridge("bridge-window", 0);
      RoomSide room = rig.roomSide("standup");
      ChildProcess service = startService(rig, bridge, room, 1, "the same key");
      await().atMost(Rig.SOON).untilAsserted(() -> assertThat(rig.bridgeParticipants()).isOne());
      service.kill();
      rig.assertNoZombies(bridge.port(), 0);
    }
  }

  private ChildProcess startService(
      Rig rig, BridgeProcess bridge, RoomSide room, int run, String key) {
    ChildProcess service =
        rig.processes.start(
            JvmSpec.of(
                    "service-" + run,
                    DemoService.class,
                    bridge.target(),
                    room.url(),
                    Integer.toString(run),
                    "the-room")
                .environment("DEMO_RESUME_KEY", key)
                .onEvent(event -> onEvent(rig, event)));
    service.await("open", Rig.SOON);
    return service;
  }

  private void awaitAudio() {
    long before = heard(FrameTally::frames);
    await()
        .atMost(Rig.SOON)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(heard(FrameTally::frames)).isGreaterThan(before + 25));
  }

  private synchronized <T> T heard(Function<FrameTally, T> ask) {
    return ask.apply(heard);
  }

  private synchronized void onEvent(Rig rig, JsonNode event) {
    if (event.path("event").asText().equals("heard")) {
      heard.add(NumberedFrames.number(event.path("n").asLong()), rig.millis());
    } else if (event.path("event").asText().equals("stats")) {
      books = event;
    }
  }
}
