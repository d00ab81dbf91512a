package dev.livekitbridge.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.doctor.Finding.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong before there is a LiveKit server at all. */
class DoctorTest {
  private static final Logger LOG = LoggerFactory.getLogger(DoctorTest.class);

  private static List<Finding> examine(String url) throws InterruptedException {
    return new Doctor(url, null, null, Duration.ofSeconds(5), finding -> {}).examine();
  }

  private static Finding fault(List<Finding> findings) {
    List<Finding> faults =
        findings.stream().filter(each -> each.verdict() == Verdict.FAULT).toList();
    assertThat(faults).as("%s", findings).hasSize(1);
    assertThat(faults.get(0).advice()).isNotEmpty();
    assertThat(Doctor.worst(findings)).isEqualTo(Verdict.FAULT);
    return faults.get(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:7880", "localhost:7880", "ws:", "ws://a b"})
  void aWrongUrl(String url) throws Exception {
    assertThat(fault(examine(url)).check()).isEqualTo("url");
  }

  @Test
  void aNameThatDoesNotResolve() throws Exception {
    Finding fault = fault(examine("ws://no-such-host.invalid:7880"));
    assertThat(fault.check()).isEqualTo("name");
    assertThat(fault.text()).contains("no-such-host.invalid does not resolve");
  }

  @Test
  void aDeadPort() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    Finding fault = fault(examine("ws://127.0.0.1:" + closed));
    assertThat(fault.check()).isEqualTo("tcp");
    assertThat(fault.text()).contains("refuses connections");
    assertThat(fault.advice()).contains("start livekit-server");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        ""
      })
  void aServerThatTalksNonsense(String answer) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answer(socket, answer), "nonsense");
      answering.setDaemon(true);
      answering.start();
      Finding fault = fault(examine("ws://127.0.0.1:" + socket.getLocalPort()));
      assertThat(fault.check()).isEqualTo("http");
      assertThat(fault.advice()).contains("Correct the URL");
    }
  }

  private static void answer(ServerSocket socket, String text) {
    while (!socket.isClosed()) {
      try (Socket peer = socket.accept()) {
        byte[] request = new byte[4096];
        if (peer.getInputStream().read(request) > 0) {
          peer.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
          peer.getOutputStream().flush();
        }
      } catch (IOException e) {
        LOG.debug("nonsense: the peer hung up, or the test has ended", e);
      }
    }
  }

  @Test
  void tlsWhereThereIsNone() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering =
          new Thread(
              () -> answer(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
              "plain");
      answering.setDaemon(true);
      answering.start();
      Finding fault = fault(examine("wss://127.0.0.1:" + socket.getLocalPort()));
      assertThat(fault.text()).contains("TLS fails");
      assertThat(fault.advice()).contains("ws:// instead of wss://");
    }
  }

  /** A LiveKit server, as far as its first word goes, whose clock is so many seconds ahead. */
  private static List<Finding> examine(long aheadSeconds, Map<String, Object> claims)
      throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(aheadSeconds));
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String unauthorized = "HTTP/1.1 401 Unauthorized\r\nDate: " + date + "\r\n";
      Thread answering =
          new Thread(
              () -> answer(socket, unauthorized + "Content-Length: 0\r\nConnection: close\r\n\r\n"),
              "other-clock");
      answering.setDaemon(true);
      answering.start();
      return new Doctor(
              "ws://127.0.0.1:" + socket.getLocalPort(),
              null,
              UnsignedToken.of(claims),
              Duration.ofSeconds(5),
              finding -> {})
          .examine();
    }
  }

  private static Finding clock(List<Finding> findings) {
    Finding clock =
        findings.stream().filter(each -> each.check().equals("clock")).findFirst().orElseThrow();
    assertThat(clock.verdict()).as("%s", findings).isEqualTo(Verdict.WARNING);
    assertThat(clock.advice()).contains("NTP");
    return clock;
  }

  @Test
  void aTokenOfNowIsNotGoodYetWhereTheServersClockIsBehind() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    List<Finding> findings = examine(-600, Map.of("sub", "me", "nbf", now, "exp", now + 1_800));
    assertThat(clock(findings).text()).contains("s ahead of the server");
    Finding fault = fault(findings);
    assertThat(fault.check()).isEqualTo("token");
    assertThat(fault.text()).contains("not good yet, for another");
    assertThat(fault.advice()).contains("set it by NTP");
  }

  @Test
  void aTokenOfNowHasExpiredWhereTheServersClockIsAhead() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    List<Finding> findings = examine(3_600, Map.of("sub", "me", "nbf", now, "exp", now + 1_800));
    assertThat(clock(findings).text()).contains("s behind the server");
    Finding fault = fault(findings);
    assertThat(fault.check()).isEqualTo("token");
    assertThat(fault.text()).contains("expired").contains("by the server's clock");
    assertThat(fault.advice()).contains("By this machine's clock it is still good").contains("NTP");
  }
}
