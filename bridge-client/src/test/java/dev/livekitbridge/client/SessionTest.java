package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.wire.TrackSequences;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session against a scripted bridge of ours, in this process. */
class SessionTest {
  private final FakeBridge bridge = FakeBridge.ours();
  private final BridgeClient client = InProcess.client(bridge, builder -> builder);
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final List<Integer> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    client.close(Duration.ZERO);
    bridge.close();
  }

  private SessionRequest.Builder request() {
    return SessionRequest.builder("user")
        .room("room")
        .liveKitUrl("memory:room")
        .targetIdentity("alice")
        .resumeKey("key")
        .onAudio(frame -> heard.add(Frames.number(frame)))
        .onEvent(events::add);
  }

  private BridgeSession openConnected() {
    BridgeSession session = client.open(request().build());
    await().until(() -> session.state() == ConnectionState.CONNECTED);
    return session;
  }

  @Test
  void audioFlowsBothWaysAndTheBooksBalance() {
    BridgeSession session = openConnected();
    for (int i = 0; i < 5; i++) {
      assertThat(session.send(Frames.frame(i))).isEqualTo(SendResult.ACCEPTED);
      bridge.stream(0).say(100 + i);
    }
    await().until(() -> heard.size() == 5);
    assertThat(heard).containsExactly(100, 101, 102, 103, 104);
    assertThat(Frames.numbers(bridge.stream(0).audio())).containsExactly(0, 1, 2, 3, 4);
    await().until(() -> session.stats().received().delivered() == 5);
    SessionStats stats = session.stats();
    assertThat(stats.sent().delivered()).isEqualTo(5);
    assertThat(stats.sent().balanced()).isTrue();
    assertThat(stats.received().balanced()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(bridge.stream(0).marks())
                    .anySatisfy(
                        c ->
                            assertThat(TrackSequences.map(c.getAcknowledgedList()))
                                .containsEntry(0, 5L)));
  }

  @Test
  void aBrokenStreamIsAttachedAgainAndWhatWasNotAcknowledgedGoesAgain() {
    BridgeSession session = openConnected();
    bridge.acknowledges = false;
    IntStream.range(0, 3).forEach(i -> session.send(Frames.frame(i)));
    await().until(() -> bridge.stream(0).audio().size() == 3);
    bridge.stream(0).acknowledge(0, 1);
    bridge.acknowledges = true;
    bridge.stream(0).end(Status.UNAVAILABLE, null);
    IntStream.range(3, 6).forEach(i -> session.send(Frames.frame(i)));
    await().until(() -> bridge.streams.size() == 2 && bridge.stream(1).audio().size() == 5);
    assertThat(Frames.numbers(bridge.stream(1).audio())).containsExactly(1, 2, 3, 4, 5);
    assertThat(bridge.joins).hasSize(1);
    assertThat(bridge.stream(1).first().getSessionId()).isEqualTo("session-1");
    assertThat(bridge.stream(1).first().getAttempt())
        .isGreaterThan(bridge.stream(0).first().getAttempt());
    assertThat(TrackSequences.map(bridge.stream(1).first().getOldestKeptList()))
        .containsEntry(0, 2L);
    await().until(() -> session.stats().sent().delivered() == 6);
    await()
        .untilAsserted(
            () ->
                assertThat(events)
                    .anySatisfy(e -> assertThat(e).isInstanceOf(SessionEvent.Reconnected.class)));
    assertThat(session.stats().sent().replayed()).isEqualTo(2);
  }

  @Test
  void aKilledBridgeIsJoinedAgainWhenItIsBack() {
    BridgeSession session = openConnected();
    session.send(Frames.frame(1));
    await().until(() -> session.stats().sent().delivered() == 1);
    bridge.kill();
    await().until(() -> session.state() == ConnectionState.RECONNECTING);
    assertThat(session.send(Frames.frame(2))).isEqualTo(SendResult.BUFFERED);
    bridge.onJoin = bridge::accept;
    bridge.start();
    await().until(() -> session.state() == ConnectionState.CONNECTED);
    // The scripted bridge knows every session: the attach succeeds.
    await().until(() -> session.stats().sent().delivered() == 2);
  }

  @Test
  void closeHalfClosesAndEnds() {
    BridgeSession session = openConnected();
    session.send(Frames.frame(1));
    session.close();
    assertThat(bridge.stream(0).halfClosed).isTrue();
    assertThat(session.state()).isEqualTo(ConnectionState.CLOSED);
    assertThat(session.send(Frames.frame(2))).isEqualTo(SendResult.DROPPED);
    assertThat(session.stats().sent().balanced()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(events.get(events.size() - 1))
                    .isEqualTo(new SessionEvent.Closed(CloseReason.LEFT, "closed by the caller")));
    session.close();
    assertThat(client.sessions()).isEmpty();
  }
}
