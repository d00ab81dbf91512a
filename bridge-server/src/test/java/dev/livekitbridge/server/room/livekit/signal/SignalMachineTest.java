package dev.livekitbridge.server.room.livekit.signal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.livekitbridge.core.CloseReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.Room;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.ParticipantUpdate;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.TrackSubscribed;
import livekit.LivekitRtc.TrickleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignalMachineTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Recorder heard = new Recorder();
  private long now = 77 * SECOND;
  private final SignalMachine machine = new SignalMachine(heard, now);

  @Test
  void aJoinTellsRoomSelfAndOthers() {
    join(2, 6);
    assertThat(heard.events)
        .containsExactly(
            "joined standup as bridge (PA_me), others [alice mic:audio cam:other], publish true");
  }

  @Test
  void whatComesBeforeTheJoinIsNonsense() {
    receive(SignalResponse.newBuilder().setOffer(SessionDescription.newBuilder().setSdp("v=0")));
    assertThat(heard.events).containsExactly("lost: the server began with OFFER instead of JOIN");
    assertThat(machine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void pingsAtTheServersPaceAndGivesUpASilentServer() {
    join(2, 6);
    assertThat(machine.deadlineNanos()).isEqualTo(now + 2 * SECOND);
    for (int i = 0; i < 2; i++) {
      now += 2 * SECOND;
      machine.onTimeout(now);
    }
    assertThat(heard.sent)
        .extracting(SignalRequest::getMessageCase)
        .containsExactly(SignalRequest.MessageCase.PING_REQ, SignalRequest.MessageCase.PING_REQ);
    // Any message is a sign of life, not only a pong.
    receive(SignalResponse.newBuilder().setRefreshToken("newer"));
    now += 5 * SECOND;
    machine.onTimeout(now);
    assertThat(heard.events).last().isEqualTo("refreshed newer");
    now += SECOND;
    assertThat(machine.deadlineNanos()).isEqualTo(now);
    machine.onTimeout(now);
    assertThat(heard.events).last().isEqualTo("lost: signalling was silent for 6 s");
    receive(SignalResponse.newBuilder().setRefreshToken("too late"));
    assertThat(heard.events).last().isEqualTo("lost: signalling was silent for 6 s");
  }

  @Test
  void passesOnDescriptionsCandidatesAndTracks() {
    join(5, 15);
    heard.events.clear();
    receive(
        SignalResponse.newBuilder()
            .setOffer(SessionDescription.newBuilder().setSdp("offer").setId(7)));
    receive(
        SignalResponse.newBuilder()
            .setAnswer(SessionDescription.newBuilder().setSdp("answer").setId(3)));
    receive(trickle("{\"candidate\":\"candidate:1 1 udp 1 127.0.0.1 9 typ host\"}"));
    receive(trickle("no JSON"));
    receive(trickle("{\"candidate\":\"\"}"));
    receive(
        SignalResponse.newBuilder()
            .setTrackPublished(
                TrackPublishedResponse.newBuilder()
                    .setCid("c1")
                    .setTrack(TrackInfo.newBuilder().setSid("TR_1"))));
    receive(
        SignalResponse.newBuilder()
            .setTrackSubscribed(TrackSubscribed.newBuilder().setTrackSid("TR_1")));
    receive(
        SignalResponse.newBuilder()
            .setUpdate(
                ParticipantUpdate.newBuilder()
                    .addParticipants(
                        ParticipantInfo.newBuilder()
                            .setSid("PA_1")
                            .setIdentity("alice")
                            .setState(ParticipantInfo.State.DISCONNECTED))));
    assertThat(heard.events)
        .containsExactly(
            "offered offer 7",
            "answered answer 3",
            "candidate SUBSCRIBER candidate:1 1 udp 1 127.0.0.1 9 typ host",
            "published c1 TR_1",
            "listened to TR_1",
            "changed [alice gone]");
  }

  @Test
  void aSendOffSaysWhetherToComeBack() {
    assertThat(sentAway(DisconnectReason.DUPLICATE_IDENTITY))
        .contains(CloseReason.DUPLICATE_IDENTITY);
    assertThat(sentAway(DisconnectReason.PARTICIPANT_REMOVED)).contains(CloseReason.REMOVED);
    assertThat(sentAway(DisconnectReason.ROOM_DELETED)).contains(CloseReason.ROOM_DELETED);
    assertThat(sentAway(DisconnectReason.ROOM_CLOSED)).contains(CloseReason.ROOM_DELETED);
    for (DisconnectReason back :
        List.of(
            DisconnectReason.SERVER_SHUTDOWN,
            DisconnectReason.MIGRATION,
            DisconnectReason.STATE_MISMATCH,
            DisconnectReason.JOIN_FAILURE,
            DisconnectReason.SIGNAL_CLOSE,
            DisconnectReason.CONNECTION_TIMEOUT,
            DisconnectReason.MEDIA_FAILURE,
            DisconnectReason.UNKNOWN_REASON)) {
      assertThat(sentAway(back)).as(back.name()).isEmpty();
    }
  }

  private static Optional<CloseReason> sentAway(DisconnectReason reason) {
    Recorder heard = new Recorder();
    SignalMachine machine = new SignalMachine(heard, 0);
    machine.receive(
        bytes(SignalResponse.newBuilder().setLeave(LeaveRequest.newBuilder().setReason(reason))),
        1);
    return heard.cause == null ? Optional.empty() : heard.cause.end();
  }

  @Test
  void leavingSaysGoodByeOnceAndThenNothing() {
    join(5, 15);
    machine.leave();
    machine.leave();
    machine.offer("sdp", 1);
    assertThat(heard.sent).hasSize(1);
    assertThat(heard.sent.get(0).getLeave().getReason())
        .isEqualTo(DisconnectReason.CLIENT_INITIATED);
    assertThat(heard.sent.get(0).getLeave().getAction()).isEqualTo(LeaveRequest.Action.DISCONNECT);
  }

  @Test
  void noBytesThrowOutOfIt() {
    Random random = new Random(42);
    byte[] join = bytes(joined(5, 15)).array();
    for (int i = 0; i < 20_000; i++) {
      SignalMachine each = new SignalMachine(new Recorder(), 0);
      byte[] message = join.clone();
      if (i % 2 == 0) {
        message = new byte[random.nextInt(100)];
        random.nextBytes(message);
      } else {
        message[random.nextInt(message.length)] = (byte) random.nextInt();
      }
      each.receive(ByteBuffer.wrap(message), 1);
      each.receive(ByteBuffer.wrap(message), 2);
      each.onTimeout(3);
    }
  }

  private void join(int pingInterval, int pingTimeout) {
    receive(joined(pingInterval, pingTimeout));
  }

  private static SignalResponse.Builder joined(int pingInterval, int pingTimeout) {
    return SignalResponse.newBuilder()
        .setJoin(
            JoinResponse.newBuilder()
                .setRoom(Room.newBuilder().setName("standup"))
                .setParticipant(
                    ParticipantInfo.newBuilder()
                        .setSid("PA_me")
                        .setIdentity("bridge")
                        .setPermission(ParticipantPermission.newBuilder().setCanPublish(true)))
                .addOtherParticipants(
                    ParticipantInfo.newBuilder()
                        .setSid("PA_1")
                        .setIdentity("alice")
                        .addTracks(
                            TrackInfo.newBuilder()
                                .setSid("TR_1")
                                .setName("mic")
                                .setType(TrackType.AUDIO))
                        .addTracks(
                            TrackInfo.newBuilder()
                                .setSid("TR_2")
                                .setName("cam")
                                .setType(TrackType.VIDEO)))
                .setPingInterval(pingInterval)
                .setPingTimeout(pingTimeout));
  }

  private static SignalResponse.Builder trickle(String init) {
    return SignalResponse.newBuilder()
        .setTrickle(
            TrickleRequest.newBuilder().setCandidateInit(init).setTarget(SignalTarget.SUBSCRIBER));
  }

  private void receive(SignalResponse.Builder response) {
    machine.receive(bytes(response), now);
  }

  private static ByteBuffer bytes(SignalResponse.Builder response) {
    return ByteBuffer.wrap(response.build().toByteArray());
  }

  private static final class Recorder implements SignalListener {
    final List<String> events = new ArrayList<>();
    final List<SignalRequest> sent = new ArrayList<>();
    @Nullable LeaveCause cause;

    @Override
    public void send(byte[] message) {
      try {
        sent.add(SignalRequest.parseFrom(message));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void joined(JoinedRoom room) {
      events.add(
          "joined "
              + room.roomName()
              + " as "
              + room.self().identity()
              + " ("
              + room.self().sid()
              + "), others "
              + names(room.others())
              + ", publish "
              + room.mayPublish());
    }

    @Override
    public void offered(String sdp, int id) {
      events.add("offered " + sdp + " " + id);
    }

    @Override
    public void answered(String sdp, int id) {
      events.add("answered " + sdp + " " + id);
    }

    @Override
    public void candidate(Target target, String candidate) {
      events.add("candidate " + target + " " + candidate);
    }

    @Override
    public void changed(List<Participant> changed) {
      events.add("changed " + names(changed));
    }

    @Override
    public void published(String cid, String sid) {
      events.add("published " + cid + " " + sid);
    }

    @Override
    public void listenedTo(String sid) {
      events.add("listened to " + sid);
    }

    @Override
    public void refreshed(String token) {
      events.add("refreshed " + token);
    }

    @Override
    public void refused(String detail) {
      events.add("refused " + detail);
    }

    @Override
    public void sentAway(LeaveCause leaving) {
      cause = leaving;
    }

    @Override
    public void lost(String detail) {
      events.add("lost: " + detail);
    }

    private static List<String> names(List<Participant> participants) {
      return participants.stream()
          .map(
              each -> {
                StringBuilder text = new StringBuilder(each.identity());
                each.tracks()
                    .forEach(
                        track ->
                            text.append(' ')
                                .append(track.name())
                                .append(track.audio() ? ":audio" : ":other"));
                return each.gone() ? text + " gone" : text.toString();
              })
          .toList();
    }
  }
}
