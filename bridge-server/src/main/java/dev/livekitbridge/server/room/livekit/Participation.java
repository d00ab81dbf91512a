package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.livekit.net.WebSocketClient;
import dev.livekitbridge.server.room.livekit.net.WebSocketListener;
import dev.livekitbridge.server.room.livekit.signal.JoinedRoom;
import dev.livekitbridge.server.room.livekit.signal.LeaveCause;
import dev.livekitbridge.server.room.livekit.signal.Participant;
import dev.livekitbridge.server.room.livekit.signal.Refusal;
import dev.livekitbridge.server.room.livekit.signal.SignalListener;
import dev.livekitbridge.server.room.livekit.signal.SignalMachine;
import dev.livekitbridge.server.room.livekit.signal.Target;
import dev.livekitbridge.server.room.livekit.signal.UserPacket;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stay in a room, from the WebSocket's opening to the end; a rejoin is another one. On the
 * room's event loop only.
 */
final class Participation {
  private static final Logger LOG = LoggerFactory.getLogger(Participation.class);

  /** How long a server may take to hang up after our good-bye. */
  private static final long GOODBYE_MILLIS = 1_000;

  /** How long signalling may take to say why the media was closed. */
  private static final long SECOND_WORD_MILLIS = 1_000;

  private final Engine engine;
  private final EventLoop loop;
  private final RoomJoin join;
  private final String token;
  private final ParticipationListener listener;
  private final MachineTimer signalTimer;
  private @Nullable WebSocketClient webSocket;
  private @Nullable SignalMachine signal;
  private @Nullable InetAddress localAddress;
  private @Nullable Roster roster;
  private @Nullable Subscriber subscriber;
  private @Nullable Publisher publisher;
  private @Nullable Future<?> deadline;
  private @Nullable Runnable whenGone;
  private String identity = "";
  private Set<String> subscribed = Set.of();
  private final boolean sendsData;
  private boolean hears;
  private boolean dataOpen;
  private boolean active;
  private boolean over;

  /** One that has not begun; with {@code sendsData} it is active when it can do that, too. */
  Participation(
      Engine engine,
      EventLoop loop,
      RoomJoin join,
      String token,
      boolean sendsData,
      ParticipationListener listener) {
    this.engine = engine;
    this.loop = loop;
    this.join = join;
    this.token = token;
    this.sendsData = sendsData;
    this.listener = listener;
    this.signalTimer = new MachineTimer(loop, engine.time(), this::signalIsDue);
  }

  /** Begins; ends by itself if we are not in before the deadline. */
  void start(URI uri) {
    long millis = engine.options().joinTimeout().toMillis();
    deadline =
        loop.schedule(
            () ->
                end(
                    Ending.retry(
                        CloseReason.JOIN_TIMEOUT, "not in the room after " + millis + " ms")),
            millis,
            TimeUnit.MILLISECONDS);
    webSocket =
        WebSocketClient.open(
            loop,
            engine.threads().blocking(),
            uri,
            token,
            SignalMachine.MAX_MESSAGE_BYTES,
            new Socket());
  }

  /** Our identity, known once we are in. */
  String identity() {
    return identity;
  }

  /** Publishes a track from now on. */
  void publish(LocalTrack track) {
    Publisher connection = publisher();
    if (connection != null) {
      connection.add(track);
    }
  }

  /** Sends a data packet; what is sent before we are active is lost. */
  void send(ByteString data, boolean reliable) {
    if (active && publisher != null) {
      publisher.outbox().send(data, reliable);
    }
  }

  /** Reliable data packets that wait because the connection is full. */
  int waitingData() {
    return publisher == null ? 0 : publisher.outbox().size();
  }

  /** Which way media goes, for people. */
  String route() {
    return subscriber == null ? "" : subscriber.way();
  }

  /** The connection that we offer, made when it is first needed. */
  private @Nullable Publisher publisher() {
    SignalMachine open = signal;
    InetAddress from = localAddress;
    if (publisher == null && !over && open != null && from != null) {
      publisher =
          new Publisher(
              engine, loop, open, from, this::mediaFailed, sendsData ? this::dataOpened : null);
    }
    return over ? null : publisher;
  }

  private void dataOpened() {
    dataOpen = true;
    beActive();
  }

  private void beActive() {
    if (over || active || !hears || (sendsData && !dataOpen)) {
      return;
    }
    active = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    listener.active(roster == null ? 1 : roster.count());
    subscribe();
  }

  /**
   * Leaves; the listener hears nothing more.
   *
   * @param gone runs when the server has let us go, or does not answer
   */
  void leave(Runnable gone) {
    SignalMachine open = over ? null : signal;
    if (publisher != null && !over) {
      publisher.leave();
    }
    closeMedia();
    over = true;
    if (open == null) {
      hangUp();
      gone.run();
      return;
    }
    whenGone = gone;
    open.leave();
    loop.schedule(this::gone, GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void gone() {
    Runnable gone = whenGone;
    if (gone != null) {
      whenGone = null;
      hangUp();
      gone.run();
    }
  }

  /**
   * A server that sends us away closes the media first; why it does so comes over signalling an
   * instant later, and to come back without knowing could mean to fight a second self.
   */
  private void mediaFailed(String detail) {
    Ending ending =
        Ending.retry(active ? CloseReason.ROOM_LOST : CloseReason.ROOM_UNREACHABLE, detail);
    loop.schedule(() -> end(ending), SECOND_WORD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void end(Ending ending) {
    if (over) {
      return;
    }
    if (subscriber != null) {
      subscriber.playOut();
    }
    over = true;
    // So that a server that still has us takes us out at once.
    if (signal != null) {
      signal.leave();
    }
    closeMedia();
    hangUp();
    long unconfirmed = publisher == null ? 0 : publisher.unconfirmedMillis();
    if (unconfirmed > 0) {
      listener.unconfirmed(unconfirmed);
    }
    listener.ended(ending);
  }

  private void closeMedia() {
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (subscriber != null) {
      subscriber.close();
    }
    if (publisher != null) {
      publisher.close();
    }
  }

  private void hangUp() {
    signalTimer.cancel();
    if (webSocket != null) {
      webSocket.close();
    }
  }

  private void signalIsDue() {
    SignalMachine open = signal;
    if (open != null && !over) {
      open.onTimeout(engine.time().nanoTime());
      signalTimer.at(open.deadlineNanos());
    }
  }

  private void subscribe() {
    Roster known = roster;
    SignalMachine open = signal;
    if (known == null || open == null || join.audioInput() == AudioInput.DATA_PACKETS) {
      return;
    }
    Set<String> wanted = known.audioTracks(join::forwards);
    open.subscribe(wanted.stream().filter(sid -> !subscribed.contains(sid)).toList(), true);
    subscribed = wanted;
  }

  private final class Socket implements WebSocketListener {
    @Override
    public void opened(InetAddress address) {
      localAddress = address;
      SignalMachine open = new SignalMachine(new Signals(), engine.time().nanoTime());
      signal = open;
      signalTimer.at(open.deadlineNanos());
    }

    @Override
    public void message(ByteBuffer message) {
      SignalMachine open = signal;
      if (open != null && !over) {
        open.receive(message, engine.time().nanoTime());
        signalTimer.at(open.deadlineNanos());
      }
    }

    @Override
    public void refused(int status, String body) {
      Refusal refusal = Refusal.of(status, body, token);
      boolean rejoin =
          refusal.reason() == CloseReason.ROOM_UNREACHABLE
              || refusal.reason() == CloseReason.OVERLOADED;
      end(new Ending(refusal.reason(), rejoin, refusal.detail()));
    }

    @Override
    public void closed(String detail) {
      if (whenGone != null) {
        gone();
        return;
      }
      end(
          Ending.retry(
              active ? CloseReason.ROOM_LOST : CloseReason.ROOM_UNREACHABLE,
              Refusal.withoutSecrets(detail, token)));
    }
  }

  private final class Signals implements SignalListener {
    @Override
    public void send(byte[] message) {
      if (webSocket != null) {
        webSocket.send(message);
      }
    }

    @Override
    public void joined(JoinedRoom room) {
      if (!join.roomName().isEmpty() && !join.roomName().equals(room.roomName())) {
        end(
            Ending.last(
                CloseReason.BAD_REQUEST,
                "room_name: " + join.roomName() + " (expected: the token's room)"));
        return;
      }
      identity = room.self().identity();
      Roster others = new Roster(room.self().sid());
      others.update(room.others());
      roster = others;
      InetAddress from = localAddress;
      if (from != null) {
        subscriber = new Subscriber(engine, loop, signal(), from, new Heard());
      }
      if (sendsData) {
        publisher();
      }
      LOG.debug("user={} joined over signalling, server={}", join.userId(), room.serverVersion());
    }

    @Override
    public void offered(String sdp, int id) {
      if (subscriber != null) {
        subscriber.offered(sdp, id);
      }
    }

    @Override
    public void answered(String sdp, int id) {
      if (publisher != null) {
        publisher.answered(sdp, id);
      }
    }

    @Override
    public void candidate(Target target, String candidate) {
      if (target == Target.SUBSCRIBER && subscriber != null) {
        subscriber.candidate(candidate);
      } else if (target == Target.PUBLISHER && publisher != null) {
        publisher.candidate(candidate);
      }
    }

    @Override
    public void changed(List<Participant> changed) {
      Roster known = roster;
      if (known == null) {
        return;
      }
      int before = known.count();
      known.update(changed);
      subscribe();
      if (known.count() != before && active) {
        listener.participants(known.count());
      }
    }

    @Override
    public void published(String cid, String sid) {
      if (publisher != null) {
        publisher.published(cid, sid);
      }
    }

    @Override
    public void listenedTo(String sid) {
      if (publisher != null) {
        publisher.listenedTo(sid);
      }
    }

    @Override
    public void refreshed(String newest) {
      listener.refreshed(newest);
    }

    @Override
    public void refused(String detail) {
      LOG.warn("user={} the LiveKit server refused: {}", join.userId(), detail);
    }

    @Override
    public void sentAway(LeaveCause cause) {
      String detail = "the LiveKit server ended it: " + cause.detail();
      end(
          cause
              .end()
              .map(reason -> Ending.last(reason, detail))
              .orElseGet(
                  () ->
                      Ending.retry(
                          active ? CloseReason.ROOM_LOST : CloseReason.ROOM_UNREACHABLE, detail)));
    }

    @Override
    public void lost(String detail) {
      end(Ending.retry(active ? CloseReason.ROOM_LOST : CloseReason.ROOM_UNREACHABLE, detail));
    }

    private SignalMachine signal() {
      SignalMachine open = signal;
      if (open == null) {
        throw new IllegalStateException("a signalling event without signalling");
      }
      return open;
    }
  }

  private final class Heard implements SubscriberListener {
    @Override
    public void open() {
      hears = true;
      beActive();
    }

    @Override
    public void packet(UserPacket packet) {
      if (join.audioInput() == AudioInput.AUDIO_TRACKS || over || roster == null) {
        return;
      }
      String who =
          packet.identity().isEmpty() ? roster.identityOf(packet.sid()) : packet.identity();
      ByteString pcm = packet.payload();
      if (pcm.size() % 2 == 1) {
        pcm = pcm.substring(1);
      }
      if (pcm.isEmpty() || !join.forwards(who)) {
        return;
      }
      if (pcm.size() <= AudioFrame.MAX_BYTES) {
        listener.frame(frame(pcm, who));
      } else {
        listener.lost(DropCause.INVALID, 1);
      }
    }

    @Override
    public void audio(String trackSid, ByteString pcm) {
      Participant owner = roster == null ? null : roster.ownerOf(trackSid);
      if (owner != null && !over && join.forwards(owner.identity())) {
        listener.frame(owner.trackName(trackSid), frame(pcm, owner.identity()));
      }
    }

    @Override
    public void lost(String trackSid, DropCause cause, long packets) {
      Participant owner = roster == null ? null : roster.ownerOf(trackSid);
      if (owner != null && !over && join.forwards(owner.identity())) {
        listener.lost(cause, packets);
      }
    }

    @Override
    public void failed(String detail) {
      mediaFailed(detail);
    }

    private AudioFrame frame(ByteString pcm, String who) {
      return AudioFrame.received(
          pcm, AudioFormat.VOICE, TrackId.SPEAKER, engine.time().epochMillis(), 0, who);
    }
  }
}
