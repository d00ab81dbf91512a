package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private final Heartbeat heartbeat = new Heartbeat(5_000);

  @Test
  void oneIsDueEveryInterval() {
    heartbeat.start(100);
    assertThat(heartbeat.due(5_099)).isFalse();
    assertThat(heartbeat.nanosToNext(5_099)).isEqualTo(1);
    assertThat(heartbeat.due(5_100)).isTrue();
    assertThat(heartbeat.ping(5_100)).isEqualTo(1);
    assertThat(heartbeat.due(10_099)).isFalse();
    assertThat(heartbeat.due(10_100)).isTrue();
  }

  @Test
  void thePongTellsTheRoundTripOfTheLatestPingOnly() {
    heartbeat.start(0);
    long first = heartbeat.ping(0);
    long second = heartbeat.ping(100);
    assertThat(heartbeat.pong(first, 150)).isEqualTo(-1);
    assertThat(heartbeat.pong(second, 150)).isEqualTo(50);
  }

  @Test
  void twoUnansweredIntervalsAreTooLong() {
    heartbeat.start(0);
    long unused = heartbeat.ping(5_000) + heartbeat.ping(10_000);
    assertThat(heartbeat.timedOut(14_999)).isFalse();
    assertThat(heartbeat.timedOut(15_000)).isTrue();
    assertThat(heartbeat.pong(1, 15_000)).isEqualTo(-1);
    assertThat(heartbeat.timedOut(15_000)).isFalse();
  }

  @Test
  void aNewStreamOwesNothing() {
    heartbeat.start(0);
    long unused = heartbeat.ping(5_000);
    heartbeat.start(20_000);
    assertThat(heartbeat.timedOut(20_000)).isFalse();
    assertThat(heartbeat.due(24_999)).isFalse();
  }
}
