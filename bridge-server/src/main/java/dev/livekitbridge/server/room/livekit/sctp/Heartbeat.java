package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** Asks a silent peer whether it is alive (RFC 9260 section 8.3). */
final class Heartbeat {
  private static final int INFO = 16;

  private final long intervalNanos;
  private final RetransmissionTimeout rto;
  private final RandomGenerator random;
  private final Timer timer = new Timer();
  private boolean asked;
  private boolean askNow;
  private long nonce;
  private long heardAt;

  Heartbeat(SctpOptions options, RetransmissionTimeout rto, RandomGenerator random, long now) {
    this.intervalNanos = options.heartbeatNanos;
    this.rto = rto;
    this.random = random;
    this.heardAt = now;
    timer.startAt(now + period());
  }

  private long period() {
    return intervalNanos + rto.nanos() / 2 + (long) (random.nextDouble() * rto.nanos());
  }

  Timer timer() {
    return timer;
  }

  void heard(long now) {
    heardAt = now;
  }

  /** Returns false if the peer has to be given up. */
  boolean onTimeout(long now) {
    if (now - heardAt < intervalNanos) {
      asked = false;
      timer.startAt(heardAt + period());
      return true;
    }
    boolean alive = !asked || rto.countError();
    if (asked) {
      rto.backOff();
    }
    asked = true;
    askNow = true;
    nonce = random.nextLong();
    timer.startAt(now + rto.nanos());
    return alive;
  }

  void write(PacketWriter out, long now) {
    if (!askNow || out.space() < Wire.CHUNK_HEADER + 4 + INFO) {
      return;
    }
    askNow = false;
    ByteBuffer bytes = out.beginChunk(Wire.HEARTBEAT, 0);
    bytes.putShort((short) Wire.P_HEARTBEAT_INFO).putShort((short) (4 + INFO));
    bytes.putLong(now).putLong(nonce);
    out.endChunk();
  }

  void onAck(PacketReader in, long now) {
    boolean ours =
        asked
            && in.length() == 4 + INFO
            && in.int32(12) == (int) (nonce >>> 32)
            && in.int32(16) == (int) nonce;
    if (ours) {
      asked = false;
      rto.measured(now - in.bytes().getLong(in.start() + 4));
      rto.peerIsAlive();
      timer.startAt(now + period());
    }
  }
}
