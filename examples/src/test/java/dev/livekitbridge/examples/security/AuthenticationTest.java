package dev.livekitbridge.examples.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.livekitbridge.client.BearerToken;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.security.JwtAuthenticator;
import dev.livekitbridge.server.security.SecurityOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Client and bridge that know each other by JWTs, over a real socket. */
class AuthenticationTest {
  private static final String SECRET = "a-secret-of-at-least-32-characters";

  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private JwtAuthenticator authenticator;
  private BridgeServer server;

  @BeforeEach
  void start() throws Exception {
    authenticator = JwtAuthenticator.sharedSecret(SECRET).clockSkew(Duration.ZERO).build();
    server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .security(
                SecurityOptions.builder()
                    .authenticator(authenticator)
                    .expiryGrace(Duration.ZERO)
                    .build())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.close(Duration.ZERO);
    authenticator.close();
  }

  private static String token(String secret, Duration life, String... users) throws Exception {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject("svc")
                .claim("bridge_users", List.of(users))
                .expirationTime(Date.from(Instant.now().plus(life)))
                .build());
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private BridgeSession open(BridgeClient client) {
    return client.open(
        SessionRequest.builder("u").room("r").liveKitUrl("memory:r").onEvent(events::add).build());
  }

  @Test
  void aStreamThatOutlivesItsTokenGoesOnWithAFreshOneAndLosesNothing() throws Exception {
    try (BridgeClient client =
        BridgeClient.builder("127.0.0.1:" + server.port())
            .bearer(
                () -> {
                  asked.incrementAndGet();
                  return BearerToken.of(
                      token(SECRET, Duration.ofMillis(2500), "*"), Duration.ofMillis(2500));
                })
            .build()) {
      BridgeSession session = open(client);
      AtomicInteger sent = new AtomicInteger();
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                session.send(AudioFrame.copyOf(new byte[640], sent.incrementAndGet()));
                return events.stream().filter(SessionEvent.Reconnected.class::isInstance).count()
                    >= 2;
              });
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> session.stats().sent().delivered() == sent.get());
      assertThat(events)
          .filteredOn(SessionEvent.Reconnected.class::isInstance)
          .allSatisfy(
              event -> {
                SessionEvent.Reconnected back = (SessionEvent.Reconnected) event;
                assertThat(back.fault().reason()).contains(CloseReason.UNAUTHENTICATED);
                assertThat(back.resumed()).isTrue();
              });
      assertThat(asked.get()).isGreaterThanOrEqualTo(3);
      assertThat(session.stats().sent().balanced()).isTrue();
    }
  }

  @Test
  void aCallerThatIsNotKnownAsksForAFreshTokenOnceAndThenSlowly() throws Exception {
    try (BridgeClient client =
        BridgeClient.builder("127.0.0.1:" + server.port())
            .bearer(
                () -> {
                  asked.incrementAndGet();
                  return BearerToken.of(
                      token("another-secret-of-32-characters-..", Duration.ofHours(1), "*"));
                })
            .build()) {
      BridgeSession session = open(client);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> session.state() == ConnectionState.DEGRADED);
      assertThat(events.toString()).contains("UNAUTHENTICATED");
      assertThat(asked.get()).as("no storm").isBetween(2, 6);
      assertThat(session.state()).isEqualTo(ConnectionState.DEGRADED);
    }
  }

  @Test
  void aUserWhoIsNotTheCallersEndsTheSessionAndSaysSo() throws Exception {
    try (BridgeClient client =
        BridgeClient.builder("127.0.0.1:" + server.port())
            .bearer(() -> BearerToken.of(token(SECRET, Duration.ofHours(1), "someone-else")))
            .build()) {
      BridgeSession session = open(client);
      await().atMost(Duration.ofSeconds(20)).until(() -> session.state() == ConnectionState.CLOSED);
      await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .anyMatch(
                          e ->
                              e instanceof SessionEvent.Closed closed
                                  && closed.reason() == CloseReason.NOT_PERMITTED));
    }
  }
}
