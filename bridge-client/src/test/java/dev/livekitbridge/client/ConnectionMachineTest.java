package dev.livekitbridge.client;

import static dev.livekitbridge.client.ConnectionState.CLOSED;
import static dev.livekitbridge.client.ConnectionState.CONNECTED;
import static dev.livekitbridge.client.ConnectionState.CONNECTING;
import static dev.livekitbridge.client.ConnectionState.DEGRADED;
import static dev.livekitbridge.client.ConnectionState.RECONNECTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionMachineTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final Failure BROKEN =
      Failure.transport(Fault.of(FaultCause.STREAM_BROKEN, "cut"));

  private final ConnectionMachine machine =
      new ConnectionMachine(
          new Backoff(
              new BackoffSchedule(Duration.ofSeconds(30), new Random(1)),
              TimeUnit.SECONDS.toNanos(10)),
          ReconnectOptions.defaults());
  private long now = -5 * MS;

  private static Failure reason(CloseReason reason) {
    return Failure.of(Fault.of(FaultCause.STREAM_ENDED, reason, "told"));
  }

  private List<Action> live() {
    machine.onTrying(false);
    machine.onStreamOpening(now);
    return machine.onLive(now);
  }

  private void openLive() {
    List<Action> unused = machine.open(true, now);
    unused = live();
  }

  /** Waits as long as the machine wants. */
  private List<Action> wake() {
    long nanos = machine.nanosToWake(now);
    assertThat(nanos).isNotNegative();
    now += nanos;
    return machine.onWake(now);
  }

  @Test
  void refusedCredentialsAreRenewedOnceThenAskedForAtAGrowingPaceAndNeverGivenUp() {
    openLive();
    now += TimeUnit.MINUTES.toNanos(1);
    assertThat(machine.onFailed(reason(CloseReason.UNAUTHENTICATED), true, now))
        .contains(
            new Action.Changed(
                CONNECTED, RECONNECTING, Optional.of(reason(CloseReason.UNAUTHENTICATED).fault())));
    assertThat(machine.nanosToWake(now)).as("with fresh ones").isLessThanOrEqualTo(50 * MS);
    boolean degraded = false;
    int tries = 0;
    long began = now;
    long last = now;
    while (now - began < TimeUnit.MINUTES.toNanos(10)) {
      for (Action action : wake()) {
        degraded |= action instanceof Action.Degraded;
        if (action instanceof Action.Connect) {
          tries++;
          List<Action> unused = machine.onFailed(reason(CloseReason.UNAUTHENTICATED), true, now);
          assertThat(tries == 1 || now - last >= 1000 * MS).as("no storm").isTrue();
          last = now;
        }
      }
    }
    assertThat(degraded).as("an event tells").isTrue();
    assertThat(machine.closed()).isFalse();
    assertThat(tries).as("in 10 minutes").isBetween(20, 120);
  }

  @Test
  void openTriesAtOnce() {
    assertThat(machine.open(true, now))
        .containsExactly(
            new Action.Changed(ConnectionState.IDLE, CONNECTING, Optional.empty()),
            new Action.Connect(1, false, false));
    assertThat(live()).containsExactly(new Action.Changed(CONNECTING, CONNECTED, Optional.empty()));
    assertThat(machine.nanosToWake(now)).isNegative();
  }

  @Test
  void openWaitsForABridgeThatIsAway() {
    assertThat(machine.open(false, now)).hasSize(1);
    assertThat(machine.onBridge(true, false, 20 * MS, now)).isEmpty();
    assertThat(machine.nanosToWake(now)).isEqualTo(20 * MS);
    assertThat(wake()).containsExactly(new Action.Connect(1, false, false));
  }

  @Test
  void aBrokenStreamIsTriedAgainWithin50Ms() {
    openLive();
    List<Action> actions = machine.onFailed(BROKEN, false, now);
    assertThat(actions)
        .startsWith(
            new Action.Abandon(),
            new Action.Changed(CONNECTED, RECONNECTING, Optional.of(BROKEN.fault())));
    long fault = now;
    if (actions.size() == 2) {
      assertThat(machine.nanosToWake(now)).isBetween(0L, 50 * MS);
      assertThat(wake()).containsExactly(new Action.Connect(1, false, false));
    }
    assertThat(live())
        .containsExactly(
            new Action.Changed(RECONNECTING, CONNECTED, Optional.empty()),
            new Action.Recovered(BROKEN.fault(), fault, 1));
  }

  @Test
  void theFirstCauseIsKeptAndTriesAreCounted() {
    openLive();
    List<Action> unused = machine.onFailed(BROKEN, false, now);
    unused = wake();
    unused = machine.onFailed(reason(CloseReason.ROOM_UNREACHABLE), false, now);
    unused = wake();
    assertThat(live())
        .anySatisfy(
            action ->
                assertThat(action)
                    .isInstanceOfSatisfying(
                        Action.Recovered.class,
                        recovered -> {
                          assertThat(recovered.fault()).isEqualTo(BROKEN.fault());
                          assertThat(recovered.tries()).isEqualTo(2);
                        }));
  }

  @Test
  void noTryWhileTheBridgeIsAwayButDegradedAfter3Seconds() {
    openLive();
    List<Action> unused = machine.onBridge(false, false, 0, now);
    unused = machine.onFailed(BROKEN, false, now);
    assertThat(machine.nanosToWake(now)).isEqualTo(3_000 * MS);
    assertThat(wake())
        .containsExactly(
            new Action.Changed(RECONNECTING, DEGRADED, Optional.of(BROKEN.fault())),
            new Action.Degraded(3_000 * MS, Optional.of(BROKEN.fault())));
    assertThat(machine.nanosToWake(now)).isNegative();
    assertThat(machine.onBridge(true, false, 0, now))
        .containsExactly(new Action.Connect(1, false, false));
  }

  @Test
  void aBridgeThatWasAwayAndIsBackIsTriedAtOnceHoweverLongTheBackoff() {
    openLive();
    lateInAnOutage(BROKEN);
    assertThat(machine.nanosToWake(now)).isGreaterThan(500 * MS);
    List<Action> unused = machine.onBridge(false, false, 0, now);
    assertThat(machine.onBridge(true, true, 20 * MS, now)).isEmpty();
    assertThat(machine.nanosToWake(now)).isEqualTo(20 * MS);
  }

  @Test
  void oneThatWasNeverAwayAndOneThatAskedForPatienceAreNot() {
    openLive();
    lateInAnOutage(BROKEN);
    long wait = machine.nanosToWake(now);
    List<Action> unused = machine.onBridge(false, false, 0, now);
    unused = machine.onBridge(true, false, 20 * MS, now);
    assertThat(machine.nanosToWake(now)).isEqualTo(wait);
    now += wait;
    unused = machine.onWake(now);
    unused = machine.onFailed(reason(CloseReason.OVERLOADED), false, now);
    wait = machine.nanosToWake(now);
    unused = machine.onBridge(false, false, 0, now);
    unused = machine.onBridge(true, true, 0, now);
    assertThat(machine.nanosToWake(now)).isEqualTo(wait).isGreaterThan(20 * MS);
  }

  /** Tries that fail until the machine waits for longer than half a second. */
  private void lateInAnOutage(Failure failure) {
    List<Action> unused = machine.onFailed(failure, false, now);
    for (int i = 0; i < 200 && machine.nanosToWake(now) <= 500 * MS; i++) {
      now += 500 * MS;
      unused = machine.onWake(now);
      unused = machine.onFailed(failure, false, now);
    }
  }

  @Test
  void aTryThatIsUnderWayDoesNotKeepItFromBeingDegraded() {
    List<Action> unused = machine.open(true, now);
    assertThat(wake())
        .contains(new Action.Changed(CONNECTING, DEGRADED, Optional.empty()))
        .noneMatch(Action.Connect.class::isInstance);
    assertThat(live()).contains(new Action.Changed(DEGRADED, CONNECTED, Optional.empty()));
  }

  @Test
  void anUnknownSessionIsJoinedAtOnceAfterAnAttach() {
    openLive();
    List<Action> unused = machine.onFailed(BROKEN, false, now);
    unused = wake();
    machine.onTrying(true);
    assertThat(machine.onFailed(reason(CloseReason.NO_SESSION), false, now))
        .contains(new Action.Connect(2, true, false));
  }

  @Test
  void anUnknownSessionAfterAJoinIsNotJoinedInALoop() {
    openLive();
    int tries = 0;
    long end = now + 10_000 * MS;
    while (now - end < 0) {
      List<Action> unused = machine.onFailed(reason(CloseReason.NO_SESSION), false, now);
      while (machine.nanosToWake(now) >= 0
          && wake().stream().noneMatch(Action.Connect.class::isInstance)) {
        // Only degraded.
      }
      machine.onTrying(false);
      tries++;
    }
    assertThat(tries).isLessThan(120);
  }

  @Test
  void aStreamThatDoesNotComeUpInTimeIsGivenUp() {
    List<Action> unused = machine.open(true, now);
    machine.onTrying(true);
    machine.onStreamOpening(now);
    unused = wake();
    assertThat(machine.state()).isEqualTo(DEGRADED);
    assertThat(wake()).contains(new Action.Abandon());
    assertThat(now).isEqualTo(-5 * MS + 5_000 * MS);
  }

  @Test
  void elsewhereIsTriedAtOnceOnlyIfThereIsAnElsewhere() {
    openLive();
    assertThat(machine.onFailed(reason(CloseReason.DRAINING), true, now))
        .contains(new Action.Connect(1, true, true));
    List<Action> unused = live();
    assertThat(machine.onFailed(reason(CloseReason.DRAINING), false, now))
        .doesNotContain(new Action.Connect(1, true, true));
  }

  @Test
  void thePushbackOfTheBridgeIsHeeded() {
    openLive();
    List<Action> unused =
        machine.onFailed(
            new Failure(
                Fault.of(FaultCause.STREAM_ENDED, CloseReason.OVERLOADED, "full"),
                false,
                false,
                7_000 * MS),
            false,
            now);
    unused = wake();
    assertThat(machine.state()).isEqualTo(DEGRADED);
    long before = now;
    assertThat(wake()).anyMatch(Action.Connect.class::isInstance);
    assertThat(now - before).isEqualTo(4_000 * MS);
  }

  @Test
  void reconnectNowEndsTheWaitAndRenewsALivingStream() {
    openLive();
    assertThat(machine.reconnectNow(now))
        .hasSize(3)
        .contains(new Action.Abandon(), new Action.Connect(1, false, false));
    assertThat(machine.reconnectNow(now)).isEmpty();
    List<Action> unused = machine.onFailed(reason(CloseReason.OVERLOADED), false, now);
    assertThat(machine.reconnectNow(now)).containsExactly(new Action.Connect(2, false, false));
  }

  @Test
  void closedIsFinal() {
    openLive();
    assertThat(machine.close("by the caller"))
        .containsExactly(
            new Action.Abandon(),
            new Action.Changed(CONNECTED, CLOSED, Optional.empty()),
            new Action.Finished(CloseReason.LEFT, "by the caller"));
    assertThat(machine.close("again")).isEmpty();
    assertThat(machine.onFailed(BROKEN, false, now)).isEmpty();
    assertThat(machine.onBridge(true, false, 0, now)).isEmpty();
    assertThat(machine.reconnectNow(now)).isEmpty();
    assertThat(machine.onWake(now)).isEmpty();
    assertThat(machine.nanosToWake(now)).isNegative();
    assertThat(machine.open(true, now)).isEmpty();
  }

  @Test
  void attemptsRise() {
    assertThat(machine.nextAttempt()).isEqualTo(1);
    assertThat(machine.nextAttempt()).isEqualTo(2);
  }
}
