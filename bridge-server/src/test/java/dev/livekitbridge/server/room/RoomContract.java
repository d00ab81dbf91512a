package dev.livekitbridge.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomHarness.Foreign;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every {@link RoomConnector} must do. A kind of rooms passes it by a subclass that gives a
 * {@link RoomHarness}. After each test no listener may have been called in a way that {@link
 * RoomListener} forbids, and nobody may be left in the room.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RoomContract {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final AtomicInteger ROOMS = new AtomicInteger();

  private final List<RecordingListener> listeners = new ArrayList<>();
  private final List<Room> joined = new ArrayList<>();
  private final List<Foreign> foreigners = new ArrayList<>();
  private RoomHarness harness;
  private String room;

  /** Makes the harness; called once for the whole suite. */
  protected abstract RoomHarness createHarness() throws Exception;

  @BeforeAll
  void openHarness() throws Exception {
    harness = createHarness();
  }

  @AfterAll
  void closeHarness() {
    // None where the suite was skipped for want of a server.
    if (harness != null) {
      harness.close();
    }
  }

  @BeforeEach
  void newRoom() {
    room = "contract-" + ROOMS.incrementAndGet();
  }

  @AfterEach
  void nobodyIsLeftAndNoListenerWasCalledAgainstTheRules() {
    joined.forEach(each -> finished(each.leave(CloseReason.LEFT)));
    // Cleared first: who cannot leave fails this test and none of those after it.
    List<Foreign> leaving = List.copyOf(foreigners);
    foreigners.clear();
    leaving.forEach(Foreign::leave);
    eventually(() -> assertThat(harness.participants(room)).isEmpty());
    assertThat(listeners).flatExtracting(RecordingListener::offences).isEmpty();
    listeners.clear();
    joined.clear();
  }

  // Joining.

  @Test
  void joinsAsTheIdentityAndSeesWhoIsThere() {
    enter("alice");
    Room bridge = join("bridge", listener());
    assertThat(bridge.participantId()).isEqualTo("bridge");
    eventually(() -> assertThat(bridge.participantCount()).isEqualTo(2));
    eventually(
        () -> assertThat(harness.participants(room)).containsExactlyInAnyOrder("alice", "bridge"));
  }

  @Test
  void tellsWhenOthersComeAndGo() {
    RecordingListener listener = listener();
    Room bridge = join("bridge", listener);
    Foreign alice = enter("alice");
    eventually(() -> assertThat(listener.counts()).endsWith(2));
    assertThat(bridge.participantCount()).isEqualTo(2);
    alice.leave();
    eventually(() -> assertThat(listener.counts()).endsWith(1));
    assertThat(bridge.participantCount()).isEqualTo(1);
  }

  @Test
  void aRefusedJoinHasAReasonAndNoToken() {
    RoomHarness.Refusal refusal = harness.refuseNextJoin(room, "bridge");
    RecordingListener listener = listener();
    RoomJoin join =
        new RoomJoin(
            harness.url(room),
            room,
            "bridge",
            refusal.token(),
            "",
            AudioInput.DATA_PACKETS,
            Set.of());
    BridgeException thrown = refusal(harness.connector().join(join, listener));
    assertThat(thrown.reason()).isEqualTo(refusal.reason());
    assertThat(thrown).hasStackTraceContaining(room);
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      assertThat(each.toString()).doesNotContain(refusal.token());
    }
    assertThat(join.toString()).doesNotContain(refusal.token());
    listener.expectNothingMore();
    assertThat(listener.disconnects()).isEmpty();
  }

  @Test
  void aCancelledJoinLeavesNobody() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Room> joining =
          harness.connector().join(harness.join(room, "bridge-" + i), new RecordingListener());
      // At ever later moments of the join, from its very beginning.
      TimeUnit.MICROSECONDS.sleep(100L * i * i);
      if (!joining.cancel(true)) {
        finished(joining.join().leave(CloseReason.LEFT));
      }
    }
    eventually(() -> assertThat(harness.participants(room)).isEmpty());
  }

  // From the room.

  @Test
  void dataPacketsComeInOrder() {
    Foreign alice = enter("alice");
    RecordingListener listener = listener();
    join("bridge", listener);
    eventually(() -> assertThat(harness.participants(room)).hasSize(2));
    for (int i = 0; i < 200; i++) {
      alice.publish(numbered(i));
    }
    eventually(() -> assertThat(listener.frames()).hasSize(200));
    for (int i = 0; i < 200; i++) {
      AudioFrame frame = listener.frames().get(i);
      assertThat(frame.toByteArray()).isEqualTo(numbered(i));
      assertThat(frame.source()).isEqualTo("alice");
      assertThat(frame.format()).isEqualTo(AudioFormat.VOICE);
      assertThat(frame.timestampMillis()).isPositive();
    }
  }

  @Test
  void aPacketOfOddLengthLosesItsFirstByteAndAnEmptyOneIsSkipped() {
    Foreign alice = enter("alice");
    RecordingListener listener = listener();
    join("bridge", listener);
    alice.publish(new byte[] {9, 1, 2});
    alice.publish(new byte[] {9});
    alice.publish(new byte[0]);
    alice.publish(new byte[] {3, 4});
    eventually(() -> assertThat(listener.frames()).hasSize(2));
    assertThat(listener.frames().get(0).toByteArray()).containsExactly(1, 2);
    assertThat(listener.frames().get(1).toByteArray()).containsExactly(3, 4);
  }

  @Test
  void onlyTheTargetIsForwardedAndNobodyWhoIsIgnored() {
    Foreign alice = enter("alice");
    Foreign bob = enter("bob");
    RecordingListener target = listener();
    RecordingListener ignoring = listener();
    RecordingListener all = listener();
    join(harness.join(room, "b1", "alice", AudioInput.BOTH, Set.of()), target);
    join(harness.join(room, "b2", "", AudioInput.BOTH, Set.of("alice", "b1")), ignoring);
    join(harness.join(room, "b3"), all);
    bob.publish(numbered(1));
    alice.publish(numbered(2));
    bob.publish(numbered(3));
    alice.publish(numbered(4));
    eventually(() -> assertThat(all.frames()).hasSize(4));
    eventually(() -> assertThat(target.frames()).hasSize(2));
    eventually(() -> assertThat(ignoring.frames()).hasSize(2));
    assertThat(target.frames()).extracting(AudioFrame::source).containsOnly("alice");
    assertThat(ignoring.frames()).extracting(AudioFrame::source).containsOnly("bob");
  }

  @Test
  void theInputSaysWhetherPacketsOrTracksAreForwarded() {
    Foreign alice = enter("alice");
    RecordingListener packets = listener();
    RecordingListener tracks = listener();
    RecordingListener both = listener();
    join(harness.join(room, "b1", "", AudioInput.DATA_PACKETS, Set.of()), packets);
    join(harness.join(room, "b2", "", AudioInput.AUDIO_TRACKS, Set.of()), tracks);
    join(harness.join(room, "b3", "", AudioInput.BOTH, Set.of()), both);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              // A track is heard once its subscription stands: say it until it is.
              alice.say(frame(7));
              assertThat(tracks.frames()).isNotEmpty();
              assertThat(both.frames()).isNotEmpty();
            });
    // A number that the faint sound of the track, decoded, never has.
    alice.publish(numbered(12_345));
    eventually(() -> assertThat(packets.frames()).hasSize(1));
    eventually(() -> assertThat(both.frames()).anyMatch(frame -> isNumber(frame, 12_345)));
    assertThat(tracks.frames()).noneMatch(frame -> isNumber(frame, 12_345));
    assertThat(tracks.frames()).extracting(AudioFrame::source).containsOnly("alice");
    assertThat(tracks.frames()).extracting(AudioFrame::format).containsOnly(AudioFormat.VOICE);
    if (harness.exactAudio()) {
      assertThat(tracks.frames()).allMatch(frame -> isNumber(frame, 7));
    }
  }

  @Test
  void twoWhoSpeakAtOnceAreEachHeardInOrder() throws InterruptedException {
    Foreign alice = enter("alice");
    Foreign bob = enter("bob");
    RecordingListener listener = listener();
    join("bridge", listener);
    Thread first = speaker(alice, 300);
    Thread second = speaker(bob, 300);
    first.start();
    second.start();
    first.join();
    second.join();
    eventually(() -> assertThat(listener.frames()).hasSize(600));
    for (String who : List.of("alice", "bob")) {
      List<Integer> heard =
          listener.frames().stream()
              .filter(frame -> frame.source().equals(who))
              .map(RoomContract::number)
              .toList();
      assertThat(heard).hasSize(300).isSorted().doesNotHaveDuplicates();
    }
  }

  // To the room.

  @Test
  void aTrackIsHeardUnderItsNameInOrder() {
    Foreign alice = enter("alice");
    Room bridge = join("bridge", listener());
    RoomTrack tts = bridge.publish(TrackId.TTS);
    assertThat(tts.format()).as("what was promised").isEqualTo(bridge.trackFormat());
    RoomTrack seventh = bridge.publish(TrackId.of(7));
    finished(tts.ready());
    finished(seventh.ready());
    for (int i = 1; i <= 100; i++) {
      tts.write(frame(i, tts.format()));
    }
    eventually(() -> assertThat(heard(alice, "tts")).isNotEmpty());
    seventh.write(frame(200, seventh.format()));
    assertThat(alice.heard()).extracting(RoomHarness.Heard::identity).containsOnly("bridge");
    if (harness.exactAudio()) {
      eventually(() -> assertThat(heard(alice, "tts")).hasSize(100));
      eventually(() -> assertThat(heard(alice, "track_7")).hasSize(1));
      assertThat(heard(alice, "tts")).map(RoomContract::number).isSorted().startsWith(1);
      assertThat(heard(alice, "track_7")).map(RoomContract::number).containsExactly(200);
    }
  }

  @Test
  void aTrackIsReadyWhenSomeoneListensAndNotBefore() {
    Room bridge = join("bridge", listener());
    RoomTrack track = bridge.publish(TrackId.SPEAKER);
    assertThat(track.ready()).isNotDone();
    Foreign alice = enter("alice");
    finished(track.ready());
    track.write(frame(1, track.format()));
    eventually(() -> assertThat(alice.heard()).isNotEmpty());
  }

  // Going.

  @Test
  void leavingTwiceIsLeavingOnceAndSilence() {
    Foreign alice = enter("alice");
    RecordingListener listener = listener();
    Room bridge = join("bridge", listener);
    RoomTrack track = bridge.publish(TrackId.SPEAKER);
    CompletableFuture<Void> first = bridge.leave(CloseReason.LEFT);
    CompletableFuture<Void> second = bridge.leave(CloseReason.STREAM_BROKEN);
    finished(first);
    finished(second);
    listener.expectNothingMore();
    eventually(() -> assertThat(harness.participants(room)).containsExactly("alice"));
    alice.publish(numbered(1));
    track.write(frame(2, track.format()));
    enter("bob");
    bridge.publish(TrackId.TTS).write(frame(3, track.format()));
    assertThat(alice.heard()).isEmpty();
    assertThat(listener.disconnects()).isEmpty();
  }

  @Test
  void leavingFromWithinACallbackDoesNotHang() {
    Foreign alice = enter("alice");
    CompletableFuture<Room> bridge = new CompletableFuture<>();
    CompletableFuture<CompletableFuture<Void>> leaving = new CompletableFuture<>();
    RecordingListener listener = listener();
    RoomListener leaver =
        new RoomListener() {
          @Override
          public void onFrame(AudioFrame frame) {
            listener.onFrame(frame);
            leaving.complete(bridge.join().leave(CloseReason.LEFT));
          }

          @Override
          public void onParticipants(int count) {
            listener.onParticipants(count);
          }

          @Override
          public void onDisconnected(CloseReason reason, String detail) {
            listener.onDisconnected(reason, detail);
          }
        };
    bridge.complete(finished(harness.connector().join(harness.join(room, "bridge"), leaver)));
    alice.publish(numbered(1));
    finished(finished(leaving));
    eventually(() -> assertThat(harness.participants(room)).containsExactly("alice"));
  }

  @Test
  void whoIsRemovedHearsSoOnce() {
    enter("alice");
    RecordingListener listener = listener();
    join("bridge", listener);
    harness.remove(room, "bridge");
    eventually(() -> assertThat(listener.disconnects()).containsExactly(CloseReason.REMOVED));
    eventually(() -> assertThat(harness.participants(room)).containsExactly("alice"));
  }

  @Test
  void aDeletedRoomIsToldOnceToEveryone() {
    RecordingListener one = listener();
    RecordingListener two = listener();
    join("b1", one);
    join("b2", two);
    harness.delete(room);
    eventually(() -> assertThat(one.disconnects()).containsExactly(CloseReason.ROOM_DELETED));
    eventually(() -> assertThat(two.disconnects()).containsExactly(CloseReason.ROOM_DELETED));
  }

  @Test
  void theSameIdentityTwiceTakesTheOlderOut() {
    Foreign alice = enter("alice");
    RecordingListener older = listener();
    RecordingListener newer = listener();
    Room old = join("bridge", older);
    join("bridge", newer);
    eventually(
        () -> assertThat(older.disconnects()).containsExactly(CloseReason.DUPLICATE_IDENTITY));
    // The late leave of the old one does no harm to the new one.
    finished(old.leave(CloseReason.DUPLICATE_IDENTITY));
    alice.publish(numbered(5));
    eventually(() -> assertThat(newer.frames()).hasSize(1));
    assertThat(harness.participants(room)).containsExactlyInAnyOrder("alice", "bridge");
    assertThat(older.frames()).isEmpty();
    assertThat(newer.disconnects()).isEmpty();
  }

  @Test
  void framesInFlightWhileOneLeavesDoNoHarm() throws InterruptedException {
    Foreign alice = enter("alice");
    AtomicBoolean done = new AtomicBoolean();
    List<Throwable> thrown = new ArrayList<>();
    Thread speaking =
        new Thread(
            () -> {
              try {
                for (int i = 0; !done.get(); i++) {
                  alice.publish(numbered(i));
                  // Not more than a room behind a socket can take.
                  if (i % 5 == 0) {
                    TimeUnit.MILLISECONDS.sleep(1);
                  }
                }
              } catch (RuntimeException | InterruptedException e) {
                thrown.add(e);
              }
            });
    speaking.start();
    for (int i = 0; i < 30; i++) {
      RecordingListener listener = listener();
      Room bridge = join("bridge", listener);
      eventually(() -> assertThat(listener.frames()).isNotEmpty());
      RoomTrack track = bridge.publish(TrackId.SPEAKER);
      CompletableFuture<Void> left = bridge.leave(CloseReason.LEFT);
      track.write(frame(i, track.format()));
      finished(left);
      listener.expectNothingMore();
    }
    done.set(true);
    speaking.join();
    assertThat(thrown).isEmpty();
  }

  // Helpers.

  private RecordingListener listener() {
    RecordingListener listener = new RecordingListener();
    listeners.add(listener);
    return listener;
  }

  private Room join(String identity, RoomListener listener) {
    return join(harness.join(room, identity), listener);
  }

  private Room join(RoomJoin join, RoomListener listener) {
    Room bridge = finished(harness.connector().join(join, listener));
    joined.add(bridge);
    return bridge;
  }

  private Foreign enter(String identity) {
    Foreign foreign = harness.enter(room, identity);
    foreigners.add(foreign);
    return foreign;
  }

  private static Thread speaker(Foreign who, int packets) {
    return new Thread(
        () -> {
          for (int i = 0; i < packets; i++) {
            who.publish(numbered(i));
          }
        });
  }

  private static List<AudioFrame> heard(Foreign who, String track) {
    return who.heard().stream()
        .filter(heard -> heard.trackName().equals(track))
        .map(RoomHarness.Heard::frame)
        .toList();
  }

  /** 20 ms whose first two samples are a number. */
  private static byte[] numbered(int number) {
    byte[] pcm = new byte[640];
    pcm[0] = (byte) number;
    pcm[1] = (byte) (number >> 8);
    return pcm;
  }

  private static int number(AudioFrame frame) {
    return frame.toSamples()[0];
  }

  private static boolean isNumber(AudioFrame frame, int number) {
    return frame.size() == 640 && number(frame) == number;
  }

  private static AudioFrame frame(int number) {
    return frame(number, AudioFormat.VOICE);
  }

  private static AudioFrame frame(int number, AudioFormat format) {
    byte[] pcm = new byte[format.sampleRate() / 50 * format.bytesPerSample()];
    System.arraycopy(numbered(number), 0, pcm, 0, 2);
    return AudioFrame.wrap(pcm, format, TrackId.SPEAKER, 1);
  }

  private static <T> T finished(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
  }

  private static BridgeException refusal(CompletableFuture<Room> joining) {
    try {
      finished(joining);
    } catch (CompletionException e) {
      if (e.getCause() instanceof BridgeException refusal) {
        return refusal;
      }
      throw e;
    }
    throw new AssertionError("the join was not refused");
  }
}
