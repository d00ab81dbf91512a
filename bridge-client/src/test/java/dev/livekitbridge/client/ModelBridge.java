package dev.livekitbridge.client;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.LinkLimits;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.link.SendLink;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a bridge promises, in small: sessions that are resumable or not, fencing by attempt, both
 * halves of the link. One of ours, or with {@link #ours} false one of the first table only.
 */
final class ModelBridge {
  /** The client's side of a stream, as the bridge sees it. */
  interface Peer {
    void toClient(AudioChunk chunk);

    /** Null: cleanly. */
    void endToClient(@Nullable CloseReason reason);
  }

  /** The bridge's side of a stream. */
  interface StreamEnd {
    void chunk(AudioChunk chunk);

    void halfClosed();

    void broken();
  }

  private static final LinkLimits LIMITS =
      new LinkLimits(
          1_500,
          1 << 20,
          TimeUnit.SECONDS.toNanos(15),
          TimeUnit.SECONDS.toNanos(60),
          LinkLimits.Overflow.DROP_OLDEST);

  private final FakeClock clock;
  final Map<String, Session> sessions = new LinkedHashMap<>();

  /** Every session that ever was. */
  final List<Session> past = new ArrayList<>();

  final List<JoinRoomRequest> joins = new ArrayList<>();
  final List<LeaveRoomRequest> leaves = new ArrayList<>();
  final List<PlayAudioRequest> plays = new ArrayList<>();
  final List<StopAudioRequest> stops = new ArrayList<>();

  /** First samples of the frames that went into the room, of all sessions. */
  final List<Integer> room = new ArrayList<>();

  /** Every chunk that came. */
  final List<AudioChunk> chunks = new ArrayList<>();

  boolean alive = true;
  boolean blackHole;
  boolean ours = true;
  String hangsFor = "";
  boolean serving = true;

  /** Answers no playback. */
  boolean mute;

  boolean acknowledges = true;
  boolean connected;
  boolean refusesWithoutReason;
  int life;
  int windowMillis = 10_000;
  int healthChecks;
  int joinsUnderWay;
  int mostJoinsUnderWay;
  int pingsAnswered;
  long joinTakesNanos = TimeUnit.MILLISECONDS.toNanos(1);
  Function<JoinRoomRequest, @Nullable CloseReason> refusal = request -> null;

  /** Of every session here; empty where it does not say. */
  String participant = "";

  private int sessionsEver;

  ModelBridge(FakeClock clock) {
    this.clock = clock;
  }

  void die() {
    alive = false;
    life++;
    sessions.values().forEach(s -> s.player.die());
    sessions.clear();
    joinsUnderWay = 0;
  }

  void live() {
    alive = true;
  }

  Session session(String user) {
    return Objects.requireNonNull(sessions.get(user), () -> "no session of " + user);
  }

  /** The session is over, on the bridge's part. */
  void drop(String user, CloseReason reason) {
    Session session = session(user);
    sessions.remove(user);
    session.end(reason);
  }

  long streams() {
    return sessions.values().stream().filter(s -> s.peer != null).count();
  }

  HealthCheckResponse health() {
    healthChecks++;
    return HealthCheckResponse.newBuilder()
        .setStatus(
            serving
                ? HealthCheckResponse.ServingStatus.SERVING
                : HealthCheckResponse.ServingStatus.NOT_SERVING)
        .build();
  }

  BridgeStatusResponse status(BridgeStatusRequest request) {
    Session session = ours ? sessions.get(request.getUserId()) : null;
    BridgeStatusResponse.Builder status =
        BridgeStatusResponse.newBuilder().setConnected(connected || session != null);
    if (session != null && request.getDetails()) {
      status
          .setAttached(session.attachedByHolder)
          .setKeptForClient(session.out.counts().buffered());
    }
    return status.build();
  }

  LeaveRoomResponse leave(LeaveRoomRequest request) {
    leaves.add(request);
    Session session = sessions.get(request.getUserId());
    if (session != null && (!ours || request.getSessionId().equals(session.id))) {
      sessions.remove(request.getUserId());
      session.end(ours ? CloseReason.LEFT : null);
      return LeaveRoomResponse.newBuilder().setSuccess(true).build();
    }
    return LeaveRoomResponse.newBuilder().setError("session not found").build();
  }

  /** Begins or joins a playback; returns what undoes it, or null if there is no such session. */
  @Nullable Runnable play(PlayAudioRequest request, ModelPlayer.Listener listener) {
    plays.add(request);
    Session session = sessions.get(request.getUserId());
    if (session == null || (ours && !request.getSessionId().equals(session.id))) {
      return null;
    }
    if (!mute) {
      session.player.play(request, listener);
    }
    return () ->
        List.copyOf(session.player.sounds.values())
            .forEach(s -> s.forget(listener, ours && windowMillis > 0));
  }

  StopAudioResponse stop(StopAudioRequest request) {
    stops.add(request);
    Session session = sessions.get(request.getUserId());
    if (session == null || (ours && !request.getSessionId().equals(session.id))) {
      return StopAudioResponse.newBuilder().setError("session not found").build();
    }
    return session.player.stop(request);
  }

  /** What is heard in all rooms. */
  List<String> sounding() {
    return sessions.values().stream().flatMap(s -> s.player.sounding().stream()).toList();
  }

  void join(JoinRoomRequest request, Consumer<JoinRoomResponse> answer) {
    joins.add(request);
    joinsUnderWay++;
    mostJoinsUnderWay = Math.max(mostJoinsUnderWay, joinsUnderWay);
    int thisLife = life;
    clock
        .scheduler()
        .schedule(
            () -> {
              if (life == thisLife && !request.getUserId().equals(hangsFor)) {
                joinsUnderWay--;
                answer.accept(joined(request));
              }
            },
            joinTakesNanos,
            TimeUnit.NANOSECONDS);
  }

  private JoinRoomResponse joined(JoinRoomRequest request) {
    if (refusesWithoutReason) {
      return JoinRoomResponse.newBuilder().setError("could not join").build();
    }
    CloseReason refused = refusal.apply(request);
    if (refused != null) {
      return JoinRoomResponse.newBuilder()
          .setError("refused, token=" + request.getToken())
          .putMetadata("reason", refused.name())
          .build();
    }
    String id = "s" + ++sessionsEver;
    Session old = sessions.get(request.getUserId());
    JoinRoomResponse.Builder answer = JoinRoomResponse.newBuilder().setSuccess(true);
    if (!ours) {
      sessions.put(request.getUserId(), new Session(request, ""));
      if (old != null) {
        old.end(null);
      }
      return answer.build();
    }
    boolean takeover =
        old != null
            && !request.getResumeKey().isEmpty()
            && request.getResumeKey().equals(old.join.getResumeKey());
    Session session;
    if (takeover && old != null) {
      old.end(CloseReason.SUPERSEDED);
      old.id = id;
      if (!old.attachedByHolder && old.before.equals(request.getInstance())) {
        answer.putMetadata("back", "true");
      }
      old.before = old.join.getInstance();
      old.attachedByHolder = false;
      old.join = request;
      old.attempt = request.getAttempt();
      session = old;
      answer
          .setResumed(true)
          .putAllLastReceived(session.in.lastReceived())
          .putMetadata(TakeOver.LAST_AUDIO_AGE, "70");
    } else {
      session = new Session(request, id);
      sessions.put(request.getUserId(), session);
      if (old != null) {
        old.end(CloseReason.REPLACED);
      }
    }
    return answer
        .setSessionId(id)
        .setParticipantId(participant)
        .setResumeWindowMs(windowMillis)
        .build();
  }

  StreamEnd open(Peer peer) {
    return new End(peer);
  }

  /** One user's session. */
  final class Session {
    JoinRoomRequest join;
    String id;
    long attempt;
    final SendLink out = new SendLink(LIMITS, new RetentionBudget(1 << 30));
    final ReceiveLink in = new ReceiveLink(10, TimeUnit.MILLISECONDS.toNanos(80));
    @Nullable Peer peer;
    boolean attached;
    boolean attachedByHolder;
    String before = "";
    boolean streamed;
    final List<Integer> heard = new ArrayList<>();
    final ModelPlayer player = new ModelPlayer(clock, ours);
    int said;

    Session(JoinRoomRequest join, String id) {
      this.join = join;
      this.id = id;
      this.attempt = join.getAttempt();
      past.add(this);
      expireUnused();
      if (ours) {
        in.attachNew();
        out.attachNew(Map.of());
        out.detach();
      } else {
        in.attachPlain();
      }
    }

    /** A session that nobody streams on is over after 10 s. */
    private void expireUnused() {
      clock
          .scheduler()
          .schedule(
              () -> {
                if (!streamed) {
                  sessions.remove(join.getUserId(), this);
                  player.end();
                }
              },
              10,
              TimeUnit.SECONDS);
    }

    /** The room says something. */
    void say() {
      say(++said);
    }

    void say(int number) {
      AudioFrame frame =
          AudioFrame.wrap(Frames.pcm(number), AudioFormat.VOICE, TrackId.SPEAKER, number);
      out.offer(frame, clock.nanoTime());
      pump();
    }

    /** The room says something that is never sent: its number is missing. */
    void giveUp(int number) {
      AudioFrame frame =
          AudioFrame.wrap(Frames.pcm(number), AudioFormat.VOICE, TrackId.SPEAKER, number);
      out.offer(frame, clock.nanoTime());
      out.dropAcceptedBefore(clock.nanoTime() + 1);
    }

    void acknowledgeAll() {
      Objects.requireNonNull(peer)
          .toClient(
              AudioChunk.newBuilder()
                  .addAllAcknowledged(TrackSequences.list(in.acknowledged()))
                  .build());
    }

    void pump() {
      Peer to = peer;
      if (to == null || !attached) {
        return;
      }
      for (AudioFrame f = out.poll(clock.nanoTime()); f != null; f = out.poll(clock.nanoTime())) {
        AudioChunk.Builder chunk =
            AudioChunk.newBuilder()
                .setPcmData(f.toByteString())
                .setSampleRate(16_000)
                .setChannels(1)
                .setTimestampMs(f.timestampMillis());
        if (ours) {
          chunk.setSequence(out.polledSequence());
        }
        to.toClient(chunk.build());
      }
    }

    void detach() {
      peer = null;
      attached = false;
      out.detach();
    }

    /** Its stream is over, and unless another one takes it over, itself. */
    void end(@Nullable CloseReason reason) {
      if (sessions.get(join.getUserId()) != this) {
        player.end();
      }
      Peer to = peer;
      detach();
      if (to != null) {
        to.endToClient(reason);
      }
    }

    void drain(int millis) {
      Objects.requireNonNull(peer)
          .toClient(AudioChunk.newBuilder().setDrainMs(millis).setSampleRate(16_000).build());
    }
  }

  private final class End implements StreamEnd {
    private final Peer peer;
    private @Nullable Session session;

    End(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void chunk(AudioChunk chunk) {
      chunks.add(chunk);
      if (session == null) {
        first(chunk);
      } else if (session.peer == peer) {
        next(session, chunk);
      }
    }

    private void first(AudioChunk chunk) {
      Session found = sessions.get(chunk.getUserId());
      if (found == null || (ours && found.id.isEmpty())) {
        peer.endToClient(CloseReason.NO_SESSION);
        return;
      }
      if (ours && (!found.id.equals(chunk.getSessionId()) || chunk.getAttempt() <= found.attempt)) {
        boolean unknown = sessions.values().stream().noneMatch(s -> s == found);
        peer.endToClient(unknown ? CloseReason.NO_SESSION : CloseReason.SUPERSEDED);
        return;
      }
      found.attempt = chunk.getAttempt();
      found.end(CloseReason.SUPERSEDED);
      session = found;
      found.peer = peer;
      found.attached = true;
      found.attachedByHolder = true;
      found.streamed = true;
      if (ours) {
        AudioChunk.Builder answer = AudioChunk.newBuilder().setSampleRate(16_000).setChannels(1);
        peer.toClient(
            answer
                .addAllAcknowledged(TrackSequences.list(found.in.acknowledged()))
                .addAllOldestKept(TrackSequences.list(found.out.oldestKept()))
                .build());
        // As the real one: its first chunk must not acknowledge what never came.
        found.in.onOldestKept(TrackSequences.map(chunk.getOldestKeptList()));
        found.out.attachSame(TrackSequences.map(chunk.getAcknowledgedList()));
      } else {
        found.out.attachPlain();
      }
      found.pump();
    }

    private void next(Session to, AudioChunk chunk) {
      if (ours && chunk.getAcknowledgedCount() > 0) {
        to.out.acknowledge(TrackSequences.map(chunk.getAcknowledgedList()));
        to.pump();
      }
      if (ours && chunk.getPing() != 0) {
        pingsAnswered++;
        peer.toClient(AudioChunk.newBuilder().setPong(chunk.getPing()).build());
      }
      ByteString pcm = chunk.getPcmData();
      if (pcm.isEmpty()) {
        return;
      }
      if (to.in.onFrame(chunk.getTrackId(), chunk.getSequence()) == ReceiveLink.Verdict.PASS) {
        room.add(Frames.number(chunk));
        to.heard.add(Frames.number(chunk));
        to.in.delivered(to.in.epoch(), chunk.getTrackId(), chunk.getSequence(), clock.nanoTime());
      }
      if (ours && acknowledges) {
        peer.toClient(
            AudioChunk.newBuilder()
                .addAllAcknowledged(TrackSequences.list(to.in.acknowledged()))
                .build());
      }
    }

    @Override
    public void halfClosed() {
      if (session != null && session.peer == peer) {
        sessions.remove(session.join.getUserId(), session);
        session.end(ours ? CloseReason.LEFT : null);
      }
    }

    @Override
    public void broken() {
      Session was = session;
      if (was != null && was.peer == peer) {
        was.detach();
        if (!ours || windowMillis == 0) {
          sessions.remove(was.join.getUserId(), was);
          was.player.end();
        } else {
          String id = was.id;
          clock
              .scheduler()
              .schedule(
                  () -> {
                    if (was.peer == null && was.id.equals(id)) {
                      sessions.remove(was.join.getUserId(), was);
                      was.player.end();
                    }
                  },
                  windowMillis,
                  TimeUnit.MILLISECONDS);
        }
      }
    }
  }
}
