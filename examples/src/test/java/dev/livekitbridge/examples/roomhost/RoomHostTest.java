package dev.livekitbridge.examples.roomhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.harness.FaultProxy;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a room host is for: rooms that go on when a bridge or its connection does not. */
class RoomHostTest {
  private final RoomHostConnector connector = RoomHostConnector.create();
  private final RecordingListener listener = new RecordingListener();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(connector));
  private RoomHostServer host;
  private RoomHostClient client;

  @BeforeEach
  void start() {
    host = startAt(0);
    client = opened(RoomHostClient.create(host.address()));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    assertThat(listener.offences()).isEmpty();
  }

  @Test
  void bothDirectionsAreCountedFrameByFrame() {
    client.addListener("r", "recorder", false);
    CompletableFuture<RoomTrack> track = new CompletableFuture<>();
    Room room = finished(connector.join(join(host.url("r")), new Echo(track)));
    track.complete(room.publish(TrackId.SPEAKER));
    client.addNumberedSpeaker("r", "alice", "", 7, 50);
    eventually(() -> assertThat(heardBy("recorder").frames()).isEqualTo(50));
    FrameTally tally = FrameTally.of(heardBy("recorder"), 7);
    assertThat(tally.first()).isEqualTo(1);
    assertThat(tally.missing(1, 50)).isZero();
    assertThat(tally.duplicates()).isZero();
    assertThat(tally.disordered()).isZero();
    assertThat(heardBy("recorder").identity()).isEqualTo("bridge");
    assertThat(heardBy("recorder").trackName()).isEqualTo("speaker");
    assertThat(heardBy("recorder").bytes()).isEqualTo(50 * 640);
    assertThat(heardBy("recorder").heardAtMillis()).isSorted();
    assertThat(client.spoken("r", "alice")).hasSize(50).isSorted();
    assertThat(client.stats().getFramesToBridges()).isEqualTo(50);
    assertThat(client.stats().getFramesFromBridges()).isEqualTo(50);
  }

  @Test
  void aBridgeWhoseConnectionBreaksIsOutAtOnceAndTheSpeakerGoesOn() {
    FaultProxy proxy = opened(FaultProxy.to("127.0.0.1", host.port()));
    client.addNumberedSpeaker("r", "alice", "", 1, 0);
    finished(connector.join(join("roomhost://" + proxy.address() + "/r"), listener));
    eventually(() -> assertThat(listener.frames()).isNotEmpty());
    proxy.reset();
    eventually(() -> assertThat(listener.disconnects()).containsExactly(CloseReason.ROOM_LOST));
    eventually(() -> assertThat(identities("r")).containsExactly("alice"));
    assertThat(connector.participantCount()).isZero();
    int before = client.spoken("r", "alice").length;
    RecordingListener again = new RecordingListener();
    finished(connector.join(join("roomhost://" + proxy.address() + "/r"), again));
    eventually(() -> assertThat(again.frames()).isNotEmpty());
    assertThat(client.spoken("r", "alice").length).isGreaterThan(before);
  }

  @Test
  void aFrozenBridgeIsTakenOutByTheKeepalive() throws Exception {
    RoomHostServer watchful =
        opened(RoomHostServer.create("127.0.0.1", 0, Duration.ofMillis(150)).start());
    FaultProxy proxy = opened(FaultProxy.to("127.0.0.1", watchful.port()));
    finished(connector.join(join("roomhost://" + proxy.address() + "/r"), listener));
    assertThat(watchful.rooms().rooms()).hasSize(1);
    proxy.blackHole();
    eventually(() -> assertThat(watchful.rooms().rooms()).isEmpty());
  }

  @Test
  void whenTheHostDiesEveryRoomIsLostOnceAndComesBackWithIt() {
    RecordingListener other = new RecordingListener();
    finished(connector.join(join(host.url("r")), listener));
    finished(connector.join(join(host.url("s")), other));
    String url = host.url("r");
    int port = host.port();
    host.close();
    eventually(() -> assertThat(listener.disconnects()).containsExactly(CloseReason.ROOM_LOST));
    eventually(() -> assertThat(other.disconnects()).containsExactly(CloseReason.ROOM_LOST));
    assertThat(refusal(connector.join(join(url), new RecordingListener())).reason())
        .isEqualTo(CloseReason.ROOM_UNREACHABLE);
    RoomHostServer reborn = startAt(port);
    Room room = finished(connector.join(join(url), new RecordingListener()));
    assertThat(room.participantCount()).isEqualTo(1);
    assertThat(reborn.rooms().rooms()).hasSize(1);
  }

  @Test
  void aHostThatIsBackInTheInstantAJoinFailsIsFound() {
    String url = host.url("r");
    int port = host.port();
    host.close();
    CompletableFuture<Room> again =
        connector
            .join(join(url), new RecordingListener())
            .exceptionallyCompose(
                // On the connector's own thread, before its channel knows that it failed.
                gone -> {
                  startAt(port);
                  return connector.join(join(url), new RecordingListener());
                });
    assertThat(finished(again).participantCount()).isEqualTo(1);
  }

  @Test
  void aBridgeThatTakesNothingForAWhileLosesNothing() {
    FaultProxy proxy = opened(FaultProxy.to("127.0.0.1", host.port()));
    finished(connector.join(join("roomhost://" + proxy.address() + "/r"), listener));
    RemoteParticipant alice = opened(finished(client.enter("r", "alice")));
    proxy.stall(FaultProxy.Direction.FROM_TARGET);
    for (int i = 1; i <= 2_500; i++) {
      alice.publish(NumberedFrames.pcm(3, i, 320));
    }
    eventually(() -> assertThat(client.stats().getFramesToBridges()).isEqualTo(2_500));
    proxy.heal();
    eventually(() -> assertThat(listener.frames()).hasSize(2_500));
    assertThat(listener.frames())
        .extracting(frame -> NumberedFrames.number(NumberedFrames.read(frame.toByteString())))
        .isSorted()
        .startsWith(1L)
        .endsWith(2_500L);
  }

  @Test
  void aBridgeThatTakesNothingForMoreThanAMinuteOfAudioIsCutOff() {
    FaultProxy proxy = opened(FaultProxy.to("127.0.0.1", host.port()));
    finished(connector.join(join("roomhost://" + proxy.address() + "/r"), listener));
    RecordingListener healthy = new RecordingListener();
    RoomHostConnector another = opened(RoomHostConnector.create());
    finished(another.join(join(host.url("r"), "healthy"), healthy));
    proxy.stall(FaultProxy.Direction.FROM_TARGET);
    for (int i = 0; i < 20 && client.stats().getCutParticipants() == 0; i++) {
      for (int j = 0; j < 1_000; j++) {
        host.rooms().room("r").join("alice").publish(new byte[640]);
      }
    }
    assertThat(client.stats().getCutParticipants()).isEqualTo(1);
    eventually(() -> assertThat(identities("r")).doesNotContain("bridge"));
    assertThat(healthy.disconnects()).isEmpty();
  }

  @Test
  void aListenerKeepsTheSound() {
    client.addListener("r", "recorder", true);
    byte[] sound = new byte[6_400];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = (byte) i;
    }
    client.addSpeaker("r", "bob", "microphone", sound, 10);
    eventually(() -> assertThat(heardBy("recorder").frames()).isEqualTo(10));
    assertThat(client.recording("r", "recorder", "bob", "microphone")).isEqualTo(sound);
    assertThat(client.recording("r", "recorder", "bob", "other")).isEmpty();
    client.delete("r");
    assertThat(client.participants("r")).isEmpty();
    assertThat(heardBy("recorder").frames()).as("after the room is gone").isEqualTo(10);
  }

  @Test
  void joinsCanBeHeldUp() {
    client.hangJoins(1);
    CompletableFuture<Room> hanging = connector.join(join(host.url("r")), listener);
    client.delayJoins(1, 50);
    Room room = finished(connector.join(join(host.url("r"), "late"), new RecordingListener()));
    assertThat(hanging).isNotDone();
    assertThat(room.participantCount()).isEqualTo(1);
    hanging.cancel(true);
    eventually(() -> assertThat(connector.participantCount()).isEqualTo(1));
    client.failJoins(0, CloseReason.TOKEN_REJECTED);
    for (int i = 0; i < 2; i++) {
      assertThat(refusal(connector.join(join(host.url("r")), listener)).reason())
          .isEqualTo(CloseReason.TOKEN_REJECTED);
    }
    client.letJoin();
    finished(connector.join(join(host.url("r")), listener));
    assertThat(identities("r")).containsExactlyInAnyOrder("late", "bridge");
  }

  @Test
  void aLostRoomIsLostForBridgesOnly() {
    client.addListener("r", "recorder", false);
    finished(connector.join(join(host.url("r")), listener));
    client.lose("r");
    eventually(() -> assertThat(listener.disconnects()).containsExactly(CloseReason.ROOM_LOST));
    assertThat(identities("r")).containsExactly("recorder");
  }

  @Test
  void aClosedConnectorIsOutOfEveryRoom() {
    finished(connector.join(join(host.url("r")), listener));
    connector.close();
    eventually(() -> assertThat(listener.disconnects()).containsExactly(CloseReason.DRAINING));
    eventually(() -> assertThat(identities("r")).isEmpty());
    assertThat(refusal(connector.join(join(host.url("r")), listener)).reason())
        .isEqualTo(CloseReason.ROOM_UNREACHABLE);
  }

  @Test
  void whatIsWrongIsToldClearly() {
    for (String url :
        List.of("roomhost:r", "roomhost://host/r", "roomhost://h:0/r", "roomhost:// ")) {
      assertThat(refusal(connector.join(join(url), listener)))
          .hasMessage("livekit_url: not roomhost://HOST:PORT/NAME")
          .extracting(BridgeException::reason)
          .isEqualTo(CloseReason.BAD_REQUEST);
    }
    assertThat(refusal(connector.join(join("roomhost://127.0.0.1:1/r"), listener)))
        .hasMessageContaining("user bridge in room r")
        .extracting(BridgeException::reason)
        .isEqualTo(CloseReason.ROOM_UNREACHABLE);
    assertThatThrownBy(() -> client.spoken("r", "nobody"))
        .isInstanceOf(BridgeException.class)
        .hasMessageContaining("nobody of that kind: nobody in r");
    assertThatThrownBy(() -> client.addNumberedSpeaker("", "a", "", 1, 0))
        .isInstanceOf(BridgeException.class)
        .hasMessageContaining("room: empty");
    assertThat(refusal(client.enter("r", "")).reason()).isEqualTo(CloseReason.BAD_REQUEST);
  }

  private RoomHostServer startAt(int port) {
    try {
      return opened(RoomHostServer.create("127.0.0.1", port).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HeardTrack heardBy(String identity) {
    List<HeardTrack> heard = client.heard("r", identity);
    assertThat(heard).hasSize(1);
    return heard.get(0);
  }

  private List<String> identities(String room) {
    return client.participants(room).stream().map(ParticipantInfo::identity).toList();
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.add(0, each);
    return each;
  }

  private static RoomJoin join(String url) {
    return join(url, "bridge");
  }

  private static RoomJoin join(String url, String user) {
    return new RoomJoin(url, "", user, "token", "", AudioInput.DATA_PACKETS, Set.of());
  }

  private static <T> T finished(CompletableFuture<T> future) {
    return future.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(assertion);
  }

  private static BridgeException refusal(CompletableFuture<?> joining) {
    try {
      finished(joining);
    } catch (CompletionException e) {
      if (e.getCause() instanceof BridgeException refusal) {
        return refusal;
      }
      throw e;
    }
    throw new AssertionError("it was not refused");
  }

  /** Says what it hears. */
  private record Echo(CompletableFuture<RoomTrack> track) implements RoomListener {
    @Override
    public void onFrame(AudioFrame frame) {
      track.join().write(frame);
    }

    @Override
    public void onParticipants(int count) {}

    @Override
    public void onDisconnected(CloseReason reason, String detail) {}
  }
}
