package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;

/**
 * When to send a SACK, and the SACK itself (RFC 9260 sections 6.2 and 3.3.4): at once for a gap or
 * a duplicate, else for every second packet or after a delay.
 */
final class Acknowledger {
  private static final int MOST_DUPLICATES = 16;
  private static final int MOST_BLOCKS = 256;
  private static final int FIXED = 16;

  private final long delayNanos;
  private final Timer delay = new Timer();
  private final int[] duplicates = new int[MOST_DUPLICATES];
  private int duplicateCount;
  private int packets;
  private boolean dataSeen;
  private boolean now;

  Acknowledger(long delayNanos) {
    this.delayNanos = delayNanos;
  }

  Timer timer() {
    return delay;
  }

  void data() {
    dataSeen = true;
  }

  void duplicate(int tsn) {
    now = true;
    if (duplicateCount < MOST_DUPLICATES) {
      duplicates[duplicateCount++] = tsn;
    }
  }

  void atOnce() {
    now = true;
  }

  /** A packet has been read to its end. */
  void packetDone(long nanos) {
    if (!dataSeen) {
      return;
    }
    dataSeen = false;
    packets++;
    if (packets >= 2) {
      now = true;
    } else if (!delay.running()) {
      delay.startAt(nanos + delayNanos);
    }
  }

  boolean due() {
    return now;
  }

  /** Something has to be acknowledged, be it now or later. */
  boolean pending() {
    return now || packets > 0;
  }

  /** Writes a SACK if it fits. */
  void write(PacketWriter out, Receiver receiver) {
    if (out.space() < FIXED) {
      return;
    }
    ByteBuffer bytes = out.beginChunk(Wire.SACK, 0);
    int chunk = bytes.position();
    bytes.putInt(receiver.cumulative()).putInt(receiver.window()).putInt(0);
    int words = bytes.remaining() / 4;
    int told = Math.min(duplicateCount, words);
    int blocks = receiver.writeGaps(bytes, Math.min(MOST_BLOCKS, words - told));
    for (int i = 0; i < told; i++) {
      bytes.putInt(duplicates[i]);
    }
    bytes.putShort(chunk + 8, (short) blocks).putShort(chunk + 10, (short) told);
    out.endChunk();
    duplicateCount = 0;
    packets = 0;
    now = false;
    delay.stop();
  }
}
