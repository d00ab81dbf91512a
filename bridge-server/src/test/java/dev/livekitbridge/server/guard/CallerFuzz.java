package dev.livekitbridge.server.guard;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import dev.livekitbridge.server.room.livekit.signal.SignalUrl;
import dev.livekitbridge.server.security.AuthenticationException;
import dev.livekitbridge.server.security.Authenticator;
import dev.livekitbridge.server.security.Caller;
import dev.livekitbridge.server.security.CallerCredentials;
import dev.livekitbridge.server.security.JwtAuthenticator;
import dev.livekitbridge.server.security.Jwts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Any token, and any URL: nobody is let in, and nothing else is dialled than what was looked at.
 */
public final class CallerFuzz {
  private static final String HOST = "livekit.example.com";
  private static final UrlAllowList LIST =
      new UrlAllowList(List.of("wss://" + HOST, "ws://*.inside:7880"));
  private static final Authenticator AUTHENTICATOR =
      JwtAuthenticator.sharedSecret(Jwts.SECRET).build();
  // Signed by another secret: a fuzzer cannot make it right.
  private static final String WRONG =
      Jwts.sign(
          "another-secret-of-32-characters-..",
          Jwts.claims("svc", 0, Duration.ofDays(100_000)).build());

  private CallerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = FuzzInput.text(input);
    try {
      Caller caller =
          AUTHENTICATOR.authenticate(new CallerCredentials(Optional.of(text), List.of(), "fuzz"));
      throw new AssertionError("let in: " + caller);
    } catch (AuthenticationException e) {
      FuzzInput.check(
          text.length() < 12 || !String.valueOf(e.getMessage()).contains(text),
          "the token is told");
    }
    if (LIST.fault(text) == null) {
      URI dialled;
      try {
        dialled = SignalUrl.of(text);
      } catch (IllegalArgumentException e) {
        return;
      }
      String host = dialled.getHost().toLowerCase(Locale.ROOT);
      FuzzInput.check(
          host.equals(HOST) || host.equals(HOST + ".") || host.matches(".+\\.inside\\.?"),
          "dials " + host);
    }
  }

  public static List<byte[]> seeds() {
    return List.of(
        WRONG.getBytes(StandardCharsets.UTF_8),
        ("wss://" + HOST + "/path?query=1#x").getBytes(StandardCharsets.UTF_8),
        "ws://user@a.inside:7880".getBytes(StandardCharsets.UTF_8));
  }
}
