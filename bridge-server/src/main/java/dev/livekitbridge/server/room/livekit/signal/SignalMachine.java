package dev.livekitbridge.server.room.livekit.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.AudioTrackFeature;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrickleRequest;
import livekit.LivekitRtc.UpdateSubscription;

/**
 * One join's signalling, from the open WebSocket to its end. Pings at the server's pace; any
 * message counts as a sign of life; what the server says before it has accepted the join is
 * nonsense. Not thread-safe; knows no socket and no clock.
 */
public final class SignalMachine {
  /** Largest message that is taken: a room's whole participant list fits many times. */
  public static final int MAX_MESSAGE_BYTES = 4 << 20;

  private static final long DEFAULT_PING_SECONDS = 5;
  private static final long DEFAULT_TIMEOUT_SECONDS = 15;

  private final SignalListener listener;
  private long pingNanos = TimeUnit.SECONDS.toNanos(DEFAULT_PING_SECONDS);
  private long timeoutNanos = TimeUnit.SECONDS.toNanos(DEFAULT_TIMEOUT_SECONDS);
  private long heardAtNanos;
  private long pingAtNanos;
  private boolean joined;
  private boolean over;

  /**
   * Signalling over a WebSocket that has just opened.
   *
   * @param listener hears all events
   * @param nowNanos monotonic time
   */
  public SignalMachine(SignalListener listener, long nowNanos) {
    this.listener = listener;
    heardAtNanos = nowNanos;
    pingAtNanos = nowNanos + pingNanos;
  }

  /**
   * When {@link #onTimeout} is due.
   *
   * @return monotonic time, or {@link Long#MAX_VALUE} when all is over
   */
  public long deadlineNanos() {
    if (over) {
      return Long.MAX_VALUE;
    }
    long lostAt = heardAtNanos + timeoutNanos;
    return pingAtNanos - lostAt < 0 ? pingAtNanos : lostAt;
  }

  /**
   * Pings, or gives up a silent server, if it is time to.
   *
   * @param nowNanos monotonic time
   */
  public void onTimeout(long nowNanos) {
    if (over) {
      return;
    }
    if (nowNanos - heardAtNanos >= timeoutNanos) {
      lose("signalling was silent for " + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + " s");
    } else if (nowNanos - pingAtNanos >= 0) {
      pingAtNanos = nowNanos + pingNanos;
      // Only echoed: the time's origin does not matter to anyone.
      long millis = TimeUnit.NANOSECONDS.toMillis(nowNanos);
      send(SignalRequest.newBuilder().setPingReq(Ping.newBuilder().setTimestamp(millis)));
    }
  }

  /**
   * Takes a message of the server. Nothing that it holds makes this throw.
   *
   * @param message one binary WebSocket message; not kept
   * @param nowNanos monotonic time
   */
  public void receive(ByteBuffer message, long nowNanos) {
    if (over) {
      return;
    }
    SignalResponse response;
    try {
      response = SignalResponse.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      lose("the server sent a message that is no LiveKit signalling");
      return;
    }
    heardAtNanos = nowNanos;
    if (joined) {
      handle(response);
    } else {
      handleFirst(response, nowNanos);
    }
  }

  private void handleFirst(SignalResponse response, long nowNanos) {
    switch (response.getMessageCase()) {
      case JOIN -> join(response.getJoin(), nowNanos);
      case LEAVE -> leave(response.getLeave());
      // Pongs may overtake the answer to the join.
      case PONG, PONG_RESP -> {}
      default -> lose("the server began with " + response.getMessageCase() + " instead of JOIN");
    }
  }

  private void handle(SignalResponse response) {
    switch (response.getMessageCase()) {
      case OFFER -> listener.offered(response.getOffer().getSdp(), response.getOffer().getId());
      case ANSWER -> listener.answered(response.getAnswer().getSdp(), response.getAnswer().getId());
      case TRICKLE -> {
        Target target =
            response.getTrickle().getTarget() == SignalTarget.SUBSCRIBER
                ? Target.SUBSCRIBER
                : Target.PUBLISHER;
        Trickle.read(response.getTrickle().getCandidateInit())
            .ifPresent(candidate -> listener.candidate(target, candidate));
      }
      case UPDATE -> listener.changed(participants(response.getUpdate().getParticipantsList()));
      case TRACK_PUBLISHED ->
          listener.published(
              response.getTrackPublished().getCid(),
              response.getTrackPublished().getTrack().getSid());
      case TRACK_SUBSCRIBED -> listener.listenedTo(response.getTrackSubscribed().getTrackSid());
      case REFRESH_TOKEN -> listener.refreshed(response.getRefreshToken());
      case REQUEST_RESPONSE -> answer(response.getRequestResponse());
      case SUBSCRIPTION_RESPONSE ->
          listener.refused("subscription: " + response.getSubscriptionResponse().getErr().name());
      case LEAVE -> leave(response.getLeave());
      default -> {} // Speakers, quality, video: of no use to a bridge.
    }
  }

  private void join(JoinResponse join, long nowNanos) {
    if (join.getPingInterval() > 0) {
      pingNanos = TimeUnit.SECONDS.toNanos(join.getPingInterval());
    }
    if (join.getPingTimeout() > 0) {
      timeoutNanos = TimeUnit.SECONDS.toNanos(join.getPingTimeout());
    }
    pingAtNanos = nowNanos + pingNanos;
    joined = true;
    listener.joined(
        new JoinedRoom(
            join.getRoom().getName(),
            participant(join.getParticipant()),
            participants(join.getOtherParticipantsList()),
            join.getParticipant().getPermission().getCanPublish(),
            join.getServerInfo().getVersion()));
  }

  private void answer(RequestResponse response) {
    if (response.getReason() != RequestResponse.Reason.OK) {
      listener.refused(response.getReason().name() + " " + response.getMessage());
    }
  }

  private void leave(LeaveRequest leave) {
    over = true;
    listener.sentAway(LeaveCause.of(leave.getReason()));
  }

  private void lose(String detail) {
    over = true;
    listener.lost(detail);
  }

  /** Says good-bye: the server takes us out of the room at once. */
  public void leave() {
    if (!over) {
      send(
          SignalRequest.newBuilder()
              .setLeave(
                  LeaveRequest.newBuilder()
                      .setReason(DisconnectReason.CLIENT_INITIATED)
                      .setAction(LeaveRequest.Action.DISCONNECT)));
      over = true;
    }
  }

  /**
   * Offers on the publisher connection.
   *
   * @param sdp the offer
   * @param id that the server echoes
   */
  public void offer(String sdp, int id) {
    send(SignalRequest.newBuilder().setOffer(description("offer", sdp, id)));
  }

  /**
   * Answers on the subscriber connection.
   *
   * @param sdp the answer
   * @param id of the offer
   */
  public void answer(String sdp, int id) {
    send(SignalRequest.newBuilder().setAnswer(description("answer", sdp, id)));
  }

  /**
   * Tells a candidate of ours.
   *
   * @param target which peer connection
   * @param candidate the attribute's text
   * @param mid of the first media section
   */
  public void candidate(Target target, String candidate, String mid) {
    send(
        SignalRequest.newBuilder()
            .setTrickle(
                TrickleRequest.newBuilder()
                    .setCandidateInit(Trickle.write(candidate, mid))
                    .setTarget(
                        target == Target.SUBSCRIBER
                            ? SignalTarget.SUBSCRIBER
                            : SignalTarget.PUBLISHER)));
  }

  /**
   * Asks for an audio track to be published; the offer that has it may follow at once.
   *
   * @param cid its id in our offer ({@code msid})
   * @param name by which the room knows it
   * @param stereo whether it has two channels
   */
  public void addAudioTrack(String cid, String name, boolean stereo) {
    AddTrackRequest.Builder track =
        AddTrackRequest.newBuilder()
            .setCid(cid)
            .setName(name)
            .setType(TrackType.AUDIO)
            .setSource(TrackSource.MICROPHONE)
            // We send plain Opus; redundancy is for those who encode it.
            .setDisableRed(true);
    if (stereo) {
      // Or the server would offer it to listeners as mono.
      track.addAudioFeatures(AudioTrackFeature.TF_STEREO);
    }
    send(SignalRequest.newBuilder().setAddTrack(track));
  }

  /**
   * Asks for tracks, or no longer.
   *
   * @param trackSids which
   * @param subscribe whether they are wanted
   */
  public void subscribe(Collection<String> trackSids, boolean subscribe) {
    if (!trackSids.isEmpty()) {
      send(
          SignalRequest.newBuilder()
              .setSubscription(
                  UpdateSubscription.newBuilder()
                      .addAllTrackSids(trackSids)
                      .setSubscribe(subscribe)));
    }
  }

  private static SessionDescription.Builder description(String type, String sdp, int id) {
    return SessionDescription.newBuilder().setType(type).setSdp(sdp).setId(id);
  }

  private void send(SignalRequest.Builder request) {
    if (!over) {
      listener.send(request.build().toByteArray());
    }
  }

  private static List<Participant> participants(List<ParticipantInfo> infos) {
    List<Participant> participants = new ArrayList<>(infos.size());
    infos.forEach(info -> participants.add(participant(info)));
    return participants;
  }

  private static Participant participant(ParticipantInfo info) {
    List<RemoteTrack> tracks = new ArrayList<>(info.getTracksCount());
    for (TrackInfo track : info.getTracksList()) {
      tracks.add(
          new RemoteTrack(
              track.getSid(),
              track.getName(),
              track.getType() == TrackType.AUDIO,
              track.getMuted()));
    }
    return new Participant(
        info.getSid(),
        info.getIdentity(),
        info.getState() == ParticipantInfo.State.DISCONNECTED,
        tracks);
  }
}
