package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SendResult;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A session of a service: says a numbered frame every 20 ms, and counts those it hears. */
final class ServiceSide {
  static final int STREAM = 2;

  private final Rig rig;
  private final BridgeSession session;
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final List<SendResult> results = new CopyOnWriteArrayList<>();
  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();
  private final FrameTally heard = new FrameTally();
  private @Nullable ScheduledFuture<?> talking;
  private long said;

  ServiceSide(Rig rig, BridgeClient client, String url) {
    this(rig, client, url, request -> request);
  }

  ServiceSide(
      Rig rig, BridgeClient client, String url, UnaryOperator<SessionRequest.Builder> options) {
    this.rig = rig;
    this.session =
        client.open(
            options
                .apply(
                    SessionRequest.builder("service@test")
                        .room("standup")
                        .liveKitUrl(url)
                        .targetIdentity("alice")
                        .resumeKey("not so secret")
                        .onAudio(this::onAudio)
                        .onEvent(events::add))
                .build());
  }

  BridgeSession session() {
    return session;
  }

  List<SessionEvent> events() {
    return events;
  }

  void talk() {
    talking = rig.timer.scheduleAtFixedRate(this::say, 0, 20, TimeUnit.MILLISECONDS);
  }

  void fallSilent() {
    if (talking != null) {
      talking.cancel(false);
    }
  }

  synchronized long said() {
    return said;
  }

  synchronized <T> T heard(Function<FrameTally, T> ask) {
    return ask.apply(heard);
  }

  void awaitState(ConnectionState state, Duration limit) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(session.state()).as("%s", events).isEqualTo(state));
  }

  /** Frames arrive here that were not there before the call. */
  void awaitAudio(Duration limit) {
    long before = heard(FrameTally::frames);
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(heard(FrameTally::frames)).isGreaterThan(before + 5));
  }

  /** Every frame that was said was heard, in order, once: both ways. */
  void assertNothingLost(RoomSide room) {
    await()
        .atMost(Rig.SOON)
        .untilAsserted(
            () -> {
              assertThat(room.heard(FrameTally::highest)).isEqualTo(said() - 1);
              assertThat(heard(FrameTally::highest)).isEqualTo(room.said() - 1);
            });
    room.heard(
        tally -> {
          assertThat(tally.missing(0, said() - 1)).as("lost to the room: %s", tally).isZero();
          assertThat(tally.duplicates()).as("twice in the room").isZero();
          assertThat(tally.disordered()).as("out of order in the room").isZero();
          return tally;
        });
    heard(
        tally -> {
          assertThat(tally.missing()).as("lost to the service: %s", tally).isZero();
          assertThat(tally.duplicates()).as("twice at the service").isZero();
          assertThat(tally.disordered()).as("out of order at the service").isZero();
          return tally;
        });
  }

  /** The law of frames holds, nothing threw, and every sent frame was taken. */
  void assertAccounts() {
    SessionStats stats = session.stats();
    assertThat(stats.sent().balanced()).as("%s", stats).isTrue();
    assertThat(stats.received().balanced()).as("%s", stats).isTrue();
    assertThat(stats.sent().accepted()).isEqualTo(said());
    assertThat(thrown).as("send never throws for the network's sake").isEmpty();
    assertThat(results).doesNotContain(SendResult.DROPPED);
  }

  private synchronized void say() {
    byte[] pcm = NumberedFrames.pcm(STREAM, said, 320);
    try {
      results.add(
          session.send(
              AudioFrame.wrap(pcm, AudioFormat.VOICE, TrackId.SPEAKER, rig.time.epochMillis())));
    } catch (RuntimeException e) {
      thrown.add(e);
    }
    said++;
  }

  private synchronized void onAudio(AudioFrame frame) {
    long read = NumberedFrames.read(frame.toByteString());
    assertThat(NumberedFrames.stream(read)).isEqualTo(RoomSide.STREAM);
    heard.add(NumberedFrames.number(read), rig.millis());
  }
}
