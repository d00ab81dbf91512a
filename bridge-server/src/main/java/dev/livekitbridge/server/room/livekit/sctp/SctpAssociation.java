package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.ControlQueue.Rest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One SCTP association over DTLS (RFC 8261) with its data channels (RFC 8831), as a machine without
 * I/O: packets and a time in; packets, a deadline and events out. The package's description shows
 * how to drive it.
 *
 * <p>Not thread-safe: all calls, and the callbacks within them, on one thread at a time. The time
 * is any clock of nanoseconds that does not go back. Nothing that comes from the network makes it
 * throw.
 */
public final class SctpAssociation {
  private static final int MOST_WAITING = 8192;

  private final SctpOptions options;
  private final SctpListener listener;
  private final RandomGenerator random;
  private final PacketReader in = new PacketReader();
  private final PacketWriter out;
  private final ControlQueue control = new ControlQueue();
  private final SendQueue queue = new SendQueue();
  private final DataChannels channels;
  private final Setup setup;
  private final Shutdown shutdown;
  private final ChunkDispatcher dispatcher;
  private State state = State.CLOSED;
  private @Nullable Tcb tcb;
  private boolean refused;

  /**
   * Makes an association that answers the peer's INIT; {@link #start} makes it send its own.
   *
   * @param random for tags, sequence numbers and keys: a secure one outside of tests
   */
  public SctpAssociation(SctpOptions options, SctpListener listener, RandomGenerator random) {
    this.options = options;
    this.listener = listener;
    this.random = random;
    this.out = new PacketWriter(options.mtu, options.port);
    this.channels = new DataChannels(options, listener, queue);
    this.setup = new Setup(this, options, control, random);
    this.shutdown = new Shutdown(this, control, options);
    this.dispatcher = new ChunkDispatcher(this, options, control, setup, shutdown);
  }

  /** Sends INIT, unless the association is set up already. Both sides may call it. */
  public void start(long now) {
    if (state == State.CLOSED) {
      setup.start(now);
    }
  }

  /**
   * Takes a packet, from position to limit, as DTLS has decrypted it. Whatever it does not
   * understand it ignores. The buffer is not kept.
   */
  public void receive(ByteBuffer datagram, long now) {
    ByteBuffer bytes = datagram.order() == ByteOrder.BIG_ENDIAN ? datagram : datagram.duplicate();
    if (!in.open(bytes, options.zeroChecksum)) {
      return;
    }
    channels.at(now);
    dispatcher.packet(in, now);
    in.close();
    tellWritable();
  }

  /**
   * The next packet to send, or null. To be called until it answers null, after each other call.
   *
   * @return valid until the next call of this method
   */
  public @Nullable ByteBuffer poll(long now) {
    Tcb established = tcb;
    int peerTag = established == null ? 0 : established.peerTag;
    boolean checksum = established == null || !established.zeroChecksum;
    while (!control.isEmpty()) {
      out.begin(control.tag());
      Rest rest = control.drainTo(out, peerTag);
      checksum |= rest != Rest.DATA;
      if (!out.isEmpty()) {
        if (rest != Rest.NOTHING && established != null) {
          established.fill(out, state.sendsData(), now);
        }
        return out.finish(checksum);
      }
    }
    if (established == null) {
      return null;
    }
    out.begin(peerTag);
    established.fill(out, state.sendsData(), now);
    return out.isEmpty() ? null : out.finish(checksum);
  }

  /**
   * Passes on whole messages that wait for earlier ones, which will not come any more. The
   * association is of no use afterwards.
   */
  public void deliverHeld() {
    Tcb established = tcb;
    if (established != null) {
      established.receiver.deliverHeld();
    }
  }

  /** When {@link #onTimeout} is to be called; {@link Long#MAX_VALUE}: not at all. */
  public long deadlineNanos() {
    Tcb established = tcb;
    long deadline = established == null ? Timer.NONE : established.deadline();
    return shutdown.earlier(setup.timer().earlier(deadline));
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long now) {
    channels.at(now);
    if (setup.timer().take(now)) {
      setup.onTimeout(now);
    }
    shutdown.onTimeout(tcb, now);
    Tcb established = tcb;
    if (established != null && !established.onTimeout(now)) {
      end(
          SctpCloseReason.PEER_LOST,
          "the peer has not answered " + options.maxRetransmits + " times");
    }
    established = tcb;
    if (established != null) {
      shutdown.progress(established, now);
    }
    tellWritable();
  }

  /**
   * Opens a channel. It can be used at once, even before the association is set up: what is sent
   * waits.
   *
   * @return its number
   * @throws IllegalStateException if the association is over or too many channels are open
   */
  public int open(DataChannelConfig config, long now) {
    if (!mayUse()) {
      throw new IllegalStateException("the association is closed: make a new one");
    }
    return channels.open(config, now);
  }

  /**
   * Sends a message: the bytes from position to limit, which are copied; an empty one too.
   *
   * @return false if nothing was sent: the channel is not open, or the buffer is full ({@link
   *     SctpListener#writable} tells when to go on)
   * @throws IllegalArgumentException if the message is longer than allowed
   */
  public boolean send(int channel, ByteBuffer message, boolean binary, long now) {
    int length = message.remaining();
    if (length > options.maxMessageBytes) {
      throw new IllegalArgumentException(
          "message: " + length + " bytes (expected: at most " + options.maxMessageBytes + ")");
    }
    if (!mayUse() || !channels.isOpen(channel)) {
      return false;
    }
    if (isFull(length)) {
      queue.purge(now);
      if (isFull(length)) {
        refused = true;
        return false;
      }
    }
    channels.send(channel, message, binary, now);
    return true;
  }

  private boolean mayUse() {
    return state.settingUp() || state == State.ESTABLISHED;
  }

  private boolean isFull(int length) {
    return bufferedBytes() + length > options.sendBufferBytes || queue.messages() >= MOST_WAITING;
  }

  private void tellWritable() {
    boolean half =
        bufferedBytes() <= options.sendBufferBytes / 2 && queue.messages() <= MOST_WAITING / 2;
    if (refused && half && state != State.GONE) {
      refused = false;
      listener.writable();
    }
  }

  /** Bytes of messages that are accepted and neither acknowledged by the peer nor given up. */
  public long bufferedBytes() {
    Tcb established = tcb;
    return queue.bytes() + (established == null ? 0L : established.sender.unacknowledged());
  }

  /** Whether the handshake is done and the end has not begun. */
  public boolean isEstablished() {
    return state == State.ESTABLISHED;
  }

  /** Closes a channel in both directions, after what was sent on it. */
  public void closeChannel(int channel) {
    channels.close(channel);
  }

  /** Ends the association in good order: what was accepted is delivered first. */
  public void close(long now) {
    Tcb established = tcb;
    if (state.settingUp()) {
      end(SctpCloseReason.SHUTDOWN, "closed before it was set up");
    } else if (state == State.ESTABLISHED && established != null) {
      shutdown.begin(established, now);
    }
  }

  /** Ends the association at once; one more packet tells the peer. */
  public void abort(String why) {
    if (state != State.GONE) {
      abort(why, SctpCloseReason.ABORTED);
    }
  }

  void abort(String why, SctpCloseReason reason) {
    Tcb established = tcb;
    int peerTag = established == null ? setup.peerTag() : established.peerTag;
    control.clear();
    if (peerTag != 0) {
      control.addChecked(peerTag, Chunks.userAbort(why));
    }
    end(reason, why);
  }

  State state() {
    return state;
  }

  @Nullable Tcb tcb() {
    return tcb;
  }

  void enter(State next) {
    state = next;
  }

  /** Everything of the last association is void (RFC 9260 section 5.2.4.1). */
  void beforeRestart() {
    queue.clear();
    shutdown.stop();
    channels.onRestart();
  }

  void established(InitChunk peer, int localTag, int localTsn, long now) {
    if (state == State.GONE) {
      return;
    }
    tcb = new Tcb(options, peer, localTag, localTsn, queue, channels, random, now);
    enter(State.ESTABLISHED);
    listener.connected();
  }

  /** The end, whatever the cause; what waits in the control queue is still sent. */
  void end(SctpCloseReason reason, String detail) {
    if (state == State.GONE) {
      return;
    }
    enter(State.GONE);
    tcb = null;
    queue.clear();
    setup.stop();
    shutdown.stop();
    channels.silence();
    listener.closed(reason, detail);
  }
}
