package dev.livekitbridge.server.room.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MemoryRoomsTest {
  private final FakeClock clock = new FakeClock();
  private final MemoryRooms rooms = MemoryRooms.create(clock);
  private final RecordingListener listener = new RecordingListener();

  @Test
  void theNameInTheUrlWins() {
    rooms.join(join("memory:standup", "other", "u", "t"), listener).join();
    rooms.join(join("memory:", "by-name", "u", "t"), new RecordingListener()).join();
    rooms.join(join("memory://slashes", "", "u", "t"), new RecordingListener()).join();
    assertThat(rooms.rooms())
        .extracting(MemoryRoom::name)
        .containsExactly("standup", "by-name", "slashes");
  }

  @Test
  void aJoinWithoutRoomOrIdentityIsABadRequest() {
    assertThat(refusal(rooms.join(join("memory:", "", "u", "t"), listener)))
        .hasMessage("room_name: empty (expected: a name)")
        .extracting(BridgeException::reason)
        .isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(refusal(rooms.join(join("memory:r", "", "", ""), listener)))
        .hasMessage("user_id: empty (expected: a name)");
    assertThat(rooms.rooms()).isEmpty();
  }

  @Test
  void theIdentityIsTheSubjectOfTheToken() {
    assertThat(identity(jwt("{\"sub\":\"bob#1\",\"video\":{\"room\":\"r\"}}"))).isEqualTo("bob#1");
    assertThat(identity(jwt("{\"video\":{}}"))).isEqualTo("user");
    assertThat(identity(jwt("not json"))).isEqualTo("user");
    assertThat(identity("a.%%%.c")).isEqualTo("user");
    assertThat(identity("opaque")).isEqualTo("user");
  }

  @Test
  void aDataPacketCarriesTheTimeOfTheClock() {
    rooms.join(join("memory:r", "", "u", "t"), listener).join();
    clock.advance(Duration.ofMillis(40));
    rooms.room("r").join("alice").publish(new byte[640]);
    assertThat(listener.frames())
        .singleElement()
        .satisfies(
            frame -> {
              assertThat(frame.timestampMillis()).isEqualTo(clock.epochMillis());
              assertThat(frame.source()).isEqualTo("alice");
              assertThat(frame.track()).isEqualTo(TrackId.SPEAKER);
              assertThat(frame.format()).isEqualTo(AudioFormat.VOICE);
            });
  }

  @Test
  void publishCopiesAnArrayAndNotAByteString() {
    rooms.join(join("memory:r", "", "u", "t"), listener).join();
    MemoryParticipant alice = rooms.room("r").join("alice");
    byte[] pcm = {1, 2};
    alice.publish(pcm);
    pcm[0] = 9;
    ByteString kept = ByteString.copyFrom(new byte[] {3, 4});
    alice.publish(kept);
    assertThat(listener.frames().get(0).toByteArray()).containsExactly(1, 2);
    assertThat(listener.frames().get(1).toByteString()).isSameAs(kept);
  }

  @Test
  void aRoomExistsWhileSomeoneIsInIt() {
    MemoryRoom room = rooms.room("r");
    assertThat(rooms.rooms()).isEmpty();
    assertThat(room.participants()).isEmpty();
    MemoryParticipant alice = room.join("alice");
    Room bridge = rooms.join(join("memory:r", "", "u", "t"), listener).join();
    bridge.publish(TrackId.TTS);
    assertThat(room.participants())
        .containsExactly(
            new ParticipantInfo("alice", ParticipantInfo.Kind.FOREIGN, List.of()),
            new ParticipantInfo("u", ParticipantInfo.Kind.BRIDGE, List.of("tts")));
    assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isEqualTo(1);
    bridge.leave(CloseReason.LEFT).join();
    assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isZero();
    alice.leave();
    assertThat(rooms.rooms()).isEmpty();
    assertThat(alice.isJoined()).isFalse();
  }

  @Test
  void gatesScriptOneJoinEachInOrder() {
    rooms.nextJoin(JoinGate.fail(CloseReason.TOKEN_REJECTED));
    rooms.nextJoin(
        join -> {
          throw new IllegalStateException("broken gate");
        });
    assertThat(refusal(rooms.join(join("memory:r", "", "u", "secret-token"), listener)))
        .hasMessageNotContaining("secret-token")
        .extracting(BridgeException::reason)
        .isEqualTo(CloseReason.TOKEN_REJECTED);
    assertThat(refusal(rooms.join(join("memory:r", "", "u", "secret-token"), listener)))
        .hasMessageContaining("broken gate")
        .hasMessageNotContaining("secret-token")
        .extracting(BridgeException::reason)
        .isEqualTo(CloseReason.ROOM_UNREACHABLE);
    assertThat(rooms.join(join("memory:r", "", "u", "t"), listener)).isCompleted();
  }

  @Test
  void everyJoinCanBeScriptedUntilItIsHealed() {
    rooms.everyJoin(JoinGate.fail(CloseReason.ROOM_UNREACHABLE));
    for (int i = 0; i < 3; i++) {
      assertThat(rooms.join(join("memory:r", "", "u", "t"), listener)).isCompletedExceptionally();
    }
    rooms.everyJoin(null);
    assertThat(rooms.join(join("memory:r", "", "u", "t"), listener)).isCompleted();
  }

  @Test
  void aSlowJoinTakesItsTime() {
    rooms.nextJoin(JoinGate.slow(Duration.ofSeconds(3), clock.scheduler()));
    CompletableFuture<Room> joining = rooms.join(join("memory:r", "", "u", "t"), listener);
    clock.advance(Duration.ofMillis(2_999));
    assertThat(joining).isNotDone();
    assertThat(rooms.rooms()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(joining).isCompleted();
  }

  @Test
  void aCancelledJoinLeavesNobodyAndNoTimer() {
    rooms.nextJoin(JoinGate.slow(Duration.ofSeconds(3), clock.scheduler()));
    rooms.join(join("memory:r", "", "u", "t"), listener).cancel(true);
    assertThat(clock.pendingTasks()).isZero();

    CompletableFuture<Void> held = new CompletableFuture<>();
    rooms.nextJoin(join -> held.copy());
    CompletableFuture<Room> joining = rooms.join(join("memory:r", "", "u", "t"), listener);
    joining.cancel(true);
    held.complete(null);
    assertThat(rooms.rooms()).isEmpty();
    rooms.nextJoin(JoinGate.hang());
    assertThat(rooms.join(join("memory:r", "", "u", "t"), listener)).isNotDone();
  }

  @Test
  void aJoinCancelledAtItsLastStepLeavesNobody() {
    MemoryParticipant alice = rooms.room("r").join("alice");
    CompletableFuture<Void> held = new CompletableFuture<>();
    rooms.nextJoin(join -> held.copy());
    CompletableFuture<Room> joining = rooms.join(join("memory:r", "", "u", "t"), listener);
    List<Integer> counts = new ArrayList<>();
    alice.onParticipants(
        count -> {
          counts.add(count);
          joining.cancel(true);
        });
    held.complete(null);
    assertThat(counts).containsExactly(2, 1);
    assertThat(alice.participants()).extracting(ParticipantInfo::identity).containsExactly("alice");
  }

  @Test
  void whoLeavesWhileAFrameIsOnItsWayDoesNotHearIt() {
    CompletableFuture<Room> second = new CompletableFuture<>();
    RoomListener first =
        new RoomListener() {
          @Override
          public void onFrame(AudioFrame frame) {
            assertThat(second.join().leave(CloseReason.LEFT)).isCompleted();
            listener.expectNothingMore();
          }

          @Override
          public void onParticipants(int count) {}

          @Override
          public void onDisconnected(CloseReason reason, String detail) {}
        };
    rooms.join(join("memory:r", "", "one", "t"), first).join();
    second.complete(rooms.join(join("memory:r", "", "two", "t"), listener).join());
    rooms.room("r").join("alice").publish(new byte[640]);
    assertThat(second.join().participantCount()).isEqualTo(2);
    assertThat(listener.frames()).isEmpty();
    assertThat(listener.offences()).isEmpty();
  }

  @Test
  void losingARoomTakesTheBridgesOutAndLeavesTheOthers() {
    MemoryRoom room = rooms.room("r");
    MemoryParticipant alice = room.join("alice");
    rooms.join(join("memory:r", "", "u", "t"), listener).join();
    room.lose();
    assertThat(listener.disconnects()).containsExactly(CloseReason.ROOM_LOST);
    assertThat(room.participants()).extracting(ParticipantInfo::identity).containsExactly("alice");
    assertThat(alice.isJoined()).isTrue();
  }

  @Test
  void closingAConnectorLeavesTheRoomsToOthers() {
    MemoryConnector first = rooms.connector();
    MemoryConnector second = rooms.connector();
    RecordingListener other = new RecordingListener();
    first.join(join("memory:r", "", "one", "t"), listener).join();
    second.join(join("memory:r", "", "two", "t"), other).join();
    assertThat(first.participantCount()).isEqualTo(1);
    first.close();
    assertThat(first.participantCount()).isZero();
    assertThat(listener.disconnects()).containsExactly(CloseReason.DRAINING);
    assertThat(other.disconnects()).isEmpty();
    assertThat(second.participantCount()).isEqualTo(1);
    assertThat(refusal(first.join(join("memory:r", "", "one", "t"), listener)))
        .hasMessageContaining("the connector is closed");
    assertThat(rooms.room("r").participants())
        .extracting(ParticipantInfo::identity)
        .containsExactly("two");
  }

  @Test
  void closingTheRoomsTakesEveryoneOut() {
    List<CloseReason> alice = new ArrayList<>();
    rooms.room("r").join("alice").onDisconnected((reason, detail) -> alice.add(reason));
    rooms.join(join("memory:r", "", "u", "t"), listener).join();
    rooms.close();
    assertThat(rooms.rooms()).isEmpty();
    assertThat(alice).containsExactly(CloseReason.DRAINING);
    assertThat(listener.disconnects()).containsExactly(CloseReason.DRAINING);
    assertThat(rooms.join(join("memory:r", "", "u", "t"), listener)).isCompletedExceptionally();
    assertThatThrownBy(() -> rooms.room("r").join("bob")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTrackIsReadyWhenSomeoneSubscribes() {
    MemoryParticipant alice = rooms.room("r").join("alice");
    alice.subscribe(false);
    Room bridge = rooms.join(join("memory:r", "", "u", "t"), listener).join();
    CompletableFuture<Void> ready = bridge.publish(TrackId.SPEAKER).ready();
    assertThat(ready).isNotDone();
    alice.subscribe(true);
    assertThat(ready).isCompleted();
  }

  @Test
  void aForeignParticipantHearsTheTracksOfAllOthers() {
    MemoryRoom room = rooms.room("r");
    List<String> heard = new ArrayList<>();
    MemoryParticipant alice = room.join("alice");
    alice.onAudio((who, track, frame) -> heard.add(who + " " + track + " " + frame.size()));
    Room bridge = rooms.join(join("memory:r", "", "u", "t"), listener).join();
    bridge.publish(TrackId.of(7)).write(AudioFrame.copyOf(new byte[640], 0));
    MemoryTrack mic = room.join("bob").publishTrack("mic");
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    alice.publishTrack("own").write(AudioFrame.copyOf(new byte[320], 0));
    alice.subscribe(false);
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    alice.subscribe(true);
    mic.unpublish();
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    assertThat(heard).containsExactly("u track_7 640", "bob mic 320");
  }

  @Test
  void aTrackTakesItsFormatOnly() {
    MemoryTrack mic = rooms.room("r").join("alice").publishTrack("mic");
    AudioFrame wide =
        AudioFrame.copyOf(new byte[4], new AudioFormat(48_000, 2), TrackId.SPEAKER, 0);
    assertThatThrownBy(() -> mic.write(wide)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHandlerThatThrowsHarmsNobody() {
    MemoryRoom room = rooms.room("r");
    MemoryParticipant alice = room.join("alice");
    alice.onAudio(
        (who, track, frame) -> {
          throw new IllegalStateException("on purpose");
        });
    rooms.join(join("memory:r", "", "u", "t", AudioInput.BOTH), listener).join();
    MemoryTrack mic = room.join("bob").publishTrack("mic");
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    assertThat(listener.frames()).hasSize(2);
  }

  @Test
  void aHandlerMayLeaveAndJoinWhileItIsCalled() {
    MemoryRoom room = rooms.room("r");
    MemoryParticipant alice = room.join("alice");
    List<String> story = new ArrayList<>();
    alice.onAudio(
        (who, track, frame) -> {
          alice.leave();
          room.join("carol");
          story.add("heard");
        });
    MemoryTrack mic = room.join("bob").publishTrack("mic");
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    mic.write(AudioFrame.copyOf(new byte[320], 0));
    assertThat(story).containsExactly("heard");
    assertThat(room.participants())
        .extracting(ParticipantInfo::identity)
        .containsExactly("bob", "carol");
  }

  private String identity(String token) {
    return rooms
        .join(join("memory:r", "", "user", token), new RecordingListener())
        .join()
        .participantId();
  }

  private static String jwt(String claims) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString("{}".getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".signature";
  }

  private static BridgeException refusal(CompletableFuture<Room> joining) {
    try {
      joining.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BridgeException refusal) {
        return refusal;
      }
      throw e;
    }
    throw new AssertionError("joined");
  }

  private static RoomJoin join(String url, String name, String user, String token) {
    return join(url, name, user, token, AudioInput.DATA_PACKETS);
  }

  private static RoomJoin join(
      String url, String name, String user, String token, AudioInput input) {
    return new RoomJoin(url, name, user, token, "", input, Set.of());
  }
}
