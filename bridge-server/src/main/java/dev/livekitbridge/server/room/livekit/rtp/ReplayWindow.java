package dev.livekitbridge.server.room.livekit.rtp;

/**
 * Packet indices of one source: guesses the whole index from its low bits and refuses what was
 * received before (RFC 3711 §3.3.1 and §3.3.2).
 */
final class ReplayWindow {
  private static final int WORDS = 16;

  /** Packets older than this count as received: over 20 s of audio. */
  static final int SIZE = WORDS * 64;

  private final long[] seen = new long[WORDS];
  private long highest = -1;

  /** The 48-bit index that a sequence number most likely stands for. */
  long guess(int sequence) {
    if (highest < 0) {
      return sequence;
    }
    long index = (highest & ~0xFFFFL) | sequence;
    if (index - highest > 0x8000) {
      return index >= 0x10000 ? index - 0x10000 : index;
    }
    return highest - index > 0x8000 ? index + 0x10000 : index;
  }

  boolean isFresh(long index) {
    return index > highest
        || (highest - index < SIZE && (seen[word(index)] & 1L << (index & 63)) == 0);
  }

  /** The packet was authentic. */
  void accept(long index) {
    if (index > highest) {
      long from = Math.max(highest + 1, index - SIZE + 1);
      for (long skipped = from; skipped <= index; skipped++) {
        seen[word(skipped)] &= ~(1L << (skipped & 63));
      }
      highest = index;
    }
    seen[word(index)] |= 1L << (index & 63);
  }

  private static int word(long index) {
    return (int) (index >>> 6) & (WORDS - 1);
  }
}
