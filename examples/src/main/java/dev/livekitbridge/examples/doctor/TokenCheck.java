package dev.livekitbridge.examples.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the clocks agree, and whether the server takes the token. */
final class TokenCheck {
  /** HTTP tells whole seconds. */
  private static final long SKEW_SECONDS = 5;

  private final Http http;
  private final String token;
  private final boolean minted;
  private final long nowMillis;

  /**
   * A check.
   *
   * @param minted whether we made the token ourselves, with key and secret
   * @param nowMillis this machine's time of day
   */
  TokenCheck(Http http, String token, boolean minted, long nowMillis) {
    this.http = http;
    this.token = token;
    this.minted = minted;
    this.nowMillis = nowMillis;
  }

  Finding clock() {
    if (http.serverMillis().isEmpty()) {
      return Finding.warning(
          "clock",
          "the server does not tell its time",
          "Should tokens count as expired too early, compare the clocks by hand.");
    }
    long ahead = (nowMillis - http.serverMillis().getAsLong()) / 1000;
    if (Math.abs(ahead) <= SKEW_SECONDS) {
      return Finding.ok("clock", "this machine and the server agree on the time");
    }
    return Finding.warning(
        "clock",
        "this machine is "
            + Math.abs(ahead)
            + " s "
            + (ahead > 0 ? "ahead of" : "behind")
            + " the server",
        "Set the clocks by NTP: tokens that are minted here expire too "
            + (ahead > 0 ? "late, or are not good yet" : "early")
            + " there.");
  }

  List<Finding> token() throws IOException, InterruptedException {
    Optional<Grants> read = Grants.read(token);
    if (read.isEmpty()) {
      return List.of(
          Finding.fault(
              "token",
              "what was given is no token",
              "A LiveKit token is a JWT: three parts with points between. Mint one with the"
                  + " server's API key, or give --key and --secret."));
    }
    Grants grants = read.get();
    long now = http.serverMillis().orElse(nowMillis) / 1000;
    if (grants.expiresSeconds() > 0 && grants.expiresSeconds() <= now) {
      return List.of(
          Finding.fault(
              "token",
              "it expired " + time(now - grants.expiresSeconds()) + " ago, by the server's clock",
              grants.expiresSeconds() > nowMillis / 1000
                  ? "By this machine's clock it is still good: set the clock of whoever is wrong by"
                      + " NTP, and mint it again."
                  : "Mint a fresh one. A service should mint one for each join"
                      + " (SessionRequest.tokens)."));
    }
    if (grants.notBeforeSeconds() > now) {
      return List.of(
          Finding.fault(
              "token",
              "it is not good yet, for another " + time(grants.notBeforeSeconds() - now),
              "The clock of the machine that minted it is ahead of the server's: set it by NTP."));
    }
    int status = http.validate(token).statusCode();
    List<Finding> findings = new ArrayList<>();
    if (status == 200) {
      findings.add(Finding.ok("token", "the server takes it, for " + grants.identity()));
    } else if (status == 401 && grants.mayJoin()) {
      findings.add(
          Finding.fault(
              "token",
              "the server does not take it: it was not signed with one of its API keys",
              minted
                  ? "Key or secret is wrong: compare both with 'keys:' in the server's configuration"
                      + " (livekit-server --dev: devkey, secret)."
                  : "Mint it with a key and secret from 'keys:' in the server's configuration."));
    }
    if (!grants.mayJoin() || grants.room().isEmpty()) {
      findings.add(
          Finding.fault(
              "grants",
              grants.mayJoin() ? "the token names no room" : "the token does not grant to join",
              "Mint it with the grants roomJoin and room."));
    } else if (!grants.mayHear() || !grants.mayPublish()) {
      findings.add(
          Finding.warning(
              "grants",
              "the token does not grant to " + (grants.mayHear() ? "publish" : "subscribe"),
              "A bridge needs canSubscribe to hear and canPublish to speak."));
    } else if (status == 200) {
      findings.add(Finding.ok("grants", "join, hear and speak in room " + grants.room()));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.fault(
              "token",
              "the server answers HTTP " + status + " to it",
              "403: the key may not do that; 5xx: look at the server's log."));
    }
    return findings;
  }

  private static String time(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    return seconds < 120
        ? seconds + " s"
        : time.toHours() < 3 ? time.toMinutes() + " min" : time.toHours() + " h";
  }
}
