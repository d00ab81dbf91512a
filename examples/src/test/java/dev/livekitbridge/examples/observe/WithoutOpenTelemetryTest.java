package dev.livekitbridge.examples.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.server.BridgeServer;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Client and bridge where there is no OpenTelemetry: they work, and nobody asks for it. */
class WithoutOpenTelemetryTest {
  /** What runs there, loaded anew by a loader that knows no OpenTelemetry. */
  public static final class Life implements Callable<String> {
    @Override
    public String call() throws Exception {
      // As frameworks do that look for setters.
      int methods =
          BridgeClient.Builder.class.getMethods().length
              + BridgeServer.Builder.class.getMethods().length;
      try (BridgeServer server = BridgeServer.builder().host("127.0.0.1").port(0).build().start();
          BridgeClient client = BridgeClient.builder("127.0.0.1:" + server.port()).build()) {
        BridgeSession session =
            client.open(
                SessionRequest.builder("anna")
                    .room("standup")
                    .liveKitUrl("memory:standup")
                    .resumeKey("key")
                    .build());
        await().until(() -> session.state() == ConnectionState.CONNECTED);
        session.reconnectNow();
        await().until(() -> session.stats().reconnects() == 1);
        String played =
            session
                .play(PlayRequest.url("http://127.0.0.1:1/x.wav").build())
                .completion()
                .get()
                .outcome()
                .name();
        return session.state() + " " + played + " " + (methods > 0);
      }
    }
  }

  @Test
  void joinsReconnectsAndPlays() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("opentelemetry")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader without =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> without.loadClass("io.opentelemetry.api.OpenTelemetry"))
          .isInstanceOf(ClassNotFoundException.class);
      Object life = without.loadClass(Life.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(((Callable<?>) life).call()).isEqualTo("CONNECTED FAILED true");
    }
  }
}
