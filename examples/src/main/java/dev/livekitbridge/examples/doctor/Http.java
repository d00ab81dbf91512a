package dev.livekitbridge.examples.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import javax.net.ssl.SSLException;

/** What the server answers over HTTP: who it is, what time it has, what it thinks of a token. */
final class Http {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String RIGHT_URL = "Correct the URL: it has to lead to LiveKit's own port";

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final Server server;
  private OptionalLong serverMillis = OptionalLong.empty();

  Http(Server server) {
    this.server = server;
  }

  /** The server's time of day with its last answer. */
  OptionalLong serverMillis() {
    return serverMillis;
  }

  /** Without a token LiveKit answers 401 to whom asks it to validate one; nobody else does. */
  Finding answer() throws InterruptedException {
    long startNanos = System.nanoTime();
    try {
      int status = validate("").statusCode();
      if (status == 401 || status == 400) {
        return Finding.ok("http", "a LiveKit server answers" + Reach.took(startNanos));
      }
      return Finding.fault(
          "http",
          "something else than LiveKit answers there: HTTP " + status + " where LiveKit says 401",
          RIGHT_URL + ", past any proxy that serves something else on this path.");
    } catch (SSLException e) {
      return Finding.fault(
          "http",
          "TLS fails: " + e.getMessage(),
          "If the server speaks plain HTTP there, write ws:// instead of wss://; else give it a"
              + " certificate that this machine trusts.");
    } catch (HttpTimeoutException e) {
      return Finding.fault(
          "http",
          "the port is open, but nothing is answered within " + PATIENCE.toSeconds() + " s",
          "The server hangs or speaks another protocol; look at its log. " + RIGHT_URL + ".");
    } catch (IOException e) {
      return Finding.fault(
          "http",
          "what answers there speaks no HTTP",
          RIGHT_URL + (server.tls() ? "." : "; if it speaks TLS there, write wss:// for ws://."));
    }
  }

  HttpResponse<String> validate(String token) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.http("/rtc/validate")).timeout(PATIENCE).GET();
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    answer.headers().firstValue("date").ifPresent(this::took);
    return answer;
  }

  private void took(String date) {
    try {
      serverMillis =
          OptionalLong.of(
              ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                  .toInstant()
                  .toEpochMilli());
    } catch (DateTimeParseException e) {
      serverMillis = OptionalLong.empty();
    }
  }
}
