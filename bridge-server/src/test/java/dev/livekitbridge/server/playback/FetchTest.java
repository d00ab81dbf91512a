package dev.livekitbridge.server.playback;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that misbehave, in every way. */
@NullMarked
class FetchTest {
  private static final byte[] SONG = Wav.pcm(16_000, 1, 16).tone(440, 0.5, 500);

  private final FileServer files = new FileServer();
  private final Fetched fetched = new Fetched("127.0.0.1");

  @AfterEach
  void close() {
    fetched.close();
    files.close();
  }

  private PlaybackFault fails(byte[] content, Kind kind) {
    String path = "/" + kind + content.length;
    files.file(path, content);
    return fetched.all(files.url(path) + "?token=secret").failure(kind);
  }

  @Test
  void whatIsNoAudioIsNamed() {
    assertThat(fails("<!DOCTYPE html><p>".getBytes(US_ASCII), Kind.UNSUPPORTED).message())
        .contains("HTML");
    assertThat(fails(" <HTML>".getBytes(US_ASCII), Kind.UNSUPPORTED).message()).contains("HTML");
    assertThat(fails(new byte[0], Kind.UNSUPPORTED).message()).contains("empty");
    assertThat(fails("{\"error\":1}".getBytes(US_ASCII), Kind.UNSUPPORTED).message())
        .contains("no format");
    assertThat(fails("MThd1234".getBytes(US_ASCII), Kind.UNSUPPORTED).message()).contains("MIDI");
    assertThat(fails(new byte[1_000_000], Kind.UNSUPPORTED).message()).contains("zeros");
    byte[] garbage = new byte[300_000];
    new Random(6).nextBytes(garbage);
    assertThat(fails(garbage, Kind.UNSUPPORTED).message()).contains("no format");
  }

  @Test
  void aBombOfZerosDoesNotGoOff() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
    assertThat(fails(bomb.toByteArray(), Kind.UNSUPPORTED).message()).contains("gzip");
    files.on(
        "/coded",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, bomb.size());
          exchange.getResponseBody().write(bomb.toByteArray());
          exchange.close();
        });
    assertThat(fetched.all(files.url("/coded")).failure(Kind.UNSUPPORTED).message())
        .contains("compressed in transit");
  }

  @Test
  void wavsThatAreWrong() {
    byte[] rate = SONG.clone();
    Arrays.fill(rate, 24, 28, (byte) 0);
    fails(rate, Kind.UNSUPPORTED);
    byte[] cut = Arrays.copyOf(SONG, SONG.length - 4_000);
    PlaybackFault truncated = fails(cut, Kind.TRUNCATED);
    assertThat(truncated.message()).contains("0.5 s").contains("0.4 s").doesNotContain("secret");
    fails(Arrays.copyOf(SONG, 30), Kind.UNSUPPORTED);
    byte[] channels = SONG.clone();
    channels[22] = 9;
    fails(channels, Kind.UNSUPPORTED);
    byte[] none = SONG.clone();
    none[22] = 0;
    none[23] = 0;
    fetched.all(files.file("/none", none).url("/none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cbr-stereo.mp3", "vbr-stereo.mp3", "stereo.flac", "stereo.ogg"})
  void brokenAndCutFilesEndAndHarmNobody(String name) throws IOException {
    byte[] good;
    try (var in = FetchTest.class.getResourceAsStream("/audio/" + name)) {
      good = java.util.Objects.requireNonNull(in).readAllBytes();
    }
    Random random = new Random(7);
    for (int i = 0; i < 12; i++) {
      byte[] bad = i % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      for (int k = 0; i % 3 != 0 && k < 1 + bad.length / 200; k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      String path = "/" + name + i;
      fetched.all(files.file(path, bad).url(path));
    }
    assertThat(fetched.all(files.file("/good", SONG).url("/good")).fault()).isNull();
  }

  @Test
  void aCutFlacIsTruncated() throws IOException {
    try (var in = FetchTest.class.getResourceAsStream("/audio/stereo.flac")) {
      byte[] good = java.util.Objects.requireNonNull(in).readAllBytes();
      fails(Arrays.copyOf(good, good.length / 2), Kind.TRUNCATED);
    }
  }

  @Test
  void anEndlessBodyEndsAtTheLimitOfItsSize() {
    try (Fetched small =
        new Fetched(
            Fetched.settings(1_000_000, Duration.ofSeconds(2), "127.0.0.1"),
            InetAddress::getAllByName)) {
      files.on(
          "/endless",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write(Wav.pcm(16_000, 1, 16).claiming(0xffff_ffffL).tone(440, 0.5, 10));
            byte[] more = new byte[8_192];
            while (true) {
              body.write(more);
            }
          });
      Fetched.Result result = small.all(files.url("/endless"));
      result.failure(Kind.TOO_LARGE);
      assertThat(result.samples().length).isLessThan(510_000);
      files.on(
          "/huge",
          exchange -> {
            exchange.sendResponseHeaders(200, 1_000_001);
            exchange.getResponseBody().write(SONG);
          });
      small.all(files.url("/huge")).failure(Kind.TOO_LARGE);
    }
  }

  @Test
  void aDownloadThatBreaksOffOrStopsIsToldOf() {
    files.on(
        "/broken",
        exchange -> {
          exchange.sendResponseHeaders(200, SONG.length);
          exchange.getResponseBody().write(SONG, 0, 8_000);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    Fetched.Result broken = fetched.all(files.url("/broken"));
    broken.failure(Kind.TRUNCATED);
    assertThat(broken.samples().length).isBetween(3_000, 4_000);
    CountDownLatch done = new CountDownLatch(1);
    files.on(
        "/stops",
        exchange -> {
          exchange.sendResponseHeaders(200, SONG.length);
          exchange.getResponseBody().write(SONG, 0, 8_000);
          exchange.getResponseBody().flush();
          done.await();
        });
    fetched.all(files.url("/stops")).failure(Kind.TIMEOUT);
    done.countDown();
  }

  @Test
  void serversThatAreNoneAreToldOf() throws IOException {
    fetched.all("http://no-such-host.invalid/a").failure(Kind.UNREACHABLE);
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    fetched.all("http://127.0.0.1:" + free + "/a").failure(Kind.UNREACHABLE);
    // A server that waits for more of what it takes for a request.
    fetched.all("https://127.0.0.1:" + files.port() + "/a").failure(Kind.TIMEOUT);
    try (ServerSocket rude = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread speaker =
          new Thread(
              () -> {
                try (Socket caller = rude.accept()) {
                  caller.getOutputStream().write("I speak no HTTP\n\n".getBytes(US_ASCII));
                } catch (IOException e) {
                  // The test is over.
                }
              });
      speaker.setDaemon(true);
      speaker.start();
      fetched.all("http://127.0.0.1:" + rude.getLocalPort() + "/a").failure(Kind.UNREACHABLE);
    }
    PlaybackFault status =
        fetched.all(files.status("/no", 503).url("/no")).failure(Kind.HTTP_STATUS);
    assertThat(status.message()).contains("503");
  }

  @Test
  void redirectsAreFollowedFiveTimesWithinTheRules() {
    files.file("/song", SONG);
    for (int i = 0; i < 7; i++) {
      files.redirect(
          "/hop" + i,
          new int[] {301, 302, 303, 307, 308}[i % 5],
          i == 0 ? "/song" : "/hop" + (i - 1));
    }
    assertThat(fetched.all(files.url("/hop4")).fault()).as("five").isNull();
    assertThat(fetched.all(files.url("/hop5")).failure(Kind.HTTP_STATUS).message())
        .contains("more than 5");
    files
        .redirect("/file", 302, "file:///etc/passwd")
        .redirect("/inside", 302, "http://10.0.0.1/a")
        .redirect("/metadata", 302, "http://169.254.169.254/latest/meta-data?x=secret")
        .redirect("/mapped", 302, "http://[::ffff:127.0.0.2]:" + files.port() + "/song")
        .redirect("/decimal", 302, "http://2130706434:" + files.port() + "/song");
    fetched.all(files.url("/file")).failure(Kind.BAD_URL);
    for (String path : new String[] {"/inside", "/metadata", "/mapped"}) {
      assertThat(fetched.all(files.url(path)).failure(Kind.ADDRESS_REFUSED).message())
          .doesNotContain("secret");
    }
    assertThat(fetched.all(files.url("/decimal")).fault()).isNotNull();
  }

  @Test
  void addressesAreCheckedWhereTheConnectionIsMade() {
    AtomicInteger asked = new AtomicInteger();
    InetAddress[] answers = {
      InetAddresses.forString("127.0.0.1"), InetAddresses.forString("127.0.0.1")
    };
    try (Fetched strict =
        new Fetched(
            Fetched.settings(1_000_000, Duration.ofSeconds(2)),
            host -> {
              asked.incrementAndGet();
              return answers;
            })) {
      files.file("/song", SONG);
      // A name that leads to this machine, whatever it led to when someone looked before.
      strict.all("http://rebound.example:" + files.port() + "/song").failure(Kind.ADDRESS_REFUSED);
      assertThat(asked.get()).isEqualTo(1);
      strict.all("http://127.0.0.1:" + files.port() + "/song").failure(Kind.ADDRESS_REFUSED);
      strict.all("http://[::1]:" + files.port() + "/song").failure(Kind.ADDRESS_REFUSED);
    }
    try (Fetched named =
        new Fetched(
            Fetched.settings(1_000_000, Duration.ofSeconds(2), "media.internal"),
            host -> answers)) {
      assertThat(named.all("http://MEDIA.internal:" + files.port() + "/song").fault()).isNull();
      named.all("http://other.internal:" + files.port() + "/song").failure(Kind.ADDRESS_REFUSED);
    }
  }

  @Test
  void closingEndsADownloadThatHangs() throws Exception {
    AtomicBoolean gone = new AtomicBoolean();
    CountDownLatch reached = new CountDownLatch(1);
    files.on(
        "/hangs",
        exchange -> {
          reached.countDown();
          try {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
              exchange.getResponseBody().write("RIFF".getBytes(US_ASCII));
              exchange.getResponseBody().flush();
              Thread.sleep(10);
            }
          } finally {
            gone.set(true);
          }
        });
    Sound sound = fetched.sounds.open(files.url("/hangs"), 16_000, () -> {});
    reached.await();
    sound.close();
    await().untilTrue(gone);
  }
}
