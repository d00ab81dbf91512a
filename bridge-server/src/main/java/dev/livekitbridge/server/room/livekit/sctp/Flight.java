package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.SentChunk.State;

/** The chunks from the first that is not cumulatively acknowledged to the last that was sent. */
final class Flight {
  private SentChunk[] ring = new SentChunk[16];
  private int cumulative;
  private int next;
  private int inFlight;
  private int lost;
  private int acked;
  private int held;

  Flight(int initialTsn) {
    this.next = initialTsn;
    this.cumulative = initialTsn - 1;
    fill(ring, 0);
  }

  /** The highest TSN that the peer has acknowledged with all before it. */
  int cumulative() {
    return cumulative;
  }

  /** The next TSN to be given. */
  int next() {
    return next;
  }

  int size() {
    return next - cumulative - 1;
  }

  /** Payload bytes that are on their way. */
  int inFlight() {
    return inFlight;
  }

  /** Payload bytes not yet acknowledged for good. */
  int held() {
    return held;
  }

  boolean anyLost() {
    return lost > 0;
  }

  boolean anyAcked() {
    return acked > 0;
  }

  SentChunk at(int tsn) {
    return ring[tsn & (ring.length - 1)];
  }

  /** Takes a slot for the next TSN, not yet in flight. */
  SentChunk add(OutMessage message, int offset, int length) {
    if (size() == ring.length) {
      grow();
    }
    SentChunk chunk = at(next++);
    chunk.message = message;
    chunk.stream = message.stream.id;
    chunk.ssn = message.ssn;
    chunk.unordered = message.unordered;
    chunk.offset = offset;
    chunk.length = length;
    chunk.transmissions = 0;
    chunk.misses = 0;
    chunk.state = State.LOST;
    lost++;
    held += length;
    return chunk;
  }

  /** The one door for the state of a chunk: keeps the sums. */
  void to(SentChunk chunk, State state) {
    count(chunk, -1);
    chunk.state = state;
    count(chunk, 1);
    if (state == State.ABANDONED) {
      chunk.message = null;
    }
  }

  private void count(SentChunk chunk, int sign) {
    switch (chunk.state) {
      case IN_FLIGHT -> inFlight += sign * chunk.length;
      case LOST -> lost += sign;
      case ACKED -> acked += sign;
      case ABANDONED -> {
        held += sign < 0 ? chunk.length : -chunk.length;
        return;
      }
    }
  }

  /** Lets go of the first chunk. */
  void release() {
    cumulative++;
    SentChunk chunk = at(cumulative);
    count(chunk, -1);
    held -= chunk.length;
    chunk.message = null;
  }

  private void grow() {
    SentChunk[] more = new SentChunk[2 * ring.length];
    for (int tsn = cumulative + 1; tsn != next; tsn++) {
      more[tsn & (more.length - 1)] = at(tsn);
    }
    fill(more, 0);
    ring = more;
  }

  private static void fill(SentChunk[] ring, int from) {
    for (int i = from; i < ring.length; i++) {
      if (ring[i] == null) {
        ring[i] = new SentChunk();
      }
    }
  }
}
