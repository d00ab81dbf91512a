package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;

/**
 * When to send a SACK, and the SACK itself (RFC 9260 sections 6.2 and 3.3.4): at once for a gap or
 * a duplicate, else for every second packet or after a delay.
 *
 * <p>Where packets come apart from each other, as those of live sound do, every fourth is enough:
 * who sends so is not held up by its congestion window, and a SACK costs as much as the packets
 * that it acknowledges. Section 6.2 says SHOULD of every second one. Not while packets get lost:
 * then a sender has use for each word.
 */
final class Acknowledger {
  private static final int MOST_DUPLICATES = 16;
  private static final int MOST_BLOCKS = 256;
  private static final int FIXED = 16;

  /** Packets that come further apart than this come one by one. */
  private static final long APART_NANOS = 10_000_000L;

  /** What of them may go without a SACK: less than the first window of any sender, 4,380 bytes. */
  private static final int MOST_APART = 4;

  private static final int MOST_APART_BYTES = 3_000;

  /** So long after a gap or a duplicate every second packet is acknowledged. */
  private static final long WARY_NANOS = 2_000_000_000L;

  private final long delayNanos;
  private final Timer delay = new Timer();
  private final int[] duplicates = new int[MOST_DUPLICATES];
  private int duplicateCount;
  private int packets;
  private int packetBytes;
  private long lastPacketAt;
  private long waryUntil;
  // At first, too: a window is small then.
  private boolean wary = true;
  private boolean dataSeen;
  private boolean now;

  Acknowledger(long delayNanos) {
    this.delayNanos = delayNanos;
  }

  Timer timer() {
    return delay;
  }

  void data(int length) {
    dataSeen = true;
    packetBytes += length;
  }

  void duplicate(int tsn) {
    atOnce();
    if (duplicateCount < MOST_DUPLICATES) {
      duplicates[duplicateCount++] = tsn;
    }
  }

  void atOnce() {
    now = true;
    wary = true;
  }

  /** The delay is over. */
  void overdue() {
    now = true;
  }

  /** A packet has been read to its end. */
  void packetDone(long nanos) {
    if (!dataSeen) {
      return;
    }
    dataSeen = false;
    packets++;
    if (wary) {
      wary = false;
      waryUntil = nanos + WARY_NANOS;
    }
    boolean apart = nanos - lastPacketAt >= APART_NANOS && nanos - waryUntil >= 0;
    lastPacketAt = nanos;
    if (packets >= (apart ? MOST_APART : 2) || (packets > 1 && packetBytes > MOST_APART_BYTES)) {
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
    packetBytes = 0;
    now = false;
    delay.stop();
  }
}
