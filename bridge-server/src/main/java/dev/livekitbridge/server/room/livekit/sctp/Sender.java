package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.SentChunk.State;
import java.nio.ByteBuffer;

/** Sends DATA, and again what was lost (RFC 9260 sections 6.1, 6.3 and 7.2). */
final class Sender {
  /** Chunks in flight at most: pion's receiver takes TSNs up to 2,000 ahead. */
  private static final int MOST_CHUNKS = 1990;

  private static final int MISSES_TO_LOSE = 3;

  private final SendQueue queue;
  private final RetransmissionTimeout rto;
  private final Flight flight;
  private final SackReader sack;
  private final CongestionWindow congestion;
  private final Abandonment abandonment;
  private final Timer t3 = new Timer();
  private final int fullChunk;
  private long peerWindow;
  private long order;
  private long lastSent;
  private int lostFrom;
  private boolean burst;

  Sender(
      SctpOptions options,
      InitChunk peer,
      int initialTsn,
      SendQueue queue,
      RetransmissionTimeout rto,
      long now) {
    this.queue = queue;
    this.rto = rto;
    this.fullChunk = (options.mtu - Wire.COMMON_HEADER - Wire.DATA_HEADER) & ~3;
    this.flight = new Flight(initialTsn);
    this.sack = new SackReader(flight);
    this.peerWindow = peer.window() & 0xffffffffL;
    this.congestion =
        new CongestionWindow(fullChunk, (int) Math.min(peerWindow, Integer.MAX_VALUE));
    this.abandonment = new Abandonment(flight, queue, peer.forwardTsn());
    this.lostFrom = initialTsn;
    this.lastSent = now;
  }

  int unacknowledged() {
    return flight.held();
  }

  /** Everything was sent and acknowledged. */
  boolean isDone() {
    return queue.isEmpty() && flight.size() == 0;
  }

  int lastAssignedTsn() {
    return flight.next() - 1;
  }

  int congestionWindow() {
    return congestion.bytes();
  }

  Timer timer() {
    return t3;
  }

  boolean wantsToSend() {
    if (abandonment.due() || (flight.anyLost() && mayResend())) {
      return true;
    }
    return !queue.isEmpty() && !flight.anyLost() && mayCut();
  }

  private boolean mayResend() {
    return burst || flight.inFlight() < congestion.bytes();
  }

  private boolean mayCut() {
    return flight.size() < MOST_CHUNKS && congestion.hasRoom(flight.inFlight());
  }

  /** Adds FORWARD TSN and DATA chunks to the packet. */
  void fill(PacketWriter out, long now) {
    boolean sent = abandonment.write(out, now);
    if (flight.anyLost()) {
      sent |= resend(out, now);
    }
    if (!flight.anyLost()) {
      sent |= sendNew(out, now);
      // What was given up meanwhile has to be told.
      sent |= abandonment.write(out, now);
    }
    if (sent && !t3.running()) {
      t3.startAt(now + rto.nanos());
    }
  }

  private boolean resend(PacketWriter out, long now) {
    boolean sent = false;
    int tsn = Serial.before(lostFrom, flight.cumulative() + 1) ? flight.cumulative() + 1 : lostFrom;
    for (; tsn != flight.next(); tsn++) {
      SentChunk chunk = flight.at(tsn);
      if (chunk.state != State.LOST) {
        continue;
      }
      if (abandonment.isFutile(chunk, now)) {
        abandonment.abandonAt(tsn);
        continue;
      }
      if (!mayResend() || !windowTakes(chunk.length) || !fits(chunk.length, out)) {
        break;
      }
      sack.doNotTime(tsn);
      write(out, tsn, chunk, now);
      sent = true;
      if (tsn == flight.cumulative() + 1) {
        t3.startAt(now + rto.nanos());
      }
    }
    lostFrom = tsn;
    burst &= !sent;
    return sent;
  }

  private boolean sendNew(PacketWriter out, long now) {
    boolean sent = false;
    while (mayCut()) {
      OutMessage message = queue.next(now);
      if (message == null) {
        break;
      }
      if (abandonment.isFutile(message, now)) {
        abandonment.abandonRest(message);
        continue;
      }
      int left = message.data.length - message.cut;
      int length = left;
      if (!fits(left, out)) {
        int room = (out.space() - Wire.DATA_HEADER) & ~3;
        // A short first piece is worth less than a packet of its own.
        if (!out.isEmpty() && (left <= fullChunk || room < fullChunk / 2)) {
          break;
        }
        length = Math.min(left, room);
      }
      if (!windowTakes(length)) {
        break;
      }
      if (flight.size() == 0) {
        congestion.idleFor((now - lastSent) / rto.nanos());
      }
      int offset = message.cut;
      queue.cut(message, length);
      int tsn = flight.next();
      SentChunk chunk = flight.add(message, offset, length);
      sack.time(tsn);
      write(out, tsn, chunk, now);
      sent = true;
    }
    return sent;
  }

  private static boolean fits(int length, PacketWriter out) {
    return Wire.DATA_HEADER + Wire.padded(length) <= out.space();
  }

  /** One chunk may always be in flight, so that a closed window is probed (section 6.1 rule A). */
  private boolean windowTakes(int length) {
    return flight.inFlight() == 0 || flight.inFlight() + length <= peerWindow;
  }

  private void write(PacketWriter out, int tsn, SentChunk chunk, long now) {
    OutMessage message = chunk.message;
    if (message == null) {
      return;
    }
    int flags = chunk.unordered ? Wire.UNORDERED : 0;
    flags |= chunk.offset == 0 ? Wire.BEGIN : 0;
    flags |= chunk.offset + chunk.length == message.data.length ? Wire.END : 0;
    ByteBuffer bytes = out.beginChunk(Wire.DATA, flags);
    bytes.putInt(tsn).putShort((short) chunk.stream).putShort((short) chunk.ssn);
    bytes.putInt(message.ppid).put(message.data, chunk.offset, chunk.length);
    out.endChunk();
    chunk.transmissions++;
    chunk.order = order++;
    chunk.sentAt = now;
    chunk.misses = 0;
    flight.to(chunk, State.IN_FLIGHT);
    congestion.sent();
    lastSent = now;
  }

  void onSack(PacketReader in, long now) {
    int inFlightBefore = flight.inFlight();
    if (!sack.read(in, now)) {
      return;
    }
    peerWindow = sack.window;
    if (sack.roundTrip >= 0) {
      rto.measured(sack.roundTrip);
    }
    // A peer that answers our probes of its closed window is alive (section 6.1 rule A).
    if (sack.newestOrder >= 0 || sack.advanced || peerWindow == 0) {
      rto.peerIsAlive();
    }
    if (sack.highest != flight.cumulative()) {
      countMisses(now);
    }
    congestion.acked(sack.ackedBytes, sack.advanced, inFlightBefore, flight.inFlight());
    congestion.cumulative(flight.cumulative());
    congestion.allowBurst(flight.inFlight());
    abandonment.onSack(now, rto.roundTripNanos());
    afterAcknowledgement(sack.advanced, now);
  }

  void onShutdown(int cumulative, long now) {
    int before = flight.cumulative();
    if (sack.readShutdown(cumulative, now)) {
      afterAcknowledgement(before != flight.cumulative(), now);
    }
  }

  private void afterAcknowledgement(boolean advanced, long now) {
    if (flight.size() == 0) {
      t3.stop();
    } else if (advanced || !t3.running()) {
      t3.startAt(now + rto.nanos());
    }
  }

  /**
   * Fast retransmit (section 7.2.4). A SACK counts against a chunk if it acknowledges one that was
   * sent after that chunk's last transmission. For a first transmission this is the RFC's rule, by
   * TSN; a retransmission that was lost too is noticed likewise, where the RFC waits for T3.
   */
  private void countMisses(long now) {
    boolean allMissing = congestion.recovering() && sack.advanced;
    for (int tsn = flight.cumulative() + 1; Serial.before(tsn, sack.highest); tsn++) {
      SentChunk chunk = flight.at(tsn);
      if (chunk.state != State.IN_FLIGHT) {
        continue;
      }
      boolean missed = chunk.order < sack.newestOrder || (allMissing && chunk.transmissions == 1);
      if (missed && ++chunk.misses == MISSES_TO_LOSE) {
        burst |= !congestion.recovering();
        congestion.lost(flight.next() - 1);
        lose(tsn, chunk, now);
      }
    }
  }

  private void lose(int tsn, SentChunk chunk, long now) {
    flight.to(chunk, State.LOST);
    if (abandonment.isFutile(chunk, now)) {
      abandonment.abandonAt(tsn);
    } else if (Serial.before(tsn, lostFrom)) {
      lostFrom = tsn;
    }
  }

  /** T3 ran out (section 6.3.3). Returns false if the peer has to be given up. */
  boolean onTimeout(long now) {
    congestion.timedOut();
    rto.backOff();
    for (int tsn = flight.cumulative() + 1; tsn != flight.next(); tsn++) {
      SentChunk chunk = flight.at(tsn);
      if (chunk.state == State.IN_FLIGHT) {
        sack.doNotTime(tsn);
        lose(tsn, chunk, now);
      }
    }
    abandonment.onTimeout();
    congestion.allowBurst(flight.inFlight());
    burst = true;
    if (flight.size() > 0) {
      t3.startAt(now + rto.nanos());
    }
    return flight.size() == 0 || rto.countError();
  }
}
