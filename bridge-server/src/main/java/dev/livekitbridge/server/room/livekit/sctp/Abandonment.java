package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.SentChunk.State;
import java.nio.ByteBuffer;

/** Giving up messages, and telling the peer to skip them (RFC 3758 sections 3.2 and 3.5). */
final class Abandonment {
  private static final int MOST_STREAMS = 64;

  private final Flight flight;
  private final SendQueue queue;
  private final boolean supported;
  private final int[] streams = new int[MOST_STREAMS];
  private final int[] ssns = new int[MOST_STREAMS];
  private int advanced;
  private boolean due;
  private long toldAt;

  Abandonment(Flight flight, SendQueue queue, boolean supported) {
    this.flight = flight;
    this.queue = queue;
    this.supported = supported;
    this.advanced = flight.cumulative();
  }

  /** Whether a lost chunk is not worth another transmission. */
  boolean isFutile(SentChunk chunk, long now) {
    OutMessage message = chunk.message;
    if (!supported || message == null || chunk.transmissions == 0) {
      return false;
    }
    return message.expired(now)
        || (message.maxRetransmits >= 0 && chunk.transmissions > message.maxRetransmits);
  }

  /** Whether the rest of a message that is partly sent came too late. */
  boolean isFutile(OutMessage message, long now) {
    return supported && message.cut > 0 && message.expired(now);
  }

  /** Gives up the message of this chunk, with all of its chunks. */
  void abandonAt(int tsn) {
    OutMessage message = flight.at(tsn).message;
    if (message == null) {
      return;
    }
    // The last one takes the place of what was never sent, so that the peer hears of an end even
    // where all that was sent has been acknowledged.
    if (queue.abandon(message)) {
      flight.add(message, message.cut, 0);
    }
    int first = tsn;
    while (first - 1 != flight.cumulative() && flight.at(first - 1).message == message) {
      first--;
    }
    for (int t = first; t != flight.next() && flight.at(t).message == message; t++) {
      flight.to(flight.at(t), State.ABANDONED);
    }
    advance();
  }

  /** Gives up a message whose rest waits in the queue. */
  void abandonRest(OutMessage message) {
    int last = flight.next() - 1;
    if (flight.size() > 0 && flight.at(last).message == message) {
      abandonAt(last);
    } else if (queue.abandon(message)) {
      flight.to(flight.add(message, message.cut, 0), State.ABANDONED);
      advance();
    }
  }

  /**
   * Moves the point up to which the peer may skip. It passes over what the peer holds in gap blocks
   * only where that could be given up as well: the peer may still drop it.
   */
  private void advance() {
    if (Serial.before(advanced, flight.cumulative())) {
      advanced = flight.cumulative();
    }
    for (int tsn = advanced + 1; tsn != flight.next(); tsn++) {
      SentChunk chunk = flight.at(tsn);
      OutMessage message = chunk.message;
      if (chunk.state == State.ABANDONED) {
        advanced = tsn;
        due = true;
      } else if (chunk.state != State.ACKED || message == null || !message.expendable()) {
        return;
      }
    }
  }

  /** After a SACK: what the peer still has not skipped is told again, once in a round trip. */
  void onSack(long now, long roundTrip) {
    advance();
    if (advanced == flight.cumulative()) {
      due = false;
    } else if (now - toldAt >= roundTrip) {
      due = true;
    }
  }

  /** T3 ran out: tell it again. */
  void onTimeout() {
    advance();
    due = advanced != flight.cumulative();
  }

  boolean due() {
    return due;
  }

  /** Writes a FORWARD TSN if one is due and it fits (section 3.2). */
  boolean write(PacketWriter out, long now) {
    int most = Math.min(MOST_STREAMS, (out.space() - 8) / 4);
    if (!due || most < 1) {
      return false;
    }
    int count = 0;
    int upTo = flight.cumulative();
    while (upTo != advanced) {
      SentChunk chunk = flight.at(upTo + 1);
      if (chunk.state == State.ABANDONED && !chunk.unordered) {
        int at = find(chunk.stream, count);
        if (at == most) {
          break;
        }
        streams[at] = chunk.stream;
        ssns[at] = chunk.ssn;
        count = Math.max(count, at + 1);
      }
      upTo++;
    }
    ByteBuffer bytes = out.beginChunk(Wire.FORWARD_TSN, 0);
    bytes.putInt(upTo);
    for (int i = 0; i < count; i++) {
      bytes.putShort((short) streams[i]).putShort((short) ssns[i]);
    }
    out.endChunk();
    due = false;
    toldAt = now;
    return true;
  }

  private int find(int stream, int count) {
    for (int i = 0; i < count; i++) {
      if (streams[i] == stream) {
        return i;
      }
    }
    return count;
  }
}
