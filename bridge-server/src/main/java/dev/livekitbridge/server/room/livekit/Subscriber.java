package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.dtls.DtlsRole;
import dev.livekitbridge.server.room.livekit.dtls.ExportedKeys;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage;
import dev.livekitbridge.server.room.livekit.sctp.DataChannelConfig;
import dev.livekitbridge.server.room.livekit.sctp.SctpCloseReason;
import dev.livekitbridge.server.room.livekit.sctp.SctpListener;
import dev.livekitbridge.server.room.livekit.sdp.Descriptions;
import dev.livekitbridge.server.room.livekit.sdp.DtlsSetup;
import dev.livekitbridge.server.room.livekit.sdp.RemoteAudio;
import dev.livekitbridge.server.room.livekit.sdp.RemoteDescription;
import dev.livekitbridge.server.room.livekit.signal.SignalMachine;
import dev.livekitbridge.server.room.livekit.signal.UserPacket;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The peer connection that the server offers: data packets and audio of others. On the room's event
 * loop only.
 */
final class Subscriber {
  private static final Set<String> DATA_CHANNELS = Set.of("_reliable", "_lossy");

  private final Engine engine;
  private final EventLoop loop;
  private final SignalMachine signal;
  private final SubscriberListener listener;
  private final PeerTransport transport;
  private final Map<Long, IncomingTrack> tracks = new HashMap<>();
  // Not offered any more; what came of them is still being played.
  private final Set<IncomingTrack> ending = new HashSet<>();
  private final int localSsrc;
  private final Set<String> openChannels = new HashSet<>();
  private @Nullable Srtp srtp;
  private @Nullable SctpLink sctp;
  private @Nullable String offer;
  private int offerId;
  private int answers;
  private boolean gathered;
  private boolean weAreDtlsClient = true;
  private boolean closed;

  Subscriber(
      Engine engine,
      EventLoop loop,
      SignalMachine signal,
      InetAddress localAddress,
      SubscriberListener listener) {
    this.engine = engine;
    this.loop = loop;
    this.localSsrc = engine.random().nextInt();
    this.signal = signal;
    this.listener = listener;
    this.transport = new PeerTransport(engine, loop, false, new Peer());
    transport.gather(localAddress, this::gathered);
  }

  private void gathered() {
    gathered = true;
    answer();
  }

  /** The server offers; the newest offer counts. */
  void offered(String sdp, int id) {
    offer = sdp;
    offerId = id;
    answer();
  }

  void candidate(String candidate) {
    transport.addCandidate(candidate);
  }

  private void answer() {
    String sdp = offer;
    if (!gathered || sdp == null) {
      return;
    }
    offer = null;
    Optional<RemoteDescription> parsed = RemoteDescription.parse(sdp);
    if (parsed.isEmpty()) {
      close();
      listener.failed("the server's offer is no session description");
      return;
    }
    RemoteDescription remote = parsed.get();
    weAreDtlsClient = Descriptions.answer(remote.transport().setup()) == DtlsSetup.ACTIVE;
    transport.connect(remote.transport(), weAreDtlsClient ? DtlsRole.CLIENT : DtlsRole.SERVER);
    listenTo(remote.audio());
    answers++;
    signal.answer(Descriptions.subscriberAnswer(remote, transport.local(), answers), offerId);
  }

  /** Tracks come and go with each offer. */
  private void listenTo(Map<Long, RemoteAudio> offered) {
    Iterator<IncomingTrack> each = tracks.values().iterator();
    while (each.hasNext()) {
      IncomingTrack track = each.next();
      if (!track.description().equals(offered.get(track.description().ssrc()))) {
        each.remove();
        ending.add(track);
        track.end(() -> ending.remove(track));
      }
    }
    offered.forEach(
        (ssrc, audio) ->
            tracks.computeIfAbsent(
                ssrc,
                added -> new IncomingTrack(engine, loop, audio, localSsrc, listener, this::send)));
  }

  private void send(byte[] plain) {
    if (srtp != null && !closed) {
      transport.sendMedia(srtp.protect(plain));
    }
  }

  /**
   * The stay ends: what has come is passed on at once, instead of in its time or behind what is
   * missing.
   */
  void playOut() {
    tracks.values().forEach(IncomingTrack::playOut);
    List.copyOf(ending).forEach(IncomingTrack::playOut);
    if (sctp != null) {
      sctp.playOut();
    }
  }

  void close() {
    closed = true;
    tracks.values().forEach(IncomingTrack::close);
    List.copyOf(ending).forEach(IncomingTrack::close);
    if (sctp != null) {
      sctp.close();
    }
    transport.close();
  }

  /** Which way its packets go. */
  String way() {
    return transport.way();
  }

  private final class Peer implements PeerListener, Srtp.Listener {
    @Override
    public void connected(ExportedKeys keys) {
      srtp = new Srtp(keys);
      sctp = new SctpLink(engine, loop, transport, weAreDtlsClient, new Channels());
      sctp.start();
    }

    @Override
    public void data(ByteBuffer data) {
      if (sctp != null) {
        sctp.receive(data);
      }
    }

    @Override
    public void media(ByteBuffer packet) {
      if (srtp != null) {
        srtp.receive(packet, this);
      }
    }

    @Override
    public void rtp(int ssrc, byte[] packet, int length) {
      IncomingTrack track = tracks.get(ssrc & 0xffffffffL);
      if (track != null) {
        track.rtp(packet, length);
      }
    }

    @Override
    public void rtcp(List<RtcpMessage> messages) {
      tracks.values().forEach(track -> track.rtcp(messages));
    }

    @Override
    public void failed(String detail) {
      close();
      listener.failed(detail);
    }
  }

  private final class Channels implements SctpListener {
    @Override
    public void channelOpened(int channel, DataChannelConfig config) {
      openChannels.add(config.label());
      if (openChannels.containsAll(DATA_CHANNELS)) {
        listener.open();
      }
    }

    @Override
    public void message(int channel, ByteBuffer bytes, boolean binary) {
      UserPacket.read(bytes).ifPresent(listener::packet);
    }

    @Override
    public void closed(SctpCloseReason reason, String detail) {
      close();
      listener.failed("SCTP: " + reason + " " + detail);
    }
  }
}
