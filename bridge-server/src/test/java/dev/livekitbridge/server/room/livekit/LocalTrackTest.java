package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.TrackFate;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a track does not take it says, so that its caller can count it. */
class LocalTrackTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final LocalTrack track = new LocalTrack(TrackId.TTS, 1, loop);
  private final List<AudioFrame> taken = new ArrayList<>();

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void refusesWhatNoStayWouldSend() throws Exception {
    assertThat(track.write(frame())).isEqualTo(DropCause.ROOM_LOST);
    onLoop(() -> track.attach(taken::add));
    assertThat(track.write(frame())).isNull();
    onLoop(() -> track.attach(null));
    assertThat(track.write(frame())).isEqualTo(DropCause.ROOM_LOST);
    assertThat(taken).hasSize(1);
  }

  @Test
  void holdsFourSecondsWhileItsLoopIsStuckAndRefusesTheRest() throws Exception {
    onLoop(() -> track.attach(taken::add));
    CountDownLatch stuck = new CountDownLatch(1);
    loop.execute(
        () -> {
          try {
            stuck.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    int accepted = 0;
    while (accepted < 1_000 && track.write(frame()) == null) {
      accepted++;
    }
    assertThat(accepted).isEqualTo(200);
    assertThat(track.write(frame())).isEqualTo(DropCause.OVERFLOW);
    stuck.countDown();
    onLoop(() -> {});
    assertThat(taken).hasSize(accepted);
    assertThat(track.write(frame())).isNull();
  }

  @Test
  void countsWhatTheStreamHoldsBack() throws Exception {
    onLoop(() -> track.attach(taken::add));
    onLoop(() -> track.unsent(1_920L * 199 + 960, 3_990_000_000L));
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          assertThat(track.write(frame())).isNull();
          assertThat(track.write(frame())).isEqualTo(DropCause.OVERFLOW);
          done.complete(null);
        });
    done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void tellsWhatHasLeftAndWhatWasLostWithItsStay() throws Exception {
    Told told = new Told();
    assertThat(track.reportTo(told)).isTrue();
    onLoop(() -> track.attach(taken::add));
    for (int i = 0; i < 3; i++) {
      track.write(frame());
    }
    onLoop(() -> track.unsent(2 * 1_920, 0));
    onLoop(() -> track.unsent(1_000, 0));
    onLoop(() -> track.attach(null));
    onLoop(() -> track.attach(taken::add));
    track.write(frame());
    onLoop(() -> track.unsent(0, 0));
    assertThat(told.all).containsExactly("left 1920", "left 4760", "ROOM_LOST 5760", "left 7680");
  }

  @Test
  void takesEveryRateOfOpusAsItIs() throws Exception {
    onLoop(() -> track.attach(taken::add));
    AudioFrame voice = AudioFrame.wrap(new byte[640], AudioFormat.VOICE, TrackId.TTS, 0);
    assertThat(track.takes(voice.format())).isTrue();
    assertThat(track.write(voice)).isNull();
    assertThat(track.takes(new AudioFormat(44_100, 1))).isFalse();
    assertThat(track.takes(new AudioFormat(16_000, 2))).isFalse();
    onLoop(() -> {});
    assertThat(taken).containsExactly(voice);
  }

  @Test
  void whatWaitsForItsLoopWhenTheStayEndsIsLost() throws Exception {
    Told told = new Told();
    track.reportTo(told);
    onLoop(() -> track.attach(taken::add));
    onLoop(
        () -> {
          track.write(frame());
          track.attach(null);
        });
    onLoop(() -> {});
    assertThat(taken).isEmpty();
    assertThat(told.all).containsExactly("ROOM_LOST 1920");
  }

  @Test
  void whatWaitsWhenTheEngineIsClosedIsLost() throws Exception {
    Told told = new Told();
    track.reportTo(told);
    onLoop(() -> track.attach(taken::add));
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();
    track.write(frame());
    assertThat(told.all).containsExactly("CLOSED 1920");
    assertThat(track.write(frame())).isEqualTo(DropCause.ROOM_LOST);
  }

  private static final class Told implements TrackFate {
    final List<String> all = new ArrayList<>();

    @Override
    public void left(long end) {
      all.add("left " + end);
    }

    @Override
    public void lost(long end, DropCause cause) {
      all.add(cause + " " + end);
    }
  }

  @Test
  void inAnotherStayItIsReadyWhenSomeoneListensAgain() throws Exception {
    onLoop(track::listenedTo);
    assertThat(track.ready()).isCompleted();
    onLoop(track::again);
    assertThat(track.ready()).isNotCompleted();
    onLoop(track::listenedTo);
    assertThat(track.ready()).isCompleted();
  }

  @Test
  void refusesAnotherFormat() {
    assertThatThrownBy(
            () ->
                track.write(
                    AudioFrame.copyOf(new byte[640], new AudioFormat(44_100, 1), TrackId.TTS, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  private void onLoop(Runnable work) throws Exception {
    loop.submit(work).get(10, TimeUnit.SECONDS);
  }

  private static AudioFrame frame() {
    return AudioFrame.copyOf(new byte[1_920], LocalTrack.MONO, TrackId.TTS, 0);
  }
}
