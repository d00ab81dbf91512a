package dev.livekitbridge.client;

import static dev.livekitbridge.client.ConnectionState.CLOSED;
import static dev.livekitbridge.client.ConnectionState.CONNECTED;
import static dev.livekitbridge.client.ConnectionState.CONNECTING;
import static dev.livekitbridge.client.ConnectionState.RECONNECTING;
import static dev.livekitbridge.client.World.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a bridge that knows only the first table of the wire. */
class PlainBridgeTest {
  private final World world = new World(3);

  @BeforeEach
  void firstTableOnly() {
    world.a().ours = false;
  }

  @AfterEach
  void nothingIsLeftToRun() {
    world.close();
  }

  @Test
  void audioFlowsAndNothingOfOursIsSent() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 300; i++) {
      user.send();
      world.a().session("u").say();
      world.passMillis(20);
    }
    world.passMillis(20);
    assertThat(user.heard).hasSize(300).isSorted();
    assertThat(world.a().room).hasSize(300).isSorted();
    assertThat(user.session.stats().resumable()).isFalse();
    assertThat(user.session.stats().sent().delivered()).isEqualTo(300);
    assertThat(user.session.stats().received().delivered()).isEqualTo(300);
    assertThat(world.a().chunks)
        .allSatisfy(
            chunk -> {
              assertThat(chunk.getSessionId()).isEmpty();
              assertThat(chunk.getSequence()).isZero();
              assertThat(chunk.getPing()).isZero();
              assertThat(chunk.getAttempt()).isZero();
              assertThat(chunk.getAcknowledgedCount()).isZero();
              assertThat(chunk.getOldestKeptCount()).isZero();
              assertThat(chunk.getSampleRate()).isEqualTo(16_000);
              assertThat(chunk.getChannels()).isEqualTo(1);
            });
    assertThat(world.a().chunks.get(0).getUserId()).isEqualTo("u");
    assertThat(world.a().chunks.get(0).getPcmData().isEmpty()).isTrue();
    // The heartbeat after five seconds.
    assertThat(world.a().chunks.stream().skip(1).filter(c -> c.getPcmData().isEmpty())).hasSize(1);
  }

  @Test
  void aBrokenStreamIsJoinedAgainAndWhatWaitedGoesOut() {
    World.User user = world.open("u").connect();
    world.network.connections.get(0).breakDown("cut");
    world.passMillis(2);
    IntStream.range(0, 3).forEach(i -> user.send());
    world.until(300, user::connected);
    world.passMillis(20);
    assertThat(world.a().joins).hasSize(2);
    assertThat(world.a().room).containsExactly(1, 2, 3);
  }

  @Test
  void aStreamThatEndsCleanlyWhileTheUserIsConnectedWasReplaced() {
    World.User user = world.open("u").connect();
    world.a().connected = true;
    Objects.requireNonNull(world.a().session("u").peer).endToClient(null);
    world.passMillis(200);
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(user.events.get(user.events.size() - 1))
        .isInstanceOfSatisfying(
            SessionEvent.Closed.class,
            closed -> assertThat(closed.reason()).isEqualTo(CloseReason.REPLACED));
    assertThat(world.a().joins).hasSize(1);
  }

  @Test
  void aStreamThatEndsCleanlyOtherwiseIsJoinedAgain() {
    World.User user = world.open("u").connect();
    Objects.requireNonNull(world.a().session("u").peer).endToClient(null);
    world.passMillis(5);
    world.until(200, user::connected);
    assertThat(user.states()).containsExactly(CONNECTING, CONNECTED, RECONNECTING, CONNECTED);
    assertThat(world.a().joins).hasSize(2);
  }

  @Test
  void aBlackHoleIsNoticedWithin1500MsWhileTheRoomSpeaks() {
    World.User user = world.open("u").connect();
    for (int i = 0; i < 50; i++) {
      world.a().session("u").say();
      world.passMillis(20);
    }
    world.network.blackHole(A, true);
    long took = world.until(3_000, () -> user.session.state() == RECONNECTING);
    assertThat(took).isBetween(1_300L, 1_500L);
  }

  @Test
  void aBlackHoleIsNoticedInSilenceByAHealthCheck() {
    World.User user = world.open("u").connect();
    world.pass(Duration.ofSeconds(20));
    assertThat(world.a().healthChecks).isBetween(3, 5);
    assertThat(user.session.state()).isEqualTo(CONNECTED);
    world.network.blackHole(A, true);
    long took = world.until(8_000, () -> user.session.state() == RECONNECTING);
    assertThat(took).isLessThan(7_000);
  }

  @Test
  void closeTellsTheBridgeToLeave() {
    World.User user = world.open("u").connect();
    user.send();
    user.session.beginClose(Duration.ofSeconds(5));
    world.passMillis(100);
    assertThat(user.session.state()).isEqualTo(CLOSED);
    assertThat(world.a().leaves).hasSize(1);
    assertThat(world.a().leaves.get(0).getSessionId()).isEmpty();
    assertThat(world.a().sessions).isEmpty();
    assertThat(world.a().room).containsExactly(1);
  }
}
