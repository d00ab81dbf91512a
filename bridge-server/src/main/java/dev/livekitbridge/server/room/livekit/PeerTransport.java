package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.dtls.DtlsIdentity;
import dev.livekitbridge.server.room.livekit.dtls.DtlsListener;
import dev.livekitbridge.server.room.livekit.dtls.DtlsRole;
import dev.livekitbridge.server.room.livekit.dtls.DtlsTransport;
import dev.livekitbridge.server.room.livekit.dtls.ExportedKeys;
import dev.livekitbridge.server.room.livekit.ice.Candidate;
import dev.livekitbridge.server.room.livekit.ice.IceAgent;
import dev.livekitbridge.server.room.livekit.ice.IceListener;
import dev.livekitbridge.server.room.livekit.ice.IceState;
import dev.livekitbridge.server.room.livekit.ice.IceTimes;
import dev.livekitbridge.server.room.livekit.ice.Transmit;
import dev.livekitbridge.server.room.livekit.ice.TransportKind;
import dev.livekitbridge.server.room.livekit.sdp.Fingerprint;
import dev.livekitbridge.server.room.livekit.sdp.LocalTransport;
import dev.livekitbridge.server.room.livekit.sdp.RemoteTransport;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One peer connection below its data and media: sockets, ICE, DTLS. On the room's event loop only.
 */
final class PeerTransport {
  /**
   * Pairs are found faster than the RFCs' times ask: near an SFU a second is long. An idle server
   * that is ICE lite is only heard when it answers a consent check, each 4 to 6 s: two of them have
   * to stay without an answer before it counts as silent.
   */
  private static final IceTimes TIMES =
      new IceTimes(
          Duration.ofMillis(20),
          Duration.ofMillis(250),
          7,
          Duration.ofMillis(40),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(14));

  private static final int HANDSHAKE_MILLIS = 10_000;

  private final Engine engine;
  private final EventLoop loop;
  private final PeerListener listener;
  private final IceAgent ice;
  private final PeerSockets sockets;
  private final MachineTimer iceTimer;
  private final List<Candidate> locals = new ArrayList<>();
  private final List<String> earlyCandidates = new ArrayList<>();
  private @Nullable DtlsIdentity identity;
  private @Nullable Runnable whenGathered;
  private boolean socketsOpen;
  private @Nullable RemoteTransport remote;
  private @Nullable DtlsTransport dtls;
  private @Nullable Candidate selectedLocal;
  private @Nullable InetSocketAddress selectedRemote;
  private @Nullable String failure;
  private boolean closed;

  PeerTransport(Engine engine, EventLoop loop, boolean controlling, PeerListener listener) {
    this.engine = engine;
    this.loop = loop;
    this.listener = listener;
    this.ice = new IceAgent(engine.random(), controlling, TIMES, new Ice());
    this.sockets = new PeerSockets(loop, engine.hook(), engine.options(), new Sockets());
    this.iceTimer = new MachineTimer(loop, engine.time(), this::iceIsDue);
  }

  /** Opens sockets and makes a certificate; then {@link #local} may be called. */
  void gather(InetAddress signalling, Runnable ready) {
    whenGathered = ready;
    sockets.open(signalling);
    try {
      engine
          .threads()
          .blocking()
          .execute(
              () -> {
                DtlsIdentity made =
                    DtlsIdentity.create(engine.random(), engine.time().epochMillis());
                loop.execute(
                    () -> {
                      identity = made;
                      gathered();
                    });
              });
    } catch (RejectedExecutionException e) {
      fail("the engine is closing");
    }
  }

  private void gathered() {
    Runnable ready = whenGathered;
    if (socketsOpen && identity != null && ready != null && !closed) {
      whenGathered = null;
      ready.run();
    }
  }

  /** Our end, for a description. */
  LocalTransport local() {
    DtlsIdentity own = identity;
    if (own == null) {
      throw new IllegalStateException("local() before gather() is done");
    }
    return new LocalTransport(
        ice.localUfrag(),
        ice.localPwd(),
        new Fingerprint("sha-256", own.fingerprint()),
        locals.stream().map(Candidate::toAttribute).toList());
  }

  /** Takes the server's end, from each of its descriptions. */
  void connect(RemoteTransport theirs, DtlsRole role) {
    DtlsIdentity own = identity;
    if (closed || own == null) {
      return;
    }
    long now = engine.time().nanoTime();
    RemoteTransport known = remote;
    remote = theirs;
    if (known == null) {
      dtls =
          new DtlsTransport(
              own,
              role,
              theirs.fingerprint().hash(),
              theirs.fingerprint().hex(),
              HANDSHAKE_MILLIS,
              engine.random(),
              engine.threads().blocking(),
              loop,
              new Dtls());
    } else if (!known.fingerprint().equals(theirs.fingerprint())) {
      fail("the server changed its certificate within a connection");
      return;
    }
    if (known == null || !known.ufrag().equals(theirs.ufrag())) {
      if (known != null) {
        ice.restart();
      }
      if (theirs.ufrag().length() > 256 || theirs.password().length() > 256) {
        fail("the server's ICE credentials are too long");
        return;
      }
      ice.setRemote(theirs.ufrag(), theirs.password(), theirs.lite(), now);
    }
    theirs.candidates().forEach(candidate -> ice.addRemoteCandidate(candidate, now));
    earlyCandidates.forEach(candidate -> ice.addRemoteCandidate(candidate, now));
    earlyCandidates.clear();
    pump();
  }

  /** A candidate that came by itself; held until the description is there. */
  void addCandidate(String candidate) {
    if (closed) {
      return;
    }
    if (remote == null) {
      if (earlyCandidates.size() < 64) {
        earlyCandidates.add(candidate);
      }
    } else {
      ice.addRemoteCandidate(candidate, engine.time().nanoTime());
      pump();
    }
  }

  /** Sends data through DTLS. */
  void send(ByteBuffer data) {
    if (dtls != null) {
      dtls.send(data);
    }
  }

  /** Sends a protected media packet, which may not be changed any more. */
  void sendMedia(ByteBuffer packet) {
    Candidate from = selectedLocal;
    InetSocketAddress to = selectedRemote;
    if (from != null && to != null && !closed) {
      sockets.send(from, to, packet);
    }
  }

  /** Which way its packets go, for the log. */
  String way() {
    return selectedLocal == null
        ? "none"
        : selectedLocal.transport() + " " + selectedLocal.address() + " to " + selectedRemote;
  }

  private void iceIsDue() {
    if (!closed) {
      ice.onTimeout(engine.time().nanoTime());
      pump();
    }
  }

  private void pump() {
    long now = engine.time().nanoTime();
    for (Transmit next = ice.poll(now); next != null; next = ice.poll(now)) {
      sockets.send(next.local(), next.remote(), next.packet());
    }
    String failed = failure;
    if (failed != null) {
      fail(failed);
    } else if (!closed) {
      iceTimer.at(ice.deadlineNanos());
    }
  }

  private void received(Candidate local, InetSocketAddress sender, ByteBuffer packet) {
    if (closed || !packet.hasRemaining()) {
      return;
    }
    long now = engine.time().nanoTime();
    // RFC 7983 §7: the first byte tells the protocol.
    int first = packet.get(packet.position()) & 0xff;
    if (first < 4) {
      ice.receive(local, sender, packet, now);
      pump();
    } else if (local.equals(selectedLocal) && sender.equals(selectedRemote)) {
      ice.onTraffic(now);
      if (first >= 20 && first < 64) {
        receivedDtls(packet);
      } else if (first >= 128 && first < 192) {
        listener.media(packet);
      }
    } else if (first >= 20 && first < 64) {
      // The server may have chosen before we know: DTLS checks who speaks.
      receivedDtls(packet);
    }
  }

  private void receivedDtls(ByteBuffer packet) {
    if (dtls != null) {
      dtls.receive(packet);
    }
  }

  private void fail(String detail) {
    if (!closed) {
      close();
      listener.failed(detail);
    }
  }

  /** Closes all of it; the listener hears nothing more. */
  void close() {
    if (closed) {
      return;
    }
    if (dtls != null) {
      dtls.close();
    }
    closed = true;
    iceTimer.cancel();
    ice.close();
    sockets.close();
  }

  private final class Sockets implements PeerSockets.Listener {
    @Override
    public Candidate found(InetSocketAddress local, TransportKind transport) {
      Candidate candidate = ice.addLocalCandidate(local, transport, engine.time().nanoTime());
      locals.add(candidate);
      return candidate;
    }

    @Override
    public void complete() {
      socketsOpen = true;
      gathered();
    }

    @Override
    public void packet(Candidate local, InetSocketAddress sender, ByteBuffer packet) {
      received(local, sender, packet);
    }

    @Override
    public void unreachable(Candidate local, InetSocketAddress target) {
      ice.unreachable(local, target, engine.time().nanoTime());
      pump();
    }
  }

  private final class Ice implements IceListener {
    @Override
    public void onSelected(Candidate local, InetSocketAddress target) {
      selectedLocal = local;
      selectedRemote = target;
      sockets.keepOnly(local, target);
      if (dtls != null) {
        dtls.start();
      }
    }

    @Override
    public void onState(IceState state, String reason) {
      if (state == IceState.FAILED || state == IceState.DISCONNECTED) {
        // Not from within the agent: the pump acts on it.
        failure = "ICE: " + reason;
      }
    }
  }

  private final class Dtls implements DtlsListener {
    @Override
    public void send(ByteBuffer datagram) {
      sendMedia(datagram);
    }

    @Override
    public void connected(ExportedKeys keys) {
      listener.connected(keys);
    }

    @Override
    public void data(ByteBuffer data) {
      listener.data(data);
    }

    @Override
    public void closed(String detail) {
      fail(detail);
    }
  }
}
