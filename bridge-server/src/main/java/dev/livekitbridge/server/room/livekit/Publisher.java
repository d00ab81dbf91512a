package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.dtls.DtlsRole;
import dev.livekitbridge.server.room.livekit.dtls.ExportedKeys;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage;
import dev.livekitbridge.server.room.livekit.sctp.SctpCloseReason;
import dev.livekitbridge.server.room.livekit.sctp.SctpListener;
import dev.livekitbridge.server.room.livekit.sdp.Descriptions;
import dev.livekitbridge.server.room.livekit.sdp.DtlsSetup;
import dev.livekitbridge.server.room.livekit.sdp.PublishedAudio;
import dev.livekitbridge.server.room.livekit.sdp.RemoteDescription;
import dev.livekitbridge.server.room.livekit.signal.SignalMachine;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peer connection that we offer: what we publish. Made at the first track, so that who only
 * listens pays for one connection. On the room's event loop only.
 */
final class Publisher {
  private final Engine engine;
  private final EventLoop loop;
  private final SignalMachine signal;
  private final Consumer<String> failed;
  private final @Nullable Runnable dataOpened;
  private final DataOutbox outbox = new DataOutbox();
  private final PeerTransport transport;
  private final List<OutgoingTrack> tracks = new ArrayList<>();
  private @Nullable RemoteDescription answer;
  private @Nullable Srtp srtp;
  private @Nullable SctpLink sctp;
  private boolean weAreDtlsClient = true;
  private boolean gathered;
  private boolean offerInFlight;
  private boolean offerAgain;
  private int offers;
  private boolean closed;

  /**
   * Begins to connect.
   *
   * @param dataOpened runs when data packets can be sent; null for a connection without them
   */
  Publisher(
      Engine engine,
      EventLoop loop,
      SignalMachine signal,
      InetAddress localAddress,
      Consumer<String> failed,
      @Nullable Runnable dataOpened) {
    this.engine = engine;
    this.loop = loop;
    this.signal = signal;
    this.failed = failed;
    this.dataOpened = dataOpened;
    this.transport = new PeerTransport(engine, loop, true, new Peer());
    transport.gather(
        localAddress,
        () -> {
          gathered = true;
          offer();
        });
  }

  /** Publishes one more track. */
  void add(LocalTrack local) {
    PublishedAudio description =
        new PublishedAudio(
            Integer.toString(tracks.size()),
            local.id().trackName() + "-" + Long.toHexString(engine.random().nextLong()),
            engine.random().nextInt() & 0xffffffffL,
            local.format().channels() == 2);
    tracks.add(new OutgoingTrack(engine, loop, local, description, this::send));
    signal.addAudioTrack(description.cid(), local.id().trackName(), description.stereo());
    offer();
  }

  /** One negotiation is in flight at a time (RFC 8829 §4.1.8); what came meanwhile follows. */
  private void offer() {
    if (closed || !gathered || (tracks.isEmpty() && dataOpened == null)) {
      return;
    }
    if (offerInFlight) {
      offerAgain = true;
      return;
    }
    offerInFlight = true;
    offerAgain = false;
    offers++;
    signal.offer(
        Descriptions.publisherOffer(
            transport.local(),
            offers,
            tracks.stream().map(OutgoingTrack::description).toList(),
            dataOpened != null),
        offers);
  }

  /** The server's answer to our offer in flight. */
  void answered(String sdp, int id) {
    // Older servers echo no id.
    if (closed || !offerInFlight || (id != 0 && id != offers)) {
      return;
    }
    Optional<RemoteDescription> parsed = RemoteDescription.parse(sdp);
    if (parsed.isEmpty()) {
      fail("the server's answer is no session description");
      return;
    }
    offerInFlight = false;
    RemoteDescription remote = parsed.get();
    weAreDtlsClient = remote.transport().setup() != DtlsSetup.ACTIVE;
    transport.connect(remote.transport(), weAreDtlsClient ? DtlsRole.CLIENT : DtlsRole.SERVER);
    answer = remote;
    begin();
    if (offerAgain) {
      offer();
    }
  }

  /** Lets tracks sound that the server has taken, once the keys are there. */
  private void begin() {
    RemoteDescription taken = answer;
    if (taken == null || srtp == null) {
      return;
    }
    for (OutgoingTrack track : tracks) {
      String mid = track.description().mid();
      if (taken.accepts(mid)) {
        track.begin(taken.opusPayloadType(mid).orElse(Descriptions.OPUS));
      }
    }
  }

  private void send(byte[] plain) {
    if (srtp != null && !closed) {
      transport.sendMedia(srtp.protect(plain));
    }
  }

  /** Data packets; only for a connection with data channels. */
  DataOutbox outbox() {
    return outbox;
  }

  void candidate(String candidate) {
    transport.addCandidate(candidate);
  }

  void published(String cid, String sid) {
    tracks.stream()
        .filter(track -> track.description().cid().equals(cid))
        .forEach(track -> track.published(sid));
  }

  void listenedTo(String sid) {
    tracks.stream().filter(track -> track.is(sid)).forEach(OutgoingTrack::listenedTo);
  }

  private void fail(String detail) {
    if (!closed) {
      close();
      failed.accept(detail);
    }
  }

  /** Sound that has left, and of which the server has not said that it came. */
  long unconfirmedMillis() {
    return tracks.stream().mapToLong(OutgoingTrack::unconfirmedMillis).sum();
  }

  /** In good order: what was said goes out before. */
  void leave() {
    tracks.forEach(OutgoingTrack::leave);
    close();
  }

  void close() {
    tracks.forEach(OutgoingTrack::close);
    closed = true;
    if (sctp != null) {
      sctp.close();
    }
    transport.close();
  }

  private final class Peer implements PeerListener, Srtp.Listener {
    @Override
    public void connected(ExportedKeys keys) {
      srtp = new Srtp(keys);
      begin();
      if (dataOpened != null) {
        sctp = new SctpLink(engine, loop, transport, weAreDtlsClient, new Channels(dataOpened));
        sctp.start();
      }
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
      // The server sends nothing here but reports.
    }

    @Override
    public void rtcp(List<RtcpMessage> messages) {
      tracks.forEach(track -> track.rtcp(messages));
    }

    @Override
    public void failed(String detail) {
      fail(detail);
    }
  }

  private final class Channels implements SctpListener {
    private final Runnable opened;

    Channels(Runnable opened) {
      this.opened = opened;
    }

    @Override
    public void connected() {
      SctpLink link = sctp;
      if (link != null) {
        outbox.attach(link);
        opened.run();
      }
    }

    @Override
    public void message(int channel, ByteBuffer bytes, boolean binary) {
      // What others send comes on the connection that the server offers.
    }

    @Override
    public void writable() {
      outbox.flush();
    }

    @Override
    public void closed(SctpCloseReason reason, String detail) {
      fail("SCTP: " + reason + " " + detail);
    }
  }
}
