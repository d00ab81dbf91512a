package dev.livekitbridge.examples.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.TlsOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS whose certificates and authorities are replaced while audio flows. */
class TlsReloadTest {
  private static final Duration OFTEN = Duration.ofMillis(50);

  @TempDir private Path dir;
  private Path serverCert;
  private Path serverKey;
  private Path clientCert;
  private Path clientKey;
  private Path trustedByClient;
  private Path trustedByServer;
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void names() {
    serverCert = dir.resolve("server.crt");
    serverKey = dir.resolve("server.key");
    clientCert = dir.resolve("client.crt");
    clientKey = dir.resolve("client.key");
    trustedByClient = dir.resolve("trusted-by-client.crt");
    trustedByServer = dir.resolve("trusted-by-server.crt");
  }

  @Test
  void newConnectionsUseTheNewFilesAndOldStreamsGoOn() throws Exception {
    Authority old = new Authority("old");
    Authority next = new Authority("next");
    Authority.Identity first = old.issue("localhost");
    serverIs(first);
    clientIs(old.issue("client"));
    Authority.write(trustedByClient, old.pem() + next.pem());
    Authority.write(trustedByServer, old.pem());

    BridgeServer server = server(0);
    int port = server.port();
    try (BridgeClient client = client(port)) {
      BridgeSession session =
          client.open(
              SessionRequest.builder("u")
                  .room("r")
                  .liveKitUrl("memory:r")
                  .onEvent(events::add)
                  .build());
      say(session, 1);
      assertThat(serialShownAt(port)).isEqualTo(first.certificate().getSerialNumber());

      Authority.Identity second = next.issue("localhost");
      // One file after the other: meanwhile they do not belong together, and the old ones serve.
      Authority.write(serverCert, second.certificatePem());
      Authority.write(serverKey, second.keyPem());
      Authority.write(trustedByServer, next.pem());
      await()
          .untilAsserted(
              () ->
                  assertThat(serialShownAt(port))
                      .isEqualTo(second.certificate().getSerialNumber()));
      say(session, 2);
      assertThat(events).noneMatch(SessionEvent.Reconnected.class::isInstance);

      // Who still shows a certificate of the old authority does not come in any more.
      await().untilAsserted(() -> assertThat(comesIn(port)).isFalse());
      clientIs(next.issue("client"));
      await().untilAsserted(() -> assertThat(comesIn(port)).isTrue());

      server.close(Duration.ZERO);
      Authority.write(trustedByClient, next.pem());
      server = server(port);
      // The client that has been up all the time comes back with its new files.
      say(session, 3);
      assertThat(events).anyMatch(SessionEvent.Reconnected.class::isInstance);
    } finally {
      server.close(Duration.ZERO);
    }
  }

  private BridgeServer server(int port) throws IOException {
    return BridgeServer.builder()
        .host("127.0.0.1")
        .port(port)
        .tls(
            TlsOptions.builder(serverCert, serverKey)
                .clientAuthorities(trustedByServer)
                .reloadEvery(OFTEN)
                .build())
        .build()
        .start();
  }

  private BridgeClient client(int port) {
    return BridgeClient.builder("localhost:" + port)
        .tls(
            dev.livekitbridge.client.TlsOptions.builder()
                .trustedCertificates(trustedByClient)
                .clientCertificate(clientCert, clientKey)
                .reloadEvery(OFTEN)
                .build())
        .build();
  }

  private boolean comesIn(int port) {
    try (BridgeClient client = client(port)) {
      BridgeSession session =
          client.open(SessionRequest.builder("v").room("r").liveKitUrl("memory:r").build());
      await()
          .until(
              () ->
                  session.state() == ConnectionState.CONNECTED
                      || session.stats().lastFault().isPresent());
      return session.state() == ConnectionState.CONNECTED;
    }
  }

  private static void say(BridgeSession session, long nth) {
    session.send(AudioFrame.copyOf(new byte[640], nth));
    await().atMost(Duration.ofSeconds(20)).until(() -> session.stats().sent().delivered() == nth);
  }

  private void serverIs(Authority.Identity identity) throws Exception {
    Authority.write(serverCert, identity.certificatePem());
    Authority.write(serverKey, identity.keyPem());
  }

  private void clientIs(Authority.Identity identity) throws Exception {
    Authority.write(clientCert, identity.certificatePem());
    Authority.write(clientKey, identity.keyPem());
  }

  /** Of the certificate that a new connection is shown. */
  private static BigInteger serialShownAt(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAnyone()}, new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSerialNumber();
    }
  }

  private static final class TrustsAnyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
