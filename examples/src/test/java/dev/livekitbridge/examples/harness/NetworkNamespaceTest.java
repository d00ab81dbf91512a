package dev.livekitbridge.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.NetworkNamespace.Direction;
import dev.livekitbridge.examples.terminal.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NetworkNamespaceTest {
  @TempDir private Path logs;

  /** In the namespace: dials out and sends a number every 10 ms. */
  static final class Beacon {
    private Beacon() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      try (Socket socket = new Socket(args[0], Integer.parseInt(args[1]))) {
        System.out.println(
            Json.line(Json.object("event", "ready", "address", socket.getLocalAddress())));
        while (true) {
          socket.getOutputStream().write(1);
          Thread.sleep(10);
        }
      }
    }
  }

  @Test
  void cutsAndHealsWithoutTellingEitherEnd() throws IOException {
    Optional<NetworkNamespace> made = NetworkNamespace.tryCreate();
    assumeTrue(made.isPresent(), "network namespaces need Linux, iproute2 and root");
    try (NetworkNamespace namespace = made.orElseThrow();
        ServerSocket listener =
            new ServerSocket(0, 1, InetAddress.getByName(namespace.outsideAddress()));
        ProcessGroup group = ProcessGroup.create(logs)) {
      ChildProcess child =
          group.start(
              JvmSpec.of(
                      "beacon",
                      Beacon.class,
                      namespace.outsideAddress(),
                      Integer.toString(listener.getLocalPort()))
                  .in(namespace));
      try (Socket socket = listener.accept()) {
        JsonNode ready = child.await("ready", Duration.ofSeconds(20));
        assertThat(ready.path("address").asText()).contains(namespace.insideAddress());
        assertThat(socket.getInputStream().read()).isEqualTo(1);

        namespace.cut(Direction.OUT_OF);
        socket.setSoTimeout(400);
        assertThatThrownBy(() -> socket.getInputStream().readNBytes(1 << 20))
            .isInstanceOf(SocketTimeoutException.class);

        namespace.heal();
        socket.setSoTimeout(10_000);
        assertThat(socket.getInputStream().read()).isEqualTo(1);
      }
    }
  }
}
