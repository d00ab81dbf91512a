package dev.livekitbridge.examples.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.examples.harness.FaultProxy.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FaultProxyTest {
  private static final int SILENCE_MILLIS = 150;

  private ServerSocket target;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    proxy = FaultProxy.to("127.0.0.1", target.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    target.close();
  }

  /** Both ends of a connection through the proxy. */
  private record Pair(Socket client, Socket server) implements AutoCloseable {
    void expectClientToServer(int value) throws IOException {
      client.getOutputStream().write(value);
      assertThat(server.getInputStream().read()).isEqualTo(value);
    }

    void expectServerToClient(int value) throws IOException {
      server.getOutputStream().write(value);
      assertThat(client.getInputStream().read()).isEqualTo(value);
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  private Pair connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    return new Pair(client, target.accept());
  }

  private static void expectSilence(Socket socket) throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(0);
  }

  @Test
  void passesBothWaysAndCounts() throws IOException {
    try (Pair pair = connect()) {
      pair.expectClientToServer(1);
      pair.expectServerToClient(2);

      assertThat(proxy.counts()).isEqualTo(new FaultProxy.Counts(1, 1, 1, 1));
    }
    await().untilAsserted(() -> assertThat(proxy.counts().open()).isZero());
  }

  @Test
  void passesOnTheEndAfterTheLastByte() throws IOException {
    try (Pair pair = connect()) {
      pair.client().getOutputStream().write(new byte[100_000]);
      pair.client().close();

      assertThat(pair.server().getInputStream().readAllBytes()).hasSize(100_000);
    }
  }

  @Test
  void resetsWhatIsOpenAndTakesNewOnes() throws IOException {
    try (Pair pair = connect()) {
      pair.expectClientToServer(1);

      proxy.reset();

      assertThatThrownBy(() -> pair.client().getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.server().getInputStream().read())
          .isInstanceOf(SocketException.class);
    }
    try (Pair pair = connect()) {
      pair.expectClientToServer(2);
    }
  }

  @Test
  void refusesNewOnesUntilItHealsOnTheSamePort() throws IOException {
    int port = proxy.port();
    try (Pair open = connect()) {
      proxy.refuse();

      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
          .isInstanceOf(ConnectException.class);
      open.expectClientToServer(1);
    }
    proxy.heal();

    assertThat(proxy.port()).isEqualTo(port);
    try (Pair pair = connect()) {
      pair.expectServerToClient(3);
    }
  }

  @Test
  void aBlackHoleToTheTargetLeavesTheOtherDirectionOpen() throws IOException {
    try (Pair pair = connect()) {
      proxy.blackHole(Direction.TO_TARGET);

      pair.client().getOutputStream().write(new byte[] {1, 2, 3});
      expectSilence(pair.server());
      pair.expectServerToClient(4);

      proxy.heal();
      assertThat(pair.server().getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aBlackHoleFromTheTargetLeavesTheOtherDirectionOpen() throws IOException {
    try (Pair pair = connect()) {
      proxy.blackHole(Direction.FROM_TARGET);

      pair.server().getOutputStream().write(new byte[] {1, 2, 3});
      expectSilence(pair.client());
      pair.expectClientToServer(4);

      proxy.heal();
      assertThat(pair.client().getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void noEndGetsThroughABlackHoleBeforeItHeals() throws IOException {
    try (Pair pair = connect()) {
      proxy.blackHole();

      pair.client().getOutputStream().write(5);
      pair.client().close();
      expectSilence(pair.server());

      proxy.heal();
      assertThat(pair.server().getInputStream().readAllBytes()).containsExactly(5);
    }
  }

  @Test
  void aConnectionMadeInABlackHoleReachesTheTargetWhenItHeals() throws IOException {
    proxy.blackHole();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      client.getOutputStream().write(6);
      target.setSoTimeout(SILENCE_MILLIS);
      assertThatThrownBy(() -> target.accept()).isInstanceOf(SocketTimeoutException.class);
      target.setSoTimeout(0);

      proxy.heal();
      try (Socket server = target.accept()) {
        assertThat(server.getInputStream().read()).isEqualTo(6);
      }
    }
  }

  @Test
  void aStallFillsTheBuffersOfTheSender() throws IOException {
    try (Pair pair = connect()) {
      proxy.stall(Direction.TO_TARGET);
      long written = 0;
      try (SocketChannel sender =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))) {
        sender.configureBlocking(false);
        ByteBuffer block = ByteBuffer.allocate(1 << 16);
        while (written < 64 << 20) {
          block.clear();
          int count = sender.write(block);
          if (count == 0) {
            break;
          }
          written += count;
        }
      }
      assertThat(written).as("bytes taken before the sender had to wait").isLessThan(64 << 20);

      pair.client().getOutputStream().write(7);
      expectSilence(pair.server());
      proxy.heal();
      assertThat(pair.server().getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void aTargetThatIsDownResetsTheConnection() throws IOException {
    target.close();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      client.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }
}
