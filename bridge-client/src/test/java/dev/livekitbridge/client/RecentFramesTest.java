package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What was given of late is remembered by the time this process was awake. */
class RecentFramesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RecentFrames recent = new RecentFrames(false, 5 * SECOND);

  @Test
  void whatIsOlderThanSixSecondsIsForgotten() {
    recent.add(new Heard("alice", 1, 0), 0);
    recent.add(new Heard("alice", 2, 5 * SECOND), 5 * SECOND);
    assertThat(recent.all(7 * SECOND)).extracting(Heard::hash).containsExactly(2L);
  }

  @Test
  void packetsAreRememberedForLongerThanASilentWayToTheOtherBridgeGoesUnnoticed() {
    RecentFrames packets = new RecentFrames(true, 5 * SECOND);
    packets.add(new Heard("alice", 1, 0), 0);
    assertThat(packets.all(15 * SECOND)).hasSize(1);
    assertThat(packets.all(15 * SECOND + 1)).isEmpty();
  }

  @Test
  void whatWasGivenBeforeTheProcessStoodStillIsStillKnownWhenTheOtherBridgeBringsIt() {
    recent.add(new Heard("alice", 1, 0), 0);
    recent.add(new Heard("alice", 2, SECOND), SECOND);
    recent.stoodStill(20 * SECOND);
    recent.add(new Heard("alice", 3, 22 * SECOND), 22 * SECOND);
    assertThat(recent.all(22 * SECOND)).extracting(Heard::hash).containsExactly(1L, 2L, 3L);
    assertThat(recent.all(27 * SECOND)).extracting(Heard::hash).containsExactly(2L, 3L);
  }
}
