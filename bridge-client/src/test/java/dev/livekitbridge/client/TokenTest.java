package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;

/** Token suppliers that misbehave harm their own session only. */
class TokenTest {
  private final FakeBridge bridge = FakeBridge.ours();
  private final BridgeClient client =
      InProcess.client(
          bridge,
          b ->
              b.reconnect(
                  ReconnectOptions.builder()
                      .tokenTimeout(Duration.ofMillis(200))
                      .degradedAfter(Duration.ofMillis(800))
                      .build()));
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close(Duration.ZERO);
    bridge.close();
  }

  private BridgeSession open(TokenSupplier tokens) {
    return client.open(SessionRequest.builder("bad").tokens(tokens).onEvent(events::add).build());
  }

  private void othersGoOn() {
    BridgeSession other =
        client.open(SessionRequest.builder("good").tokens(request -> "fine").build());
    await().until(() -> other.state() == ConnectionState.CONNECTED);
  }

  private String degradedText() {
    await()
        .untilAsserted(() -> assertThat(events).anyMatch(SessionEvent.Degraded.class::isInstance));
    return events.toString();
  }

  @Test
  void oneThatThrowsCountsAsAFailedTryAndIsAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    BridgeSession session =
        open(
            request -> {
              if (asked.incrementAndGet() < 4) {
                throw new IllegalStateException("the vault is shut, key eyJhbGciOiJIUzI1NiJ9.x.y");
              }
              return "eyJ-good";
            });
    await().until(() -> session.state() == ConnectionState.CONNECTED);
    assertThat(asked).hasValue(4);
    assertThat(bridge.joins).hasSize(1);
  }

  @Test
  void theErrorIsToldWithoutTheToken() {
    BridgeSession session =
        open(
            request -> {
              throw new IllegalStateException("the vault is shut, key eyJhbGciOiJIUzI1NiJ9.x.y");
            });
    othersGoOn();
    assertThat(degradedText())
        .contains("TOKEN_SUPPLIER", "the vault is shut")
        .doesNotContain("eyJ");
    assertThat(session.state()).isEqualTo(ConnectionState.DEGRADED);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @SuppressWarnings("NullAway") // What a careless caller does.
  void nothingIsNoToken(String token) {
    BridgeSession session = open(request -> token);
    othersGoOn();
    assertThat(degradedText()).contains("the token supplier gave");
    assertThat(session.state()).isEqualTo(ConnectionState.DEGRADED);
    assertThat(bridge.joins).hasSize(1);
  }

  @Test
  void oneThatHangsIsInterruptedAndCountsAsAFailedTry() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    BridgeSession session =
        open(
            request -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
              }
              return "late";
            });
    othersGoOn();
    assertThat(degradedText()).contains("longer than 200 ms");
    assertThat(interrupted.get()).isPositive();
    assertThat(session.state()).isEqualTo(ConnectionState.DEGRADED);
  }

  @Test
  void suppliersThatHangForGoodDoNotKeepOthersFromJoining() {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 40; i++) {
      BridgeSession unused =
          open(
              request -> {
                while (never.getCount() > 0) {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    // Deaf to it.
                  }
                }
                return "late";
              });
    }
    othersGoOn();
    never.countDown();
  }

  @Test
  void theSupplierIsToldForWhatTheTokenIs() {
    List<TokenRequest> asked = new CopyOnWriteArrayList<>();
    BridgeSession session =
        client.open(
            SessionRequest.builder("u")
                .room("r")
                .identity("agent-7")
                .tokens(
                    request -> {
                      asked.add(request);
                      return "t";
                    })
                .build());
    await().until(() -> session.state() == ConnectionState.CONNECTED);
    assertThat(asked)
        .containsExactly(new TokenRequest("u", "r", "agent-7", InProcess.target(bridge), 1));
  }
}
