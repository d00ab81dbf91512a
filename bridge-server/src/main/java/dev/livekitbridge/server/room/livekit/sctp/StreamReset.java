package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * RE-CONFIG as data channels need it (RFC 6525, RFC 8831 section 6.7): we reset our streams, and
 * follow when the peer resets its own. One request of ours is under way at a time. Adding streams
 * and resetting the TSNs are denied.
 */
final class StreamReset {
  private static final int NOTHING_TO_DO = 0;
  private static final int PERFORMED = 1;
  private static final int DENIED = 2;
  private static final int BAD_SEQUENCE = 5;
  private static final int IN_PROGRESS = 6;

  private static final int MOST_STREAMS = 128;
  private static final int MOST_ANSWERS = 4;

  private final DataChannels channels;
  private final Receiver receiver;
  private final RetransmissionTimeout rto;
  private final boolean supported;
  private final Timer timer = new Timer();
  private final int[] answerTo = new int[MOST_ANSWERS];
  private final int[] answer = new int[MOST_ANSWERS];
  private int answers;

  private int nextRequest;
  private int @Nullable [] asked;
  private int askedLastTsn;
  private boolean askNow;

  private int expected;
  private int lastResult = NOTHING_TO_DO;
  private int @Nullable [] deferred;
  private int deferredLastTsn;

  StreamReset(
      DataChannels channels,
      Receiver receiver,
      RetransmissionTimeout rto,
      InitChunk peer,
      int localTsn) {
    this.channels = channels;
    this.receiver = receiver;
    this.rto = rto;
    this.supported = peer.reconfig();
    this.nextRequest = localTsn;
    this.expected = peer.initialTsn();
  }

  Timer timer() {
    return timer;
  }

  /** Writes what is due: answers, and a request for the channels that can be closed. */
  void write(PacketWriter out, int lastTsn, long now) {
    while (answers > 0 && out.space() >= 16) {
      answers--;
      ByteBuffer bytes = out.beginChunk(Wire.RE_CONFIG, 0);
      bytes.putShort((short) Wire.P_RECONFIG_RESPONSE).putShort((short) 12);
      bytes.putInt(answerTo[answers]).putInt(answer[answers]);
      out.endChunk();
    }
    if (asked == null) {
      begin(lastTsn);
    }
    int[] ids = asked;
    if (askNow && ids != null && out.space() >= 20 + Wire.padded(2 * ids.length)) {
      ByteBuffer bytes = out.beginChunk(Wire.RE_CONFIG, 0);
      bytes.putShort((short) Wire.P_OUTGOING_RESET).putShort((short) (16 + 2 * ids.length));
      bytes.putInt(nextRequest).putInt(expected - 1).putInt(askedLastTsn);
      for (int id : ids) {
        bytes.putShort((short) id);
      }
      out.endChunk();
      askNow = false;
      timer.startAt(now + rto.nanos());
    }
  }

  private void begin(int lastTsn) {
    int[] ids = channels.takeToReset(MOST_STREAMS);
    if (ids.length == 0) {
      return;
    }
    if (supported) {
      asked = ids;
      askedLastTsn = lastTsn;
      askNow = true;
    } else {
      channels.endWithoutReset(ids);
    }
  }

  /** The answer did not come. Returns false if the peer has to be given up. */
  boolean onTimeout() {
    askNow = asked != null;
    rto.backOff();
    return asked == null || rto.countError();
  }

  /** Reads a RE-CONFIG chunk; what is broken in it is ignored. */
  void onChunk(PacketReader in) {
    ByteBuffer bytes = in.bytes();
    int end = in.end();
    int at = in.start();
    for (int count = 0; count < 2 && end - at >= 4; count++) {
      int type = bytes.getShort(at) & 0xffff;
      int length = bytes.getShort(at + 2) & 0xffff;
      if (length < 8 || length > end - at) {
        return;
      }
      onParameter(bytes, type, at, at + length);
      at += Wire.padded(length);
    }
  }

  private void onParameter(ByteBuffer bytes, int type, int at, int end) {
    int sequence = bytes.getInt(at + 4);
    if (type == Wire.P_RECONFIG_RESPONSE) {
      if (end - at >= 12) {
        onResponse(sequence, bytes.getInt(at + 8));
      }
      return;
    }
    if (type < Wire.P_OUTGOING_RESET || type > Wire.P_ADD_INCOMING) {
      return;
    }
    if (sequence == expected - 1) {
      answer(sequence, lastResult);
    } else if (Serial.before(expected, sequence)) {
      // pion has several requests under way: it sends this one again, after the one we miss.
      return;
    } else if (sequence != expected) {
      answer(sequence, BAD_SEQUENCE);
    } else if (type == Wire.P_OUTGOING_RESET) {
      if (end - at >= 16) {
        onOutgoingReset(bytes, sequence, bytes.getInt(at + 12), at + 16, end);
      }
    } else if (type == Wire.P_INCOMING_RESET) {
      // Our own request, with this sequence number in it, is the answer (section 5.2.3).
      for (int id = at + 8; end - id >= 2; id += 2) {
        channels.close(bytes.getShort(id) & 0xffff);
      }
      finish(NOTHING_TO_DO);
    } else {
      finish(DENIED);
      answer(sequence, DENIED);
    }
  }

  private void onOutgoingReset(ByteBuffer bytes, int sequence, int lastTsn, int from, int end) {
    int count = Math.min((end - from) / 2, MOST_STREAMS * 8);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = bytes.getShort(from + 2 * i) & 0xffff;
    }
    deferred = ids;
    deferredLastTsn = lastTsn;
    if (Serial.before(receiver.cumulative(), lastTsn)) {
      answer(sequence, IN_PROGRESS);
    } else {
      onReceived();
    }
  }

  /** The cumulative TSN may have reached the last one before the peer's reset. */
  void onReceived() {
    int[] ids = deferred;
    if (ids == null || Serial.before(receiver.cumulative(), deferredLastTsn)) {
      return;
    }
    deferred = null;
    answer(expected, PERFORMED);
    finish(PERFORMED);
    if (ids.length == 0) {
      receiver.resetStreams();
      channels.onIncomingResetOfAll();
    }
    for (int id : ids) {
      receiver.resetStream(id);
      channels.onIncomingReset(id);
    }
  }

  private void finish(int result) {
    expected++;
    lastResult = result;
  }

  private void onResponse(int sequence, int result) {
    int[] ids = asked;
    if (ids == null || sequence != nextRequest) {
      return;
    }
    rto.peerIsAlive();
    if (result == IN_PROGRESS) {
      // The timer asks again (section 5.2.7).
      return;
    }
    // Denied or in error: the channel is over all the same, and asking again would change nothing.
    asked = null;
    askNow = false;
    timer.stop();
    nextRequest++;
    channels.onOutgoingReset(ids);
  }

  private void answer(int sequence, int result) {
    if (answers < MOST_ANSWERS) {
      answerTo[answers] = sequence;
      answer[answers] = result;
      answers++;
    }
  }
}
