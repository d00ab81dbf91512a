package dev.livekitbridge.server.room.livekit.dtls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client against our server, over a wire that loses, doubles and spoils datagrams. */
class DtlsTransportTest {
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private final SecureRandom random = new SecureRandom();
  private final DtlsIdentity clientIdentity = DtlsIdentity.create(random, 1_700_000_000_000L);
  private final DtlsIdentity serverIdentity = DtlsIdentity.create(random, 1_700_000_000_000L);
  private final End client = new End();
  private final End server = new End();

  @AfterEach
  void stop() {
    loop.shutdownNow();
    pool.shutdownNow();
  }

  /** What one end hears, and its wire to the other. */
  private final class End implements DtlsListener {
    final List<String> heard = new CopyOnWriteArrayList<>();
    volatile @Nullable ExportedKeys keys;
    volatile @Nullable String closed;
    volatile Predicate<byte[]> wire = datagram -> true;
    volatile @Nullable DtlsTransport peer;
    @Nullable DtlsTransport own;

    @Override
    public void send(ByteBuffer datagram) {
      byte[] bytes = new byte[datagram.remaining()];
      datagram.get(bytes);
      DtlsTransport to = peer;
      if (to != null && wire.test(bytes)) {
        loop.execute(() -> to.receive(ByteBuffer.wrap(bytes)));
      }
    }

    @Override
    public void connected(ExportedKeys agreed) {
      keys = agreed;
    }

    @Override
    public void data(ByteBuffer data) {
      heard.add(StandardCharsets.UTF_8.decode(data).toString());
    }

    @Override
    public void closed(String detail) {
      closed = detail;
    }
  }

  private void connect(String expectedOfServer, String expectedOfClient) {
    DtlsTransport c =
        new DtlsTransport(
            clientIdentity,
            DtlsRole.CLIENT,
            "sha-256",
            expectedOfServer,
            20_000,
            random,
            pool,
            loop,
            client);
    DtlsTransport s =
        new DtlsTransport(
            serverIdentity,
            DtlsRole.SERVER,
            "sha-256",
            expectedOfClient,
            20_000,
            random,
            pool,
            loop,
            server);
    client.own = c;
    server.own = s;
    client.peer = s;
    server.peer = c;
    loop.execute(s::start);
    loop.execute(c::start);
  }

  private void connectBoth() {
    connect(serverIdentity.fingerprint(), clientIdentity.fingerprint());
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(2))
        .untilAsserted(
            () -> {
              assertThat(client.closed).isNull();
              assertThat(server.closed).isNull();
              assertThat(client.keys).isNotNull();
              assertThat(server.keys).isNotNull();
            });
  }

  private void send(End from, String text) {
    loop.execute(
        () -> {
          DtlsTransport own = from.own;
          if (own != null) {
            own.send(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
          }
        });
  }

  @Test
  void bothEndsAgreeOnKeysAndData() {
    connectBoth();
    ExportedKeys ours = requireNonNull(client.keys);
    ExportedKeys theirs = requireNonNull(server.keys);
    assertThat(ours.profile())
        .isEqualTo(SrtpProfile.AEAD_AES_128_GCM.id())
        .isEqualTo(theirs.profile());
    assertThat(ours.material()).hasSize(56).isEqualTo(theirs.material());
    assertThat(ours.client()).isTrue();
    assertThat(theirs.client()).isFalse();
    assertThat(ours.toString()).isEqualTo("ExportedKeys[profile=7]");
    for (int i = 0; i < 50; i++) {
      send(client, "c" + i);
      send(server, "s" + i);
    }
    await().untilAsserted(() -> assertThat(server.heard).hasSize(50).first().isEqualTo("c0"));
    await().untilAsserted(() -> assertThat(client.heard).hasSize(50).last().isEqualTo("s49"));

    assertThat(client.closed).isNull();
  }

  @Test
  void aCertificateThatWasNotAnnouncedEndsIt() {
    connect(clientIdentity.fingerprint(), clientIdentity.fingerprint());
    await().untilAsserted(() -> assertThat(client.closed).contains("not the announced one"));
    await().untilAsserted(() -> assertThat(server.closed).isNotNull());
    assertThat(client.keys).isNull();
    assertThat(server.keys).isNull();
  }

  @Test
  void aClientsCertificateIsCheckedToo() {
    connect(serverIdentity.fingerprint(), serverIdentity.fingerprint());
    await().untilAsserted(() -> assertThat(server.closed).contains("not the announced one"));
    assertThat(server.keys).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16, 17, 18})
  void aLossyWireDelaysTheHandshakeAndNoMore(int seed) {
    Random dice = new Random(seed);
    Predicate<byte[]> lossy =
        datagram -> {
          synchronized (dice) {
            return dice.nextInt(100) >= 10;
          }
        };
    client.wire = lossy;
    server.wire = lossy;
    connectBoth();
    assertThat(client.closed).isNull();
  }

  @Test
  void aLostCertificateVerifyIsTakenWhenItComesAgain() {
    AtomicBoolean lost = new AtomicBoolean();
    client.wire =
        datagram -> !(datagram[0] == 22 && datagram[13] == 15 && lost.compareAndSet(false, true));
    connectBoth();
    assertThat(lost).isTrue();
  }

  @Test
  void spoiledAndForeignDatagramsAreDropped() {
    connectBoth();
    Random dice = new Random(12);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[dice.nextInt(200)];
      dice.nextBytes(noise);
      if (noise.length > 13 && i % 2 == 0) {
        // A plausible record header: type, version, epoch 1.
        noise[0] = (byte) (20 + dice.nextInt(6));
        noise[1] = (byte) 0xfe;
        noise[2] = (byte) 0xfd;
        noise[3] = 0;
        noise[4] = (byte) dice.nextInt(2);
        noise[11] = 0;
        noise[12] = (byte) (noise.length - 13);
      }
      DtlsTransport target = requireNonNull(client.own);
      loop.execute(() -> target.receive(ByteBuffer.wrap(noise)));
    }
    send(server, "still here");
    await()
        .untilAsserted(
            () -> {
              assertThat(client.closed).isNull();
              assertThat(client.heard).containsExactly("still here");
            });
  }

  @Test
  void twoRecordsInOneDatagramAreBothHeard() {
    connectBoth();
    List<byte[]> kept = new CopyOnWriteArrayList<>();
    server.wire =
        datagram -> {
          kept.add(datagram);
          return false;
        };
    send(server, "one");
    send(server, "two");
    await().until(() -> kept.size() == 2);
    byte[] both = new byte[kept.get(0).length + kept.get(1).length];
    System.arraycopy(kept.get(0), 0, both, 0, kept.get(0).length);
    System.arraycopy(kept.get(1), 0, both, kept.get(0).length, kept.get(1).length);
    DtlsTransport target = requireNonNull(client.own);
    loop.execute(() -> target.receive(ByteBuffer.wrap(both)));
    await().untilAsserted(() -> assertThat(client.heard).containsExactly("one", "two"));
    // The same datagram again is a replay (RFC 6347 §4.1.2.6).
    loop.execute(() -> target.receive(ByteBuffer.wrap(both)));
    server.wire = datagram -> true;
    send(server, "three");
    await().untilAsserted(() -> assertThat(client.heard).containsExactly("one", "two", "three"));
  }

  @Test
  void closingTellsThePeerAndFreesAHandshakeThatWaits() throws Exception {
    connectBoth();
    DtlsTransport own = requireNonNull(client.own);
    loop.execute(own::close);
    await().untilAsserted(() -> assertThat(server.closed).isNotNull());
    assertThat(client.closed).isNull();

    End alone = new End();
    DtlsTransport waiting =
        new DtlsTransport(
            clientIdentity, DtlsRole.CLIENT, "sha-256", "AA", 60_000, random, pool, loop, alone);
    loop.execute(waiting::start);
    // Only then: a pool that is shut down before the start would be another fault.
    CompletableFuture.runAsync(waiting::close, loop).join();
    pool.shutdown();
    assertThat(pool.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    assertThat(alone.closed).isNull();
  }
}
