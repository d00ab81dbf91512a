package dev.livekitbridge.server.playback;

/**
 * Looks through the setup header of a Vorbis stream (Vorbis I, section 4.2.4) for tables that are
 * larger than any encoder makes: jorbis allocates whatever the numbers in there ask for, gigabytes
 * for a file of a hundred bytes.
 */
final class VorbisSetup {
  private static final int PACKET_HEAD = 7;
  private static final int CODEBOOK = 0x564342;

  /** Values in all codebooks together; libvorbis makes a tenth of that. */
  private static final long MOST_VALUES = 1 << 21;

  /** Of the longest block, in all channels. */
  private static final int MOST_RESIDUE = 1 << 17;

  private final byte[] packet;
  private long at = 8L * PACKET_HEAD;
  private int[] dimensions = new int[0];
  private int[] entries = new int[0];

  private VorbisSetup(byte[] packet) {
    this.packet = packet;
  }

  /** Whether a decoder can be given it. */
  static boolean harmless(byte[] packet) {
    VorbisSetup setup = new VorbisSetup(packet);
    return setup.codebooks() && setup.floors() && setup.residues() && !setup.over();
  }

  private boolean codebooks() {
    int count = read(8) + 1;
    dimensions = new int[count];
    entries = new int[count];
    long values = 0;
    for (int i = 0; i < count; i++) {
      if (read(24) != CODEBOOK) {
        return false;
      }
      dimensions[i] = read(16);
      entries[i] = read(24);
      values += (long) Math.max(1, dimensions[i]) * entries[i];
      if (values > MOST_VALUES || !lengths(entries[i]) || !values(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean lengths(int count) {
    if (read(1) != 0) {
      read(5);
      int have = 0;
      while (have < count && !over()) {
        have += read(32 - Integer.numberOfLeadingZeros(count - have));
      }
      return have == count;
    }
    boolean sparse = read(1) != 0;
    for (int i = 0; i < count && !over(); i++) {
      if (!sparse || read(1) != 0) {
        read(5);
      }
    }
    return !over();
  }

  private boolean values(int book) {
    int kind = read(4);
    if (kind == 0) {
      return true;
    }
    at += 64;
    int bits = read(4) + 1;
    read(1);
    long count =
        kind == 1 ? side(entries[book], dimensions[book]) : (long) entries[book] * dimensions[book];
    at += count * bits;
    return kind <= 2 && !over();
  }

  /** The most that, taken to the power of the dimensions, is within the entries. */
  private static long side(int entries, int dimensions) {
    long side = 0;
    while (power(side + 1, dimensions, entries) <= entries && side < entries) {
      side++;
    }
    return side;
  }

  /** A power, or something beyond the most that matters. */
  private static long power(long base, int exponent, long most) {
    long power = 1;
    for (int i = 0; i < exponent && power <= most && base > 1; i++) {
      power *= base;
    }
    return power;
  }

  private boolean floors() {
    int times = read(6) + 1;
    at += 16L * times;
    int count = read(6) + 1;
    for (int i = 0; i < count; i++) {
      int kind = read(16);
      if (kind == 0) {
        at += 8 + 16 + 16 + 6 + 8;
        at += 8L * (read(4) + 1);
      } else if (kind == 1) {
        floor();
      } else {
        return false;
      }
    }
    return !over();
  }

  private void floor() {
    int[] classes = new int[read(5)];
    int most = -1;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = read(4);
      most = Math.max(most, classes[i]);
    }
    int[] sizes = new int[most + 1];
    for (int i = 0; i <= most; i++) {
      sizes[i] = read(3) + 1;
      int subclasses = read(2);
      at += (subclasses > 0 ? 8 : 0) + (8L << subclasses);
    }
    read(2);
    int bits = read(4);
    for (int each : classes) {
      at += (long) sizes[each] * bits;
    }
  }

  private boolean residues() {
    int count = read(6) + 1;
    for (int i = 0; i < count; i++) {
      read(16);
      read(24);
      int end = read(24);
      read(24);
      int kinds = read(6) + 1;
      int book = read(8);
      if (end > MOST_RESIDUE
          || book >= entries.length
          || power(kinds, dimensions[book], entries[book]) > entries[book]) {
        return false;
      }
      long books = 0;
      for (int kind = 0; kind < kinds; kind++) {
        int low = read(3);
        int high = read(1) != 0 ? read(5) : 0;
        books += Integer.bitCount(high << 3 | low);
      }
      at += 8 * books;
    }
    return true;
  }

  /** The next bits, lowest first; zeros beyond the end. */
  private int read(int bits) {
    int value = 0;
    for (int i = 0; i < bits; i++, at++) {
      int index = (int) (at >> 3);
      if (index < packet.length && (packet[index] >> (at & 7) & 1) != 0) {
        value |= 1 << i;
      }
    }
    return value;
  }

  private boolean over() {
    return at > 8L * packet.length;
  }
}
