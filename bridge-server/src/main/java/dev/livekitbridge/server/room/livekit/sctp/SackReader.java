package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.SentChunk.State;

/** Applies a SACK to what is in flight (RFC 9260 sections 3.3.4 and 6.2.1). */
final class SackReader {
  private static final int FIXED = 12;

  private final Flight flight;

  /** Payload bytes that this SACK acknowledged first. */
  int ackedBytes;

  /** Whether the cumulative TSN went up. */
  boolean advanced;

  /** The latest transmission that it acknowledged first; -1 if none. */
  long newestOrder;

  /** The highest TSN that it acknowledged. */
  int highest;

  /** The receiver window that it states, unsigned. */
  long window;

  /** Round trip of the chunk that is timed, or -1. */
  long roundTrip;

  private boolean timing;
  private int timedTsn;

  SackReader(Flight flight) {
    this.flight = flight;
  }

  /** A new chunk is sent: time it, unless another one is timed (section 6.3.1 rule C4). */
  void time(int tsn) {
    if (!timing) {
      timing = true;
      timedTsn = tsn;
    }
  }

  /** A chunk is sent again: its acknowledgement would be ambiguous (rule C5). */
  void doNotTime(int tsn) {
    timing &= tsn != timedTsn;
  }

  /** Returns false if this is no SACK for us: malformed, older than the last, or from nowhere. */
  boolean read(PacketReader in, long now) {
    if (in.length() < FIXED) {
      return false;
    }
    int cumulative = in.int32(0);
    int blocks = in.int32(8) >>> 16;
    if (in.length() < FIXED + 4 * blocks
        || Serial.before(cumulative, flight.cumulative())
        || !Serial.before(cumulative, flight.next())) {
      return false;
    }
    ackedBytes = 0;
    newestOrder = -1;
    roundTrip = -1;
    window = in.int32(4) & 0xffffffffL;
    highest = cumulative;
    advanced = cumulative != flight.cumulative();
    readCumulative(cumulative, now);
    if (blocks > 0 || flight.anyAcked()) {
      readBlocks(in, blocks, now);
    }
    return true;
  }

  /** A SHUTDOWN acknowledges too (section 9.2). */
  boolean readShutdown(int cumulative, long now) {
    if (Serial.before(cumulative, flight.cumulative())
        || !Serial.before(cumulative, flight.next())) {
      return false;
    }
    readCumulative(cumulative, now);
    return true;
  }

  private void readCumulative(int cumulative, long now) {
    while (flight.cumulative() != cumulative) {
      int tsn = flight.cumulative() + 1;
      acknowledge(flight.at(tsn), tsn, now);
      flight.release();
    }
  }

  private void readBlocks(PacketReader in, int blocks, long now) {
    int cumulative = flight.cumulative();
    int tsn = cumulative + 1;
    for (int i = 0; i < blocks; i++) {
      int block = in.int32(FIXED + 4 * i);
      int start = cumulative + (block >>> 16);
      int end = cumulative + (block & 0xffff);
      boolean gapBefore = Serial.before(tsn, start);
      if (!gapBefore || Serial.before(end, start) || !Serial.before(end, flight.next())) {
        break;
      }
      for (; tsn != start; tsn++) {
        dropped(flight.at(tsn));
      }
      for (; tsn != end + 1; tsn++) {
        SentChunk chunk = flight.at(tsn);
        acknowledge(chunk, tsn, now);
        if (chunk.state != State.ACKED && chunk.state != State.ABANDONED) {
          flight.to(chunk, State.ACKED);
        }
      }
      highest = end;
    }
    for (; flight.anyAcked() && tsn != flight.next(); tsn++) {
      dropped(flight.at(tsn));
    }
  }

  private void acknowledge(SentChunk chunk, int tsn, long now) {
    if (chunk.state != State.IN_FLIGHT && chunk.state != State.LOST) {
      return;
    }
    ackedBytes += chunk.length;
    newestOrder = Math.max(newestOrder, chunk.order);
    if (timing && tsn == timedTsn) {
      timing = false;
      roundTrip = now - chunk.sentAt;
    }
  }

  /** The peer dropped what it had acknowledged in a gap block before. */
  private void dropped(SentChunk chunk) {
    if (chunk.state == State.ACKED) {
      flight.to(chunk, State.IN_FLIGHT);
      chunk.misses = 0;
    }
  }
}
