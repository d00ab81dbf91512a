package dev.livekitbridge.client;

import static dev.livekitbridge.client.World.A;
import static dev.livekitbridge.client.World.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.livekitbridge.client.PlaybackResult.Outcome;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.PlayAudioRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Playbacks on virtual time, against a model of a bridge. The names are the rules. */
class PlaybackTest {
  private final World world = new World(1, B);
  private final List<Heard> playbacks = new ArrayList<>();

  @AfterEach
  void eachHasOneEndAndNothingIsLeftToRun() {
    world.close();
    assertThat(world.network.openConnections()).isZero();
    assertThat(world.a().sounding()).as("no zombie").isEmpty();
    assertThat(world.b().sounding()).as("no zombie").isEmpty();
    playbacks.forEach(Heard::check);
  }

  /** A playback and what its caller sees of it. */
  private final class Heard {
    final List<PlaybackEvent> events = new ArrayList<>();
    final Playback playback;

    Heard(World.User user, long millis, UnaryOperator<PlayRequest.Builder> options) {
      playback =
          user.session.play(
              options.apply(PlayRequest.url("http://host/" + millis).onEvent(events::add)).build());
      playbacks.add(this);
    }

    PlaybackResult result() {
      return playback.completion().getNow(new PlaybackResult(Outcome.FAILED, Duration.ZERO, "?"));
    }

    boolean over() {
      return playback.completion().isDone();
    }

    List<Duration> positions() {
      return events.stream()
          .filter(PlaybackEvent.Progress.class::isInstance)
          .map(e -> ((PlaybackEvent.Progress) e).position())
          .toList();
    }

    void check() {
      assertThat(events.stream().filter(PlaybackEvent.Ended.class::isInstance)).hasSize(1);
      assertThat(events.get(events.size() - 1)).isEqualTo(new PlaybackEvent.Ended(result()));
      assertThat(events.stream().skip(1)).noneMatch(PlaybackEvent.Started.class::isInstance);
    }
  }

  private World.User connected() {
    // Both bridges would do; the tests are about the one that is called A.
    world.network.kill(B);
    World.User user = world.open("u").connect();
    assertThat(user.session.stats().bridge()).isEqualTo(A);
    return user;
  }

  private Heard play(World.User user, long millis) {
    return new Heard(user, millis, request -> request);
  }

  @Test
  void startedProgressCompleted() {
    World.User user = connected();
    Heard heard = play(user, 1_700);
    world.passMillis(100);
    assertThat(heard.playback.duration()).contains(Duration.ofMillis(1_700));
    world.passMillis(1_000);
    assertThat(heard.playback.position()).isEqualTo(Duration.ofSeconds(1));
    assertThat(heard.over()).isFalse();
    world.passMillis(1_000);
    assertThat(heard.result())
        .isEqualTo(new PlaybackResult(Outcome.COMPLETED, Duration.ofMillis(1_700), ""));
    assertThat(heard.positions())
        .extracting(Duration::toMillis)
        .containsExactly(500L, 1000L, 1500L);
    assertThat(heard.events.get(0))
        .isEqualTo(new PlaybackEvent.Started(Optional.of(Duration.ofMillis(1_700))));
    assertThat(world.meters.counter("livekit.bridge.client.playbacks", "outcome", "completed"))
        .matches(c -> c.count() == 1);
    assertThat(
            world.meters.timer("livekit.bridge.client.playback.start").max(TimeUnit.MILLISECONDS))
        .isCloseTo(2, within(1.0));
  }

  @Test
  void theRequestSaysWhatTheCallerSaid() {
    World.User user = connected();
    new Heard(user, 100, r -> r.track(TrackId.TTS).volume(0.8f).stopOther(true).requestId("mine"));
    world.passMillis(50);
    PlayAudioRequest sent = world.a().plays.get(0);
    assertThat(sent.getAudioUrl()).isEqualTo("http://host/100");
    assertThat(sent.getTrackId()).isEqualTo(2);
    assertThat(sent.getVolume()).isEqualTo(0.8f);
    assertThat(sent.getStopOther()).isTrue();
    assertThat(sent.getRequestId()).isEqualTo("mine");
    assertThat(sent.getUserId()).isEqualTo("u");
    assertThat(sent.getSessionId()).isEqualTo(world.a().session("u").id);
  }

  @Test
  void beforeTheSessionIsConnectedItWaits() {
    world.network.kill(A);
    world.network.kill(B);
    World.User user = world.open("u");
    Heard heard = play(user, 100);
    world.passMillis(2_000);
    assertThat(heard.events).isEmpty();
    world.network.revive(A);
    world.until(3_000, heard::over);
    assertThat(heard.result().completed()).isTrue();
  }

  @Test
  void whatDoesNotStartInTimeHasFailed() {
    world.network.kill(A);
    world.network.kill(B);
    World.User user = world.open("u");
    Heard heard = new Heard(user, 100, r -> r.startTimeout(Duration.ofSeconds(3)));
    long took = world.until(4_000, heard::over);
    assertThat(took).isCloseTo(3_000, within(5L));
    assertThat(heard.result().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(heard.result().detail())
        .isEqualTo("not started within 3 s: the session was not connected");
    world.network.revive(A);
    world.passMillis(1_000);
    assertThat(world.a().plays).isEmpty();
  }

  @Test
  void aBridgeThatNeverAnswersIsAFailureAndIsToldToStop() {
    World.User user = connected();
    world.a().mute = true;
    Heard heard = play(user, 100);
    long took = world.until(31_000, heard::over);
    assertThat(took).isCloseTo(30_000, within(5L));
    assertThat(heard.result().detail())
        .isEqualTo("not started within 30 s: the bridge said nothing");
    world.passMillis(50);
    assertThat(world.a().stops).hasSize(1);
    assertThat(world.a().stops.get(0).getRequestId()).isEqualTo(heard.playback.requestId());
  }

  @Test
  void whatTheBridgeCannotPlayIsAResult() {
    World.User user = connected();
    Heard heard = new Heard(user, 1, r -> r);
    world.passMillis(50);
    Playback bad = user.session.play(PlayRequest.url("http://host/noise.txt?key=secret").build());
    world.passMillis(50);
    PlaybackResult result = bad.completion().join();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.detail()).isEqualTo("no sound: noise.txt");
    assertThat(heard.result().completed()).isTrue();
  }

  @Test
  void stopEndsTheSoundAndTellsWhere() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(1_234);
    heard.playback.stop();
    long took = world.until(100, heard::over);
    assertThat(took).isLessThan(5);
    assertThat(world.a().sounding()).isEmpty();
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(heard.result().played().toMillis()).isCloseTo(1_233, within(2L));
    assertThat(heard.result().detail()).isEqualTo("stopped: by its caller");
    heard.playback.stop();
    world.passMillis(10);
    assertThat(world.a().stops).hasSize(1);
    assertThat(world.a().stops.get(0).getSessionId()).isEqualTo(world.a().session("u").id);
  }

  @Test
  void stoppedBeforeItWasAskedForItNeverIs() {
    world.network.kill(A);
    world.network.kill(B);
    World.User user = world.open("u");
    Heard heard = play(user, 100);
    heard.playback.stop();
    world.passMillis(10);
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    world.network.revive(A);
    user.connect();
    world.passMillis(500);
    assertThat(world.a().plays).isEmpty();
  }

  @Test
  void stoppedRightAfterItWasAskedForItEndsToo() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    heard.playback.stop();
    world.until(300, heard::over);
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.a().sounding()).isEmpty();
  }

  @Test
  void aStopWhileTheBridgeIsAwayReachesItWhenTheSessionIsBack() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(700);
    world.network.blackHole(A, true);
    world.until(8_000, () -> !user.connected());
    heard.playback.stop();
    long took = world.until(3_000, heard::over);
    assertThat(took).isCloseTo(2_000, within(5L));
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.a().sounding()).hasSize(1);
    world.network.blackHole(A, false);
    world.until(3_000, user::connected);
    world.passMillis(20);
    assertThat(world.a().sounding()).isEmpty();
  }

  @Test
  void stopPlaybacksEndsThemAllAlsoThoseOfAProcessOfBefore() {
    World.User user = connected();
    Heard one = new Heard(user, 60_000, r -> r.track(TrackId.TTS));
    Heard other = play(user, 60_000);
    world.passMillis(50);
    world
        .a()
        .session("u")
        .player
        .play(
            PlayAudioRequest.newBuilder()
                .setRequestId("before")
                .setTrackId(7)
                .setAudioUrl("http://host/60000")
                .build(),
            new ModelPlayer.Listener() {
              @Override
              public void event(dev.livekitbridge.proto.PlayAudioEvent event) {}

              @Override
              public void end() {}
            });
    assertThat(world.a().sounding()).hasSize(3);
    user.session.stopPlaybacks();
    world.passMillis(50);
    assertThat(world.a().sounding()).isEmpty();
    assertThat(List.of(one, other)).allMatch(h -> h.result().outcome() == Outcome.STOPPED);
  }

  @Test
  void stopPlaybacksOfATrackLeavesTheOthersAlone() {
    World.User user = connected();
    Heard voice = new Heard(user, 60_000, r -> r.track(TrackId.TTS));
    Heard speaker = play(user, 60_000);
    world.passMillis(50);
    user.session.stopPlaybacks(TrackId.SPEAKER);
    world.passMillis(50);
    assertThat(speaker.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.a().sounding()).containsExactly(voice.playback.requestId());
  }

  @Test
  void aPlaybackReplacesTheOneOnItsTrackAndLeavesOthersAlone() {
    World.User user = connected();
    Heard music = new Heard(user, 60_000, r -> r.track(TrackId.APP_AUDIO));
    Heard first = play(user, 60_000);
    world.passMillis(100);
    Heard second = play(user, 60_000);
    world.passMillis(100);
    assertThat(first.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(first.result().detail()).isEqualTo("stopped: replaced");
    assertThat(music.over()).isFalse();
    assertThat(second.over()).isFalse();
  }

  @Test
  void anotherOfTheSameNameIsRefusedWhileTheFirstGoesOn() {
    World.User user = connected();
    new Heard(user, 500, r -> r.requestId("mine"));
    assertThatThrownBy(
            () -> user.session.play(PlayRequest.url("http://host/1").requestId("mine").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requestId: mine");
    world.passMillis(600);
    user.session.play(PlayRequest.url("http://host/1").requestId("mine").build());
  }

  @Test
  void aStreamThatBreaksDoesNotEndItAndTheCallerSeesItGoOn() {
    World.User user = connected();
    Heard heard = play(user, 5_000);
    world.passMillis(1_100);
    world.network.connections.get(0).breakDown("cut");
    world.passMillis(2_000);
    assertThat(world.a().plays).hasSizeGreaterThan(1);
    assertThat(world.a().plays)
        .extracting(PlayAudioRequest::getRequestId)
        .containsOnly(heard.playback.requestId());
    assertThat(world.a().session("u").player.begun).hasSize(1);
    world.until(3_000, heard::over);
    assertThat(heard.result())
        .isEqualTo(new PlaybackResult(Outcome.COMPLETED, Duration.ofSeconds(5), ""));
    assertThat(heard.positions()).isSorted();
    assertThat(heard.positions()).extracting(Duration::toMillis).contains(500L, 4_500L);
  }

  @Test
  void itsEndIsToldAlsoIfItCameWhileTheServiceWasAway() {
    World.User user = connected();
    Heard heard = play(user, 2_000);
    world.passMillis(600);
    world.network.blackHole(A, true);
    world.passMillis(5_000);
    assertThat(heard.over()).isFalse();
    world.network.blackHole(A, false);
    world.until(3_000, heard::over);
    assertThat(heard.result().completed()).isTrue();
    assertThat(world.a().session("u").player.begun).hasSize(1);
  }

  @Test
  void aCallThatBreaksAloneIsMadeAgain() {
    World.User user = connected();
    Heard heard = play(user, 2_000);
    world.passMillis(600);
    world.network.playing.get(0).breakAlone();
    world.until(2_000, heard::over);
    assertThat(heard.result().completed()).isTrue();
    assertThat(world.a().plays).hasSize(2);
    assertThat(user.session.stats().reconnects()).isZero();
  }

  @Test
  void aRestartedBridgeHasLostItAndItDoesNotBeginAnew() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(1_100);
    world.network.kill(A);
    world.passMillis(300);
    world.network.revive(A);
    world.until(2_000, user::connected);
    world.passMillis(10);
    assertThat(heard.result())
        .isEqualTo(
            new PlaybackResult(
                Outcome.FAILED,
                Duration.ofSeconds(1),
                "lost: the bridge has a new session, or another bridge has it"));
    world.passMillis(1_000);
    assertThat(world.a().sounding()).isEmpty();
  }

  @Test
  void whatHadNotStartedBeginsAtTheNewSession() {
    World.User user = connected();
    world.a().mute = true;
    Heard heard = play(user, 1_000);
    world.passMillis(100);
    world.network.kill(A);
    world.a().mute = false;
    world.passMillis(300);
    world.network.revive(A);
    world.until(2_000, user::connected);
    world.passMillis(1_100);
    assertThat(heard.result().completed()).isTrue();
  }

  @Test
  void aMoveToAnotherBridgeIsAFailureThatSaysSo() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(600);
    world.network.revive(B);
    world.passMillis(12_000);
    world.a().session("u").drain(5_000);
    world.until(2_000, () -> user.session.stats().bridge().equals(B) && user.connected());
    world.passMillis(10);
    assertThat(heard.over()).isTrue();
    assertThat(heard.result().completed()).isFalse();
    assertThat(heard.result().played()).isGreaterThan(Duration.ofSeconds(12));
    assertThat(world.b().plays).isEmpty();
  }

  @Test
  void backAtABridgeOfBeforeWhatPlayedElsewhereDoesNotBeginAnew() {
    World.User user = connected();
    world.network.blackHole(A, true);
    world.until(8_000, () -> !user.connected());
    world.network.revive(B);
    world.until(5_000, user::connected);
    assertThat(user.session.stats().bridge()).isEqualTo(B);
    Heard heard = play(user, 60_000);
    world.passMillis(600);
    world.network.kill(B);
    world.network.blackHole(A, false);
    world.until(5_000, () -> user.connected() && user.session.stats().bridge().equals(A));
    world.passMillis(600);
    assertThat(user.events(SessionEvent.Reconnected.class)).last().matches(r -> !r.resumed());
    assertThat(heard.result().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(world.a().plays).isEmpty();
  }

  @Test
  void aBridgeThatStaysAwayLongerThanItKeepsTheSessionHasLostIt() {
    World.User user = connected();
    Heard heard = play(user, 600_000);
    world.passMillis(600);
    world.network.kill(A);
    long took = world.until(20_000, heard::over);
    assertThat(took).isCloseTo(15_000, within(10L));
    assertThat(heard.result().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(heard.result().detail()).startsWith("lost: UNAVAILABLE");
  }

  @Test
  void aBridgeThatFallsSilentAboutItIsAskedAndThenGivenUp() {
    World.User user = connected();
    Heard heard = play(user, 600_000);
    world.passMillis(600);
    world.network.playing.get(0).deaf = true;
    world.a().mute = true;
    long took = world.until(60_000, heard::over);
    assertThat(took).isCloseTo(45_000, within(600L));
    assertThat(heard.result().detail()).isEqualTo("lost: no word of it for 30 s");
    world.passMillis(10);
    assertThat(world.a().sounding()).isEmpty();
  }

  @Test
  void closeEndsIt() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(600);
    ((DefaultSession) user.session).beginClose(Duration.ofSeconds(1));
    world.until(1_100, heard::over);
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(heard.result().played()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    Heard late = play(user, 100);
    world.passMillis(1);
    assertThat(late.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(late.result().detail()).isEqualTo("stopped: the session ended, LEFT");
  }

  @Test
  void theEndOfItsSessionEndsIt() {
    World.User user = connected();
    Heard heard = play(user, 60_000);
    world.passMillis(600);
    world.a().drop("u", CloseReason.REMOVED);
    world.until(100, heard::over);
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
  }

  @Test
  void towardsABridgeOfTheFirstTableItsWordPassesThrough() {
    world.network.bridges.values().forEach(b -> b.ours = false);
    world.a().ours = false;
    World.User user = connected();
    Heard heard = play(user, 4_000);
    world.until(200, heard::over);
    assertThat(heard.result())
        .isEqualTo(new PlaybackResult(Outcome.COMPLETED, Duration.ofSeconds(4), ""));
    assertThat(heard.positions()).isEmpty();
    assertThat(world.a().plays.get(0).getSessionId()).isEmpty();
  }

  @Test
  void towardsABridgeOfTheFirstTableABrokenCallIsAFailure() {
    world.a().ours = false;
    World.User user = connected();
    Heard heard = play(user, 4_000);
    world.passMillis(50);
    world.network.connections.get(0).breakDown("UNAVAILABLE: cut");
    world.passMillis(5);
    assertThat(heard.result())
        .isEqualTo(new PlaybackResult(Outcome.FAILED, Duration.ZERO, "UNAVAILABLE: cut"));
    user.connect();
    world.passMillis(500);
    assertThat(world.a().plays).hasSize(1);
  }

  @Test
  void towardsABridgeOfTheFirstTableStopNamesIdAndTrack() {
    world.a().ours = false;
    World.User user = connected();
    Heard heard = new Heard(user, 4_000, r -> r.track(TrackId.TTS));
    world.passMillis(50);
    heard.playback.stop();
    world.passMillis(10);
    assertThat(heard.result().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(world.a().stops.get(0).getRequestId()).isEqualTo(heard.playback.requestId());
    assertThat(world.a().stops.get(0).getTrackId()).isEqualTo(2);
    assertThat(world.a().stops.get(0).getSessionId()).isEmpty();
  }

  @Test
  void theProcessThatTakesTheSessionOverJoinsThePlaybackByItsName() {
    World.User user = connected();
    new Heard(user, 3_000, r -> r.requestId("greeting"));
    world.passMillis(700);
    World.User next = world.open("u").connect();
    Heard again = new Heard(next, 3_000, r -> r.requestId("greeting"));
    world.until(3_000, again::over);
    assertThat(again.result().completed()).isTrue();
    assertThat(world.a().session("u").player.begun).containsExactly("greeting");
  }

  @Test
  void badRequestsAreRefusedAtOnceAndShowNoSecret() {
    assertThatThrownBy(() -> PlayRequest.url("file:///etc/passwd"))
        .hasMessage("url: scheme 'file' (expected: http://… or https://…)");
    assertThatThrownBy(() -> PlayRequest.url("http:///x")).hasMessageContaining("url: ");
    assertThatThrownBy(() -> PlayRequest.url("http://h/a b?key=secret"))
        .hasMessage("url: not an address (expected: http://… or https://…)");
    for (float volume : new float[] {-0.1f, 4.1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> PlayRequest.url("http://h/").volume(volume))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("volume: " + volume);
    }
    assertThat(PlayRequest.url("https://me:pw@h:8/a/b.mp3?key=secret#x").build())
        .hasToString(
            "PlayRequest[url=https://h:8/a/b.mp3, track=speaker, volume=1.0, stopOther=false]");
  }
}
