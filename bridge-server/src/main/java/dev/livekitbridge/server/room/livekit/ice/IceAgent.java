package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A full ICE agent (RFC 8445) for one component, with regular nomination, trickling (RFC 8838),
 * active TCP (RFC 6544) and consent (RFC 7675); the peer may be lite. It has no socket, thread or
 * clock: after every call, send what {@link #poll} gives until it gives null, and call {@link
 * #onTimeout} at {@link #deadlineNanos}. Any bytes may be given to {@link #receive}.
 *
 * <p>Times are monotonic nanoseconds. Not thread-safe.
 */
public final class IceAgent {
  private static final int MAX_QUEUED = 256;

  private final Random random;
  private final IceTimes times;
  private final IceListener listener;
  private final Role role;
  private final Candidates candidates = new Candidates();
  private final ArrayDeque<Transmit> out = new ArrayDeque<>();
  private Search search;
  private @Nullable Search previous;
  private IceState state = IceState.NEW;
  private @Nullable Consent consent;

  /**
   * An agent with new credentials.
   *
   * @param random for credentials and transaction ids; in earnest a {@link
   *     java.security.SecureRandom}
   * @param controlling whether we sent the offer (RFC 8445 §6.1.1); conflicts are resolved
   * @param times see there
   * @param listener hears events
   */
  public IceAgent(Random random, boolean controlling, IceTimes times, IceListener listener) {
    this.random = random;
    this.times = times;
    this.listener = listener;
    this.role = new Role(controlling, random.nextLong());
    this.search = newSearch();
  }

  private Search newSearch() {
    return new Search(random, times, role, candidates, new Events());
  }

  /**
   * Whether a datagram is for an ICE agent (RFC 7983 §7).
   *
   * @param datagram anything
   * @return true if its first byte is 0 to 3
   */
  public static boolean isStun(ByteBuffer datagram) {
    return datagram.hasRemaining() && (datagram.get(datagram.position()) & 0xFF) <= 3;
  }

  /**
   * For SDP's {@code ice-ufrag}.
   *
   * @return our user name fragment
   */
  public String localUfrag() {
    return search.local().ufrag();
  }

  /**
   * For SDP's {@code ice-pwd}.
   *
   * @return our password; a secret between the two peers
   */
  public String localPwd() {
    return search.local().pwd();
  }

  /**
   * Whether we are the one that nominates.
   *
   * @return true for the controlling role
   */
  public boolean isControlling() {
    return role.isControlling();
  }

  /**
   * Where it stands.
   *
   * @return the state
   */
  public IceState state() {
    return state;
  }

  /**
   * Adds a host candidate. The first one added is preferred.
   *
   * @param address numeric; for TCP its port does not matter
   * @param transport UDP, or TCP for connections that we open
   * @param now nanoseconds
   * @return the candidate, by which {@link Transmit} and {@link #receive} name it
   * @throws IllegalArgumentException if it is there already
   */
  public Candidate addLocalCandidate(InetSocketAddress address, TransportKind transport, long now) {
    Candidate candidate = candidates.addLocal(address, transport);
    search.addLocal(candidate, now);
    return candidate;
  }

  /**
   * The peer's credentials, from its description. Where they change later (an ICE restart by the
   * peer), call {@link #restart} first.
   *
   * @param ufrag of {@code ice-ufrag}
   * @param pwd of {@code ice-pwd}
   * @param lite whether it said {@code ice-lite}: then we control (RFC 8445 §6.1.1)
   * @param now nanoseconds
   * @throws IllegalArgumentException if they are longer than RFC 8839 §5.4 permits
   */
  public void setRemote(String ufrag, String pwd, boolean lite, long now) {
    if (ufrag.length() > 256 || pwd.length() > 256) {
      throw new IllegalArgumentException(
          "ice-ufrag or ice-pwd too long (expected: at most 256 characters)");
    }
    if (lite) {
      role.become(true);
    }
    if (state == IceState.NEW) {
      become(IceState.CHECKING, "credentials of the peer known");
    }
    search.setRemote(new Credentials(ufrag, pwd), now);
  }

  /**
   * Adds a candidate of the peer, at any time.
   *
   * @param attribute the SDP attribute, with or without {@code a=}
   * @param now nanoseconds
   * @return false if it is malformed or of no use: a name, another component, TCP not passive, too
   *     many
   */
  public boolean addRemoteCandidate(String attribute, long now) {
    Candidate candidate = CandidateParser.parse(attribute);
    if (candidate == null || !candidates.addRemote(candidate)) {
      return false;
    }
    search.addRemote(candidate, now);
    return true;
  }

  /**
   * The peer has told all its candidates: when all pairs have failed, there is nothing to wait for.
   *
   * @param now nanoseconds
   */
  public void endOfRemoteCandidates(long now) {
    search.remoteIsComplete(now);
  }

  /**
   * New credentials and a new search (RFC 8445 §9), before the peer's new ones are set. The
   * selected pair stays in use until another one is found.
   */
  public void restart() {
    if (isOver()) {
      throw new IllegalStateException("state: " + state + " (expected: one that is not final)");
    }
    candidates.clearRemote();
    previous = search;
    search = newSearch();
    if (consent == null) {
      become(IceState.NEW, "restarted");
    }
  }

  /** Ends it: nothing is sent or answered any more. */
  public void close() {
    stop(IceState.CLOSED, "closed");
  }

  /**
   * The next packet to send.
   *
   * @param now nanoseconds
   * @return a packet, or null if there is none for now
   */
  public @Nullable Transmit poll(long now) {
    return out.poll();
  }

  /**
   * When {@link #onTimeout} wants to be called.
   *
   * @return nanoseconds; {@link Long#MAX_VALUE} for never
   */
  public long deadlineNanos() {
    if (isOver()) {
      return Long.MAX_VALUE;
    }
    return consent == null
        ? search.deadline()
        : Math.min(search.deadline(), consent.deadline(state == IceState.CONNECTED));
  }

  /**
   * Time has passed. May be called at any time.
   *
   * @param now nanoseconds
   */
  public void onTimeout(long now) {
    if (isOver()) {
      return;
    }
    search.onTimeout(now);
    Consent watched = consent;
    if (watched == null || isOver()) {
      return;
    }
    if (watched.isExpired(now)) {
      stop(IceState.FAILED, "the peer's consent has expired");
      return;
    }
    if (state == IceState.CONNECTED && watched.isSilent(now)) {
      become(IceState.DISCONNECTED, "the peer is silent");
    }
    ByteBuffer check = watched.check(now);
    if (check != null) {
      send(watched.pair().local(), watched.pair().remote().address(), check);
    }
  }

  /**
   * A packet of another protocol came on the selected pair: the peer lives.
   *
   * @param now nanoseconds
   */
  public void onTraffic(long now) {
    if (consent != null && !isOver()) {
      consent.heard(now);
      isHeardAgain();
    }
  }

  /**
   * A connection was refused or lost, or there is no route. Not for an ICMP "port unreachable",
   * which anyone can forge.
   *
   * @param from the local candidate
   * @param to the remote address
   * @param now nanoseconds
   */
  public void unreachable(Candidate from, InetSocketAddress to, long now) {
    if (isOver()) {
      return;
    }
    if (consent != null && consent.pair().connects(from, to)) {
      stop(IceState.FAILED, "the connection is lost: " + consent.pair());
    } else {
      search.unreachable(from, to, now);
    }
  }

  /**
   * A datagram has come in. One that is no STUN message, or not for us, changes nothing.
   *
   * @param at the local candidate it came to
   * @param source where it came from
   * @param packet not changed
   * @param now nanoseconds
   */
  public void receive(Candidate at, InetSocketAddress source, ByteBuffer packet, long now) {
    StunMessage message = isOver() ? null : StunMessage.parse(packet);
    if (message == null || !message.isBinding()) {
      return;
    }
    switch (message.kind()) {
      case REQUEST -> onRequest(at, source, message, now);
      case SUCCESS, ERROR -> onResponse(at, source, message, now);
      case INDICATION -> {
        // A keepalive (RFC 8445 §11): nobody can know who sent it.
      }
    }
  }

  private void onRequest(Candidate at, InetSocketAddress source, StunMessage message, long now) {
    Search meant = search;
    String username = message.username();
    if (previous != null && username != null && previous.local().isAddressedBy(username)) {
      meant = previous;
    }
    Credentials local = meant.local();
    int fault = Responder.fault(message, local);
    if (fault == 0 && role.peerMustYield(message)) {
      fault = 487;
    }
    if (fault != 0) {
      send(at, source, Responder.error(message, local, fault));
      return;
    }
    send(at, source, Responder.success(message, local, source));
    if (consent != null && consent.pair().connects(at, source)) {
      onTraffic(now);
    }
    if (meant == search) {
      search.onRequest(at, source, message, now);
    }
  }

  private void onResponse(Candidate at, InetSocketAddress source, StunMessage message, long now) {
    Consent watched = consent;
    if (watched == null || !watched.expects(message)) {
      search.onResponse(at, source, message, now);
    } else if (watched.pair().connects(at, source)) {
      if (message.errorCode() == 403) {
        stop(IceState.FAILED, "the peer has revoked its consent");
      } else if (message.kind() == StunMessage.Kind.SUCCESS) {
        watched.confirmed(now);
        isHeardAgain();
      }
    }
  }

  private void isHeardAgain() {
    if (state == IceState.DISCONNECTED) {
      become(IceState.CONNECTED, "the peer is heard again");
    }
  }

  private boolean isOver() {
    return state == IceState.FAILED || state == IceState.CLOSED;
  }

  private void send(Candidate from, InetSocketAddress to, ByteBuffer packet) {
    if (out.size() >= MAX_QUEUED) {
      out.poll();
    }
    out.add(new Transmit(from, to, packet));
  }

  private void stop(IceState end, String reason) {
    if (!isOver()) {
      out.clear();
      become(end, reason);
    }
  }

  private void become(IceState next, String reason) {
    if (state != next) {
      state = next;
      listener.onState(next, reason);
    }
  }

  /** What the search in use finds. */
  private final class Events implements Search.Outcome {
    @Override
    public void send(Candidate from, InetSocketAddress to, ByteBuffer packet) {
      IceAgent.this.send(from, to, packet);
    }

    @Override
    public void selected(Pair pair, long now) {
      previous = null;
      consent = new Consent(times, random, pair, search, now);
      listener.onSelected(pair.local(), pair.remote().address());
      become(IceState.CONNECTED, "selected " + pair);
    }

    @Override
    public void failed(String reason) {
      stop(IceState.FAILED, reason);
    }
  }
}
