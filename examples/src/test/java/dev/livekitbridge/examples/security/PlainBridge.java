package dev.livekitbridge.examples.security;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.server.BridgeServer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process with a bridge and a client without security; see {@link NothingLoadedTest}. */
final class PlainBridge {
  private PlainBridge() {}

  public static void main(String[] args) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    try (BridgeServer server = BridgeServer.builder().host("127.0.0.1").port(0).build().start();
        BridgeClient client = BridgeClient.builder("127.0.0.1:" + server.port()).build()) {
      BridgeSession session =
          client.open(
              SessionRequest.builder("u")
                  .room("r")
                  .liveKitUrl("memory:r")
                  .onEvent(
                      event -> {
                        if (event instanceof SessionEvent.StateChanged changed
                            && changed.to() == ConnectionState.CONNECTED) {
                          connected.countDown();
                        }
                      })
                  .build());
      if (!connected.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not connected: " + session.stats());
      }
    }
  }
}
