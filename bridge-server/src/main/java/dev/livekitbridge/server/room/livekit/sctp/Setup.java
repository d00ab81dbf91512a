package dev.livekitbridge.server.room.livekit.sctp;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The four-way handshake (RFC 9260 section 5), in both roles, at once too, and the cases of an
 * unexpected INIT or COOKIE ECHO (section 5.2).
 */
final class Setup {
  private final SctpAssociation association;
  private final SctpOptions options;
  private final ControlQueue control;
  private final RandomGenerator random;
  private final byte[] key = new byte[32];
  private final int localTag;
  private final int localTsn;
  private final Timer t1 = new Timer();
  private long rto;
  private int tries;
  private byte[] waiting = new byte[0];
  private @Nullable InitChunk peer;

  Setup(
      SctpAssociation association,
      SctpOptions options,
      ControlQueue control,
      RandomGenerator random) {
    this.association = association;
    this.options = options;
    this.control = control;
    this.random = random;
    random.nextBytes(key);
    this.localTag = tag();
    this.localTsn = random.nextInt();
    this.rto = options.rtoInitialNanos;
  }

  private int tag() {
    int tag = random.nextInt();
    return tag == 0 ? 1 : tag;
  }

  int localTag() {
    return localTag;
  }

  /** The peer's tag, if INIT ACK has told it; else 0. */
  int peerTag() {
    InitChunk known = peer;
    return known == null ? 0 : known.tag();
  }

  Timer timer() {
    return t1;
  }

  void start(long now) {
    byte[] init = InitChunk.ours(localTag, localTsn, options).write(Wire.INIT, null, new byte[0]);
    association.enter(State.COOKIE_WAIT);
    waiting = init;
    control.addAlone(0, init);
    t1.startAt(now + rto);
  }

  /** T1 ran out (section 5.1.6). */
  void onTimeout(long now) {
    tries++;
    if (tries > options.maxInitRetransmits) {
      String what = association.state() == State.COOKIE_WAIT ? "INIT" : "COOKIE ECHO";
      association.end(
          SctpCloseReason.UNREACHABLE, "no answer to " + tries + " " + what + " chunks");
      return;
    }
    rto = Math.min(2 * rto, options.rtoMaxNanos);
    resend();
    t1.startAt(now + rto);
  }

  private void resend() {
    if (association.state() == State.COOKIE_WAIT) {
      control.addAlone(0, waiting);
    } else {
      control.addChecked(peerTag(), waiting);
    }
  }

  /** Answers an INIT. It changes nothing: the cookie holds all (sections 5.1, 5.2.1, 5.2.2). */
  void onInit(PacketReader in, @Nullable Tcb tcb, long now) {
    InitChunk init = InitChunk.read(in);
    if (init == null || init.tag() == 0) {
      return;
    }
    if (!init.hasStreams()) {
      byte[] abort = Chunks.cause(Wire.ABORT, 0, Wire.E_INVALID_PARAMETER, new byte[0]);
      control.addChecked(init.tag(), abort);
      return;
    }
    int tag = tcb == null ? localTag : tag();
    int tsn = tcb == null ? localTsn : random.nextInt();
    int localTie = tcb == null ? 0 : tcb.localTag;
    int peerTie = tcb == null ? 0 : tcb.peerTag;
    byte[] cookie = new StateCookie(now, tag, tsn, init, localTie, peerTie).seal(key);
    byte[] ack =
        InitChunk.ours(tag, tsn, options).write(Wire.INIT_ACK, cookie, init.unrecognized());
    control.addAlone(init.tag(), ack);
  }

  void onInitAck(PacketReader in, long now) {
    if (association.state() != State.COOKIE_WAIT) {
      return;
    }
    InitChunk ack = InitChunk.read(in);
    if (ack == null) {
      return;
    }
    byte[] cookie = ack.cookie();
    if (ack.tag() == 0 || !ack.hasStreams() || cookie == null) {
      int cause = cookie == null ? Wire.E_MISSING_PARAMETER : Wire.E_INVALID_PARAMETER;
      byte[] missing = {0, 0, 0, 1, 0, Wire.P_STATE_COOKIE};
      byte[] information = cookie == null ? missing : new byte[0];
      byte[] abort = Chunks.cause(Wire.ABORT, 0, cause, information);
      control.addChecked(ack.tag(), abort);
      association.end(SctpCloseReason.PROTOCOL_ERROR, "INIT ACK without tag, streams or cookie");
      return;
    }
    peer = ack;
    association.enter(State.COOKIE_ECHOED);
    waiting = Chunks.of(Wire.COOKIE_ECHO, 0, cookie);
    tries = 0;
    rto = options.rtoInitialNanos;
    resend();
    if (ack.unrecognized().length > 0) {
      control.add(
          ack.tag(),
          Chunks.cause(Wire.ERROR, 0, Wire.E_UNRECOGNIZED_PARAMETERS, ack.unrecognized()));
    }
    t1.startAt(now + rto);
  }

  /** Returns false if the rest of the packet must not be read (section 5.2.4). */
  boolean onCookieEcho(PacketReader in, @Nullable Tcb tcb, long now) {
    StateCookie cookie = StateCookie.unseal(in.copyValue(), key);
    if (cookie == null || cookie.localTag() != in.tag()) {
      return false;
    }
    InitChunk other = cookie.peer();
    boolean stale = now - cookie.madeNanos() > options.cookieLifeNanos;
    if (tcb == null) {
      if (stale && peerTag() != other.tag()) {
        control.addChecked(
            other.tag(), Chunks.cause(Wire.ERROR, 0, Wire.E_STALE_COOKIE, new byte[4]));
        return false;
      }
      return establish(other, cookie.localTag(), cookie.localTsn(), true, now);
    }
    boolean sameLocal = cookie.localTag() == tcb.localTag;
    boolean samePeer = other.tag() == tcb.peerTag;
    if (sameLocal) {
      // Cases B and D: an association set up from both sides, or an answer of ours was lost.
      tcb.peerTag = other.tag();
      control.add(tcb.peerTag, Chunks.empty(Wire.COOKIE_ACK, 0));
      return true;
    }
    boolean tied = cookie.localTie() == tcb.localTag && cookie.peerTie() == tcb.peerTag;
    if (samePeer || !tied || stale || association.state() == State.SHUTDOWN_ACK_SENT) {
      return false;
    }
    // Case A: the peer has restarted.
    association.beforeRestart();
    return establish(other, cookie.localTag(), cookie.localTsn(), true, now);
  }

  void onCookieAck(long now) {
    InitChunk other = peer;
    if (association.state() == State.COOKIE_ECHOED && other != null) {
      establish(other, localTag, localTsn, false, now);
    }
  }

  /** Our cookie was too old for the peer: begin again (section 5.2.6). */
  void onStaleCookie(long now) {
    if (association.state() == State.COOKIE_ECHOED && tries++ < options.maxInitRetransmits) {
      peer = null;
      start(now);
    }
  }

  void stop() {
    t1.stop();
    waiting = new byte[0];
    peer = null;
  }

  private boolean establish(InitChunk other, int tag, int tsn, boolean acknowledge, long now) {
    stop();
    // What we asked in the meantime has been answered by this.
    control.clear();
    if (acknowledge) {
      control.add(other.tag(), Chunks.empty(Wire.COOKIE_ACK, 0));
    }
    association.established(other, tag, tsn, now);
    return true;
  }
}
