package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.LiveKitBridgeProto;
import java.util.List;
import java.util.Map;

/**
 * Makes ready on a thread of its own, while the command line is read, what every command needs and
 * what takes long. Nothing that logs: how to log is known only when the command line has been read.
 */
final class Preload {
  private Preload() {}

  static void begin() {
    Thread thread = new Thread(Preload::load, "preload");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load() {
    HealthCheckRequest unused =
        HealthCheckRequest.newBuilder()
            .setService(LiveKitBridgeProto.getDescriptor().getPackage())
            .build();
    String line = Json.line(Map.of("a", List.of(1, true, "b")));
    if (line.isEmpty()) {
      throw new AssertionError();
    }
  }
}
