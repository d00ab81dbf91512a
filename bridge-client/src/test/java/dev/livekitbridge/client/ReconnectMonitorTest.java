package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReconnectMonitorTest {
  private static final long S = TimeUnit.SECONDS.toNanos(1);

  private final ReconnectMonitor monitor = new ReconnectMonitor(ReconnectOptions.defaults());
  private final Object session = new Object();

  private ReconnectMonitor.Alerts reconnect(long second) {
    return monitor.reconnected(session, "u", 100, second * S);
  }

  @Test
  void theSixthReconnectionWithinAMinuteIsAnAlertOnce() {
    for (int i = 0; i < 5; i++) {
      assertThat(reconnect(i).session()).isEmpty();
    }
    ReconnectAlert alert = reconnect(5).session().orElseThrow();
    assertThat(alert.userId()).contains("u");
    assertThat(alert.count()).isEqualTo(6);
    assertThat(reconnect(6).session()).isEmpty();
    assertThat(reconnect(59).session()).isEmpty();
  }

  @Test
  void itComesAgainOnlyAfterItHasCleared() {
    for (int i = 0; i < 6; i++) {
      ReconnectMonitor.Alerts unused = reconnect(i);
    }
    monitor.tick(100, 120 * S);
    for (int i = 0; i < 5; i++) {
      assertThat(reconnect(121 + i).session()).isEmpty();
    }
    assertThat(reconnect(126).session()).isPresent();
  }

  @Test
  void aFifthOfTheSessionsIsAnAlertOfTheClientOnce() {
    for (int i = 0; i < 19; i++) {
      assertThat(monitor.reconnected(i, "u" + i, 100, S).client()).isEmpty();
    }
    ReconnectAlert alert = monitor.reconnected(19, "u19", 100, S).client().orElseThrow();
    assertThat(alert.userId()).isEmpty();
    assertThat(alert.count()).isEqualTo(20);
    assertThat(alert.outOf()).isEqualTo(100);
    assertThat(monitor.reconnected(20, "u20", 100, 2 * S).client()).isEmpty();
    monitor.tick(100, 63 * S);
    for (int i = 0; i < 19; i++) {
      assertThat(monitor.reconnected(i, "u" + i, 100, 64 * S).client()).isEmpty();
    }
    assertThat(monitor.reconnected(19, "u19", 100, 64 * S).client()).isPresent();
  }

  @Test
  void oneSessionAloneIsNoAlertOfTheClient() {
    assertThat(monitor.reconnected(session, "u", 1, 0).client()).isEmpty();
  }

  @Test
  void aSessionThatIsOverCountsNoMore() {
    for (int i = 0; i < 19; i++) {
      ReconnectMonitor.Alerts unused = monitor.reconnected(i, "u" + i, 100, S);
      monitor.forget(i);
    }
    assertThat(monitor.reconnected(19, "u", 100, S).client()).isEmpty();
  }
}
