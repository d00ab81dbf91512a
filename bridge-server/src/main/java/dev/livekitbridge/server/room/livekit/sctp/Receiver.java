package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes DATA chunks and passes whole messages on (RFC 9260 sections 6.2, 6.5 to 6.7, 6.9; RFC 3758
 * section 3.6).
 *
 * <p>What comes in the order of TSNs is passed on without a copy. What comes beyond a gap is held
 * in a ring, within the window; whole messages among it are passed on if no message of their stream
 * is missing. Up to the cumulative TSN nothing can wait but one incomplete message, so that memory
 * is bounded by the window and the longest message, whatever the peer sends.
 */
final class Receiver {
  /** How far beyond the cumulative TSN we take chunks. */
  private static final int MOST_AHEAD = 8192;

  /** Takes whole messages; the bytes are those from start to end of the buffer. */
  interface Sink {
    void deliver(int stream, int ppid, ByteBuffer bytes, int start, int end);
  }

  private final Sink sink;
  private final int windowBytes;
  private final int maxMessageBytes;
  private final OpenMessage open;
  private final Acknowledger acknowledger;
  private @Nullable Held[] ring = new @Nullable Held[16];
  private int cumulative;
  private int highest;
  private int heldBytes;
  private int heldChunks;
  private int[] nextSsn = new int[4];

  Receiver(SctpOptions options, int initialTsn, Sink sink, Acknowledger acknowledger) {
    this.sink = sink;
    this.windowBytes = options.receiveWindowBytes;
    this.maxMessageBytes = options.maxMessageBytes;
    this.open = new OpenMessage(options.maxMessageBytes);
    this.acknowledger = acknowledger;
    this.cumulative = initialTsn - 1;
    this.highest = cumulative;
  }

  int cumulative() {
    return cumulative;
  }

  /** The window to advertise. */
  int window() {
    return Math.max(0, windowBytes - heldMemory());
  }

  /** Bytes that we hold, with what they cost beyond themselves. */
  int heldMemory() {
    return heldBytes + open.length();
  }

  boolean hasGaps() {
    return highest != cumulative;
  }

  /** One DATA chunk with at least a byte of payload. Returns false if a message gets too long. */
  boolean onData(ByteBuffer bytes, int start, int end, int flags) {
    int tsn = bytes.getInt(start);
    acknowledger.data(end - start);
    if ((flags & Wire.IMMEDIATE) != 0 || hasGaps()) {
      acknowledger.atOnce();
    }
    int ahead = tsn - cumulative;
    if (ahead <= 0) {
      acknowledger.duplicate(tsn);
      return true;
    }
    int stream = bytes.getShort(start + 4) & 0xffff;
    int ssn = bytes.getShort(start + 6) & 0xffff;
    int ppid = bytes.getInt(start + 8);
    int payload = start + 12;
    if (ahead == 1) {
      cumulative = tsn;
      highest = Serial.before(highest, tsn) ? tsn : highest;
      return consume(bytes, payload, end, flags, stream, ssn, ppid) && drain();
    }
    acknowledger.atOnce();
    if (ahead > MOST_AHEAD) {
      return true;
    }
    if (!Serial.before(highest, tsn) && slot(tsn) != null) {
      acknowledger.duplicate(tsn);
      return true;
    }
    boolean whole = (flags & (Wire.BEGIN | Wire.END)) == (Wire.BEGIN | Wire.END);
    boolean unordered = (flags & Wire.UNORDERED) != 0;
    if (whole && (unordered || ssn == nextSsn(stream))) {
      put(tsn, Held.DELIVERED);
      deliver(stream, ssn, unordered, ppid, bytes, payload, end);
    } else if (heldBytes + (end - payload) + Held.OVERHEAD <= windowBytes) {
      byte[] copy = new byte[end - payload];
      bytes.get(payload, copy);
      Held held = new Held(copy, flags, stream, ssn, ppid);
      put(tsn, held);
      heldBytes += held.cost();
      heldChunks++;
    } else {
      return true;
    }
    sweep();
    return true;
  }

  /** The peer gave up what is missing up to this TSN. Returns false if a message gets too long. */
  boolean onForwardTsn(ByteBuffer bytes, int start, int end) {
    acknowledger.atOnce();
    int target = bytes.getInt(start);
    boolean ok = true;
    while (Serial.before(cumulative, target) && hasGaps()) {
      ok &= step();
    }
    if (Serial.before(cumulative, target)) {
      cumulative = target;
      highest = target;
      open.drop();
    }
    for (int at = start + 4; end - at >= 4; at += 4) {
      int stream = bytes.getShort(at) & 0xffff;
      int ssn = bytes.getShort(at + 2) & 0xffff;
      if (!Serial.before16(ssn, nextSsn(stream))) {
        setNextSsn(stream, ssn + 1);
      }
    }
    return drain() && ok;
  }

  /** What is missing will not come: passes on the whole messages beyond it, in their order. */
  void deliverHeld() {
    while (hasGaps()) {
      step();
    }
  }

  /** The peer begins again with stream sequence number 0. */
  void resetStream(int stream) {
    if (stream < nextSsn.length) {
      nextSsn[stream] = 0;
    }
  }

  void resetStreams() {
    Arrays.fill(nextSsn, 0);
  }

  /** Writes the gap blocks, at most so many; returns how many. */
  int writeGaps(ByteBuffer out, int most) {
    int blocks = 0;
    int tsn = cumulative + 1;
    while (blocks < most && !Serial.before(highest, tsn)) {
      while (slot(tsn) == null) {
        tsn++;
      }
      int first = tsn;
      while (!Serial.before(highest, tsn) && slot(tsn) != null) {
        tsn++;
      }
      out.putShort((short) (first - cumulative)).putShort((short) (tsn - 1 - cumulative));
      blocks++;
    }
    return blocks;
  }

  /** What follows the cumulative TSN without a gap. */
  private boolean drain() {
    boolean ok = true;
    while (hasGaps() && slot(cumulative + 1) != null) {
      ok &= step();
    }
    sweep();
    return ok;
  }

  /** One TSN up, whether its chunk is here or was given up. */
  private boolean step() {
    cumulative++;
    Held held = slot(cumulative);
    if (held == null) {
      open.drop();
      return true;
    }
    release(cumulative, held);
    if (held == Held.DELIVERED) {
      open.drop();
      return true;
    }
    return consume(
        ByteBuffer.wrap(held.data),
        0,
        held.data.length,
        held.flags,
        held.stream,
        held.ssn,
        held.ppid);
  }

  /**
   * The chunk at the cumulative TSN. Here the TSNs say what comes next, not the stream sequence
   * numbers: nothing earlier can follow any more.
   */
  private boolean consume(
      ByteBuffer bytes, int start, int end, int flags, int stream, int ssn, int ppid) {
    boolean unordered = (flags & Wire.UNORDERED) != 0;
    if ((flags & Wire.BEGIN) != 0) {
      if ((flags & Wire.END) != 0) {
        open.drop();
        if (end - start > maxMessageBytes) {
          return false;
        }
        deliver(stream, ssn, unordered, ppid, bytes, start, end);
        return true;
      }
      open.begin(stream, ssn, unordered);
    } else if (!open.isContinuedBy(stream, ssn, unordered)) {
      // Its beginning was given up by the peer.
      open.drop();
      return true;
    }
    if (!open.append(bytes, start, end)) {
      return false;
    }
    if ((flags & Wire.END) != 0) {
      deliver(stream, ssn, unordered, ppid, open.whole(), 0, open.length());
      open.drop();
    }
    return true;
  }

  private void deliver(
      int stream, int ssn, boolean unordered, int ppid, ByteBuffer bytes, int start, int end) {
    if (!unordered) {
      setNextSsn(stream, ssn + 1);
    }
    sink.deliver(stream, ppid, bytes, start, end);
  }

  /** Passes on whole messages beyond a gap, where none of their stream is missing. */
  private void sweep() {
    int tsn = cumulative + 1;
    while (heldChunks > 0 && !Serial.before(highest, tsn)) {
      Held first = slot(tsn);
      if (first == null || first == Held.DELIVERED || !first.begins()) {
        tsn++;
        continue;
      }
      int last = endOf(first, tsn);
      boolean turn = first.unordered() || first.ssn == nextSsn(first.stream);
      if (last != tsn - 1 && turn) {
        deliverHeld(first, tsn, last);
      }
      tsn = last == tsn - 1 ? tsn + 1 : last + 1;
    }
  }

  /**
   * The TSN of the last chunk of the message that begins here; one before it if not all is here.
   */
  private int endOf(Held first, int begin) {
    int total = 0;
    for (int tsn = begin; !Serial.before(highest, tsn); tsn++) {
      Held held = slot(tsn);
      if (held == null || held == Held.DELIVERED || !held.isOfSameMessage(first)) {
        break;
      }
      if (tsn != begin && held.begins()) {
        break;
      }
      total += held.data.length;
      if (total > maxMessageBytes) {
        break;
      }
      if (held.ends()) {
        return tsn;
      }
    }
    return begin - 1;
  }

  private void deliverHeld(Held first, int begin, int last) {
    int total = 0;
    for (int tsn = begin; tsn != last + 1; tsn++) {
      Held held = slot(tsn);
      total += held == null ? 0 : held.data.length;
    }
    ByteBuffer whole = ByteBuffer.allocate(total);
    for (int tsn = begin; tsn != last + 1; tsn++) {
      Held held = slot(tsn);
      if (held != null) {
        whole.put(held.data);
        release(tsn, held);
        put(tsn, Held.DELIVERED);
      }
    }
    deliver(first.stream, first.ssn, first.unordered(), first.ppid, whole, 0, total);
  }

  private @Nullable Held slot(int tsn) {
    return ring[tsn & (ring.length - 1)];
  }

  private void put(int tsn, Held held) {
    int ahead = tsn - cumulative;
    while (ahead >= ring.length) {
      @Nullable Held[] more = new @Nullable Held[2 * ring.length];
      for (int t = cumulative + 1; !Serial.before(highest, t); t++) {
        more[t & (more.length - 1)] = slot(t);
      }
      ring = more;
    }
    ring[tsn & (ring.length - 1)] = held;
    highest = Serial.before(highest, tsn) ? tsn : highest;
  }

  private void release(int tsn, Held held) {
    ring[tsn & (ring.length - 1)] = null;
    if (held != Held.DELIVERED) {
      heldBytes -= held.cost();
      heldChunks--;
    }
  }

  private int nextSsn(int stream) {
    return stream < nextSsn.length ? nextSsn[stream] : 0;
  }

  private void setNextSsn(int stream, int ssn) {
    if (stream >= nextSsn.length) {
      nextSsn = Arrays.copyOf(nextSsn, Math.max(stream + 1, 2 * nextSsn.length));
    }
    nextSsn[stream] = ssn & 0xffff;
  }
}
