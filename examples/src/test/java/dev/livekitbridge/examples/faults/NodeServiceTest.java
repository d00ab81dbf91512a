package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service in Node that knows the fixed wire only, with a bridge that is taken away once. */
@Timeout(90)
class NodeServiceTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path FOLDER = Path.of("node-service");

  private final MemoryRooms rooms = MemoryRooms.create();

  @BeforeAll
  static void nodeIsHereWhereItMustBe() {
    boolean here = Files.isDirectory(FOLDER.resolve("node_modules/@grpc/grpc-js"));
    if ("required".equals(System.getenv("NODE_TESTS"))) {
      assertThat(here).as("npm install was run in examples/node-service").isTrue();
    }
    assumeThat(here).as("npm install was run in examples/node-service").isTrue();
  }

  @Test
  void saysBackWhatItHearsAndComesBackByItself() throws Exception {
    MemoryParticipant alice = rooms.room("standup").join("alice");
    Queue<AudioFrame> heard = new ConcurrentLinkedQueue<>();
    alice.onAudio((identity, track, frame) -> heard.add(frame));
    byte[] hello = new byte[640];
    hello[0] = 42;
    int port;
    Process service;
    try (BridgeServer bridge = bridge(0)) {
      port = bridge.port();
      service =
          new ProcessBuilder(
                  "node", "service.js", "127.0.0.1:" + port, "memory:standup", "standup", "echo")
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(Path.of("target", "node-service.log").toFile())
              .start();
      await().atMost(SOON).until(() -> said(alice, hello, heard));
      bridge.close(Duration.ZERO);
    }
    try (BridgeServer again = bridge(port)) {
      heard.clear();
      await().atMost(SOON).until(() -> said(alice, hello, heard));
      service.destroy();
      assertThat(service.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(service.exitValue()).isZero();
      await().atMost(SOON).until(() -> again.sessions().isEmpty());
      Rig.assertLaw(again.port());
    } finally {
      service.destroyForcibly();
    }
  }

  /** Alice says it until it comes back: who only just joined may have missed it. */
  private static boolean said(MemoryParticipant alice, byte[] hello, Queue<AudioFrame> heard) {
    alice.publish(hello);
    return heard.stream().anyMatch(f -> f.toByteString().byteAt(0) == 42);
  }

  private BridgeServer bridge(int port) throws IOException {
    return BridgeServer.builder().host("127.0.0.1").port(port).rooms(rooms).build().start();
  }
}
