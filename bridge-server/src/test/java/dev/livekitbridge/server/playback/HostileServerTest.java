package dev.livekitbridge.server.playback;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that mean it: what they send is neither believed nor repeated. */
@NullMarked
class HostileServerTest {
  private static final byte[] SONG = Wav.pcm(16_000, 1, 16).tone(440, 0.5, 500);

  private final FileServer files = new FileServer();
  private final Fetched fetched = new Fetched("127.0.0.1");

  @AfterEach
  void close() {
    fetched.close();
    files.close();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HostileServerTest.class.getResourceAsStream("/audio/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  /**
   * Decoders that take a broken download for the end of the file would have it played to its end.
   */
  @ParameterizedTest
  @ValueSource(strings = {"cbr-no-header.mp3", "vbr-stereo.mp3", "stereo.flac", "stereo.ogg"})
  void aDownloadThatBreaksOffIsNotTheEndOfTheFile(String name) throws IOException {
    byte[] whole = resource(name);
    files.on(
        "/broken",
        exchange -> {
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(whole, 0, whole.length * 3 / 4);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    Fetched.Result result = fetched.all(files.url("/broken"));
    assertThat(result.failure(Kind.TRUNCATED).message()).contains("broke off");
    assertThat(result.millis()).isLessThan(1_700);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cbr-no-header.mp3", "stereo.ogg"})
  void aDownloadThatStopsIsNotTheEndOfTheFile(String name) throws IOException {
    byte[] whole = resource(name);
    CountDownLatch done = new CountDownLatch(1);
    files.on(
        "/stops",
        exchange -> {
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(whole, 0, whole.length / 2);
          exchange.getResponseBody().flush();
          done.await();
        });
    fetched.all(files.url("/stops")).failure(Kind.TIMEOUT);
    done.countDown();
  }

  @Test
  void wordsOfAServerDoNotGetIntoOurs() throws Exception {
    files.on(
        "/coded",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "\u001b[31m" + "x".repeat(5_000));
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseBody().write(new byte[3]);
          exchange.close();
        });
    PlaybackFault coded = fetched.all(files.url("/coded")).failure(Kind.UNSUPPORTED);
    assertThat(coded.message()).hasSizeLessThan(500).doesNotContain("\u001b");
    for (String answer :
        new String[] {
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsecret\u001b[31m"
              + "x".repeat(5_000),
          "HTTP/1.1 200 OK\r\nContent-Length: secret\r\n\r\n",
          "HTTP/1.1 200 OK\r\nsecret\r\n\r\n",
        }) {
      assertThat(answered(answer + "\r\n").failure(Kind.UNREACHABLE).message())
          .hasSizeLessThan(500)
          .doesNotContain("\u001b")
          .doesNotContain("secret");
    }
  }

  /** Heads that do not end cost neither memory nor time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: y\r\n",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "X: y\r\n z\r\n"
      })
  void aHeadThatDoesNotEnd(String more) throws Exception {
    answered("HTTP/1.1 200 OK\r\n" + more.repeat(2_000_000 / more.length()))
        .failure(Kind.UNREACHABLE);
  }

  private Fetched.Result answered(String answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      Thread speaker =
          new Thread(
              () -> {
                try (Socket caller = server.accept()) {
                  caller.getOutputStream().write(answer.getBytes(US_ASCII));
                  over.get(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                  // The bridge hung up, which is what it should.
                }
              });
      speaker.setDaemon(true);
      speaker.start();
      Fetched.Result result =
          fetched.all("http://127.0.0.1:" + server.getLocalPort() + "/a?token=secret");
      over.complete(null);
      return result;
    }
  }

  @Test
  void portsThatAreNone() {
    files.redirect("/away", 302, "http://127.0.0.1:65536/a?token=secret");
    for (String url :
        new String[] {
          "http://127.0.0.1:0/a", "http://127.0.0.1:99999/a?token=secret", files.url("/away")
        }) {
      assertThat(fetched.all(url).failure(Kind.BAD_URL).message())
          .contains("port")
          .doesNotContain("secret");
    }
  }

  @Test
  void aRedirectToAnotherQueryStaysAtItsPath() {
    files.on(
        "/dir/song",
        exchange -> {
          boolean signed = exchange.getRequestURI().getRawQuery() != null;
          if (signed) {
            exchange.sendResponseHeaders(200, SONG.length);
            exchange.getResponseBody().write(SONG);
          } else {
            exchange.getResponseHeaders().set("Location", "?signature=a%2Fb");
            exchange.sendResponseHeaders(302, -1);
          }
          exchange.close();
        });
    assertThat(fetched.all(files.url("/dir/song")).fault()).isNull();
  }

  @Test
  void nothingIsAskedForButTheFile() throws Exception {
    CompletableFuture<Headers> asked = new CompletableFuture<>();
    files.on(
        "/song",
        exchange -> {
          asked.complete(exchange.getRequestHeaders());
          exchange.sendResponseHeaders(200, SONG.length);
          exchange.getResponseBody().write(SONG);
          exchange.close();
        });
    assertThat(fetched.all(files.url("/song")).fault()).isNull();
    // No upgrade to another protocol, which some servers and proxies refuse; nothing of ours.
    assertThat(asked.get().keySet())
        .containsOnly("Host", "Accept", "Accept-encoding", "User-agent", "Connection");
    assertThat(asked.get().getFirst("Connection")).doesNotContainIgnoringCase("upgrade");
  }

  @Test
  void tagsWithoutEndAndNoiseAreNoAudio() {
    byte[] tags = new byte[1_000];
    byte[] tag = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < tags.length; i++) {
      tags[i] = tag[i % tag.length];
    }
    assertThat(
            fetched.all(files.file("/tags", tags).url("/tags")).failure(Kind.UNSUPPORTED).message())
        .contains("ID3");
    byte[] noise = new byte[3_000_000];
    new Random(1).nextBytes(noise);
    assertThat(
            fetched
                .all(files.file("/noise", noise).url("/noise"))
                .failure(Kind.UNSUPPORTED)
                .message())
        .contains("no format");
  }
}
