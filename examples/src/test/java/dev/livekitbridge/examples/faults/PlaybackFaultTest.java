package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.Playback;
import dev.livekitbridge.client.PlaybackEvent;
import dev.livekitbridge.client.PlaybackResult;
import dev.livekitbridge.client.PlaybackResult.Outcome;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.examples.audio.WavBytes;
import dev.livekitbridge.examples.faults.Rig.BridgeProcess;
import dev.livekitbridge.examples.harness.FaultProxy;
import dev.livekitbridge.examples.playback.SoundServer;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A file of numbered frames plays into a room, through a bridge in a process of its own, while
 * things break. What the room hears tells whether the sound was whole.
 */
class PlaybackFaultTest {
  private static final int STREAM = 3;
  private static final int SAMPLES = 320;
  private static final int FRAMES = 200;
  private static final int LONG = 1_500;
  private static final Duration LENGTH = Duration.ofMillis(FRAMES * 20L);

  private final FrameTally heard = new FrameTally();
  private final List<PlaybackEvent> events = new CopyOnWriteArrayList<>();
  private ByteString unread = ByteString.EMPTY;
  private Rig rig;
  private SoundServer sounds;
  private BridgeProcess bridge;
  private String url;

  @BeforeEach
  void open() throws IOException {
    rig = Rig.open(PlaybackFaultTest.class);
    sounds = new SoundServer();
    bridge = rig.startBridge("bridge", 0, "--allow-playback-from", "127.0.0.1");
    url = numbers(FRAMES);
    MemoryParticipant alice = rig.rooms.rooms().room("standup").join("alice");
    alice.onAudio(this::onAudio);
  }

  private String numbers(int frames) throws IOException {
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    for (int i = 0; i < frames; i++) {
      pcm.write(NumberedFrames.pcm(STREAM, i, SAMPLES));
    }
    return sounds.add("numbers.wav", WavBytes.of(pcm.toByteArray(), AudioFormat.VOICE));
  }

  @AfterEach
  void close() {
    sounds.close();
    rig.close();
  }

  @Test
  void aStreamThatBreaksIsNotHeardInTheRoom() throws Exception {
    try (FaultProxy proxy = FaultProxy.to("127.0.0.1", bridge.port());
        BridgeClient client = BridgeClient.builder(proxy.address()).build()) {
      BridgeSession session = session(client);
      Playback playback = play(session);
      awaitFrames(30);
      proxy.reset();
      awaitFrames(80);
      proxy.blackHole();
      awaitFrames(130);
      proxy.heal();
      assertCompleted(playback);
      assertWhole();
      rig.assertNoZombies(bridge.port(), 1);
      session.close();
      rig.assertNoZombies(bridge.port(), 0);
    }
  }

  @Test
  void theServiceThatComesBackJoinsWhatPlays() throws Exception {
    try (FaultProxy proxy = FaultProxy.to("127.0.0.1", bridge.port());
        BridgeClient dead = BridgeClient.builder(proxy.address()).build();
        BridgeClient next = BridgeClient.builder(bridge.target()).build()) {
      Playback lost = play(session(dead));
      awaitFrames(50);
      // As a process that was killed: nothing of it gets through any more.
      proxy.refuse();
      proxy.reset();
      events.clear();
      BridgeSession session = session(next);
      assertCompleted(play(session));
      assertWhole();
      rig.assertNoZombies(bridge.port(), 1);
      session.close();
      rig.assertNoZombies(bridge.port(), 0);
      assertThat(lost.completion()).isNotDone();
      dead.close(Duration.ZERO);
      assertThat(lost.completion().get(5, TimeUnit.SECONDS).completed()).isFalse();
    }
  }

  @Test
  void aKilledBridgeIsAFailureThatTellsHowFarItCame() throws Exception {
    try (BridgeClient client = BridgeClient.builder(bridge.target()).build()) {
      BridgeSession session = session(client);
      Playback playback = play(session);
      awaitFrames(60);
      bridge.process().kill();
      BridgeProcess second = rig.startBridge("bridge-2", bridge.port());
      PlaybackResult result = playback.completion().get(15, TimeUnit.SECONDS);
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.played()).isBetween(Duration.ofMillis(500), LENGTH);
      assertOneEnd(result);
      await().atMost(Rig.SOON).until(() -> session.state() == ConnectionState.CONNECTED);
      rig.assertNoZombies(second.port(), 1);
      session.close();
      rig.assertNoZombies(second.port(), 0);
      assertThat(tally(FrameTally::highest)).isLessThan(FRAMES - 1L);
    }
  }

  @Test
  void stopDuringAnOutageReachesTheBridgeWhenItIsOver() throws Exception {
    try (FaultProxy proxy = FaultProxy.to("127.0.0.1", bridge.port());
        BridgeClient client = BridgeClient.builder(proxy.address()).build()) {
      BridgeSession session = session(client);
      Playback playback = session.play(PlayRequest.url(numbers(LONG)).onEvent(events::add).build());
      awaitFrames(30);
      proxy.refuse();
      proxy.reset();
      playback.stop();
      PlaybackResult result = playback.completion().get(10, TimeUnit.SECONDS);
      assertThat(result.outcome()).isEqualTo(Outcome.STOPPED);
      assertOneEnd(result);
      proxy.heal();
      await().atMost(Rig.SOON).until(() -> session.state() == ConnectionState.CONNECTED);
      // A bridge that still played it would do so for the rest of its 30 s.
      await()
          .atMost(Rig.SOON)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                long before = tally(FrameTally::frames);
                TimeUnit.MILLISECONDS.sleep(200);
                return tally(FrameTally::frames) == before;
              });
      assertThat(tally(FrameTally::highest)).isLessThan(LONG - 1L);
      session.close();
      rig.assertNoZombies(bridge.port(), 0);
      assertThat(tally(FrameTally::duplicates)).isZero();
    }
  }

  private BridgeSession session(BridgeClient client) {
    BridgeSession session =
        client.open(
            SessionRequest.builder("service@test")
                .room("standup")
                .liveKitUrl(rig.rooms.url("standup"))
                .resumeKey("not so secret")
                .build());
    await().atMost(Rig.SOON).until(() -> session.state() == ConnectionState.CONNECTED);
    return session;
  }

  private Playback play(BridgeSession session) {
    return session.play(PlayRequest.url(url).requestId("numbers").onEvent(events::add).build());
  }

  private void assertCompleted(Playback playback) throws Exception {
    PlaybackResult result = playback.completion().get(20, TimeUnit.SECONDS);
    assertThat(result).isEqualTo(new PlaybackResult(Outcome.COMPLETED, LENGTH, ""));
    assertOneEnd(result);
  }

  private void assertOneEnd(PlaybackResult result) {
    assertThat(events.stream().filter(PlaybackEvent.Ended.class::isInstance)).hasSize(1);
    assertThat(events).last().isEqualTo(new PlaybackEvent.Ended(result));
    assertThat(events.stream().skip(1)).noneMatch(PlaybackEvent.Started.class::isInstance);
  }

  /** Every frame once, in order. */
  private void assertWhole() {
    await().atMost(Rig.SOON).until(() -> tally(FrameTally::highest) == FRAMES - 1);
    assertThat(tally(t -> t.missing(0, FRAMES - 1))).as("%s", heard).isZero();
    assertThat(tally(FrameTally::duplicates)).isZero();
    assertThat(tally(FrameTally::disordered)).isZero();
  }

  private void awaitFrames(long frames) {
    await()
        .atMost(Rig.SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> tally(FrameTally::frames) >= frames);
  }

  private long tally(ToLongFunction<FrameTally> ask) {
    synchronized (heard) {
      return ask.applyAsLong(heard);
    }
  }

  /**
   * The bridge's limiter looks ahead, so that the numbered frames do not begin where its own do.
   */
  private void onAudio(String identity, String track, AudioFrame frame) {
    synchronized (heard) {
      unread = unread.concat(frame.toByteString());
      int at = 0;
      while (unread.size() - at >= 2 * SAMPLES) {
        long read = NumberedFrames.read(unread.substring(at, at + 2 * SAMPLES));
        if (read >= 0) {
          heard.add(NumberedFrames.number(read), rig.millis());
        }
        at += read >= 0 ? 2 * SAMPLES : 2;
      }
      unread = unread.substring(at);
    }
  }
}
