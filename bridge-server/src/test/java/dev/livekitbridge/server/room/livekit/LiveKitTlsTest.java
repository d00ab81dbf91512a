package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server behind TLS, with a certificate that the JVM has been told to trust. */
class LiveKitTlsTest {
  private static final String TRUST = "javax.net.ssl.trustStore";
  private static final String PASSWORD = "of-tests";

  @TempDir Path folder;

  @Test
  void aWssUrlIsJoinedIfItsCertificateNamesTheHostAndElseRefused() throws Exception {
    Path store = folder.resolve("localhost.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "localhost",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    System.setProperty(TRUST, store.toString());
    System.setProperty(TRUST + "Password", PASSWORD);
    try (LiveKitServer server = LiveKitServer.start();
        ServerSocket front = listen(store);
        LiveKitRooms rooms = LiveKitRooms.create()) {
      int behind = URI.create(server.url()).getPort();
      start(() -> serve(front, behind));

      Room bridge = join(rooms, "wss://localhost:" + front.getLocalPort());
      assertThat(server.participants("tls")).containsExactly("bridge");
      bridge.leave(CloseReason.LEFT).join();

      assertThatThrownBy(() -> join(rooms, "wss://127.0.0.1:" + front.getLocalPort()))
          .hasMessageContaining("127.0.0.1")
          .extracting(Throwable::getCause)
          .hasFieldOrPropertyWithValue("reason", CloseReason.ROOM_UNREACHABLE);
      assertThat(rooms.openRooms()).isZero();
    } finally {
      System.clearProperty(TRUST);
      System.clearProperty(TRUST + "Password");
    }
  }

  private static Room join(LiveKitRooms rooms, String url) {
    String token = TestTokens.join("tls", "bridge");
    return rooms
        .join(
            new RoomJoin(url, "tls", "user", token, "", AudioInput.DATA_PACKETS, Set.of()),
            new RecordingListener())
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private static ServerSocket listen(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    return tls.getServerSocketFactory()
        .createServerSocket(
            0, 50, InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}));
  }

  private static void serve(ServerSocket front, int behind) {
    try {
      while (true) {
        Socket peer = front.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
        start(() -> pump(peer, server));
        start(() -> pump(server, peer));
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // One side has hung up.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "tls-front");
    thread.setDaemon(true);
    thread.start();
  }
}
