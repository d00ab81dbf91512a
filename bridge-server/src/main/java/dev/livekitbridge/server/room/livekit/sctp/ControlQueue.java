package dev.livekitbridge.server.room.livekit.sctp;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Control chunks that wait to be sent. It holds few: an answer that does not fit is not given,
 * since whoever floods us with questions need not get all the answers.
 */
final class ControlQueue {
  private static final int MOST = 16;

  private final ArrayDeque<Control> waiting = new ArrayDeque<>();

  /**
   * One chunk.
   *
   * @param tag the verification tag of its packet
   * @param alone whether nothing else may be in its packet
   * @param checksum whether its packet needs a checksum even where none was agreed (RFC 9653
   *     section 5.2)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Control(int tag, byte[] chunk, boolean alone, boolean checksum) {}

  void add(int tag, byte[] chunk) {
    add(new Control(tag, chunk, false, false));
  }

  /** A chunk that needs a checksum, as COOKIE ECHO and answers out of the blue do. */
  void addChecked(int tag, byte[] chunk) {
    add(new Control(tag, chunk, false, true));
  }

  /** INIT and INIT ACK travel alone (RFC 9260 section 6.10). */
  void addAlone(int tag, byte[] chunk) {
    add(new Control(tag, chunk, true, true));
  }

  private void add(Control control) {
    if (waiting.size() < MOST) {
      waiting.add(control);
    }
  }

  void clear() {
    waiting.clear();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The tag of the packet to begin, once {@link #isEmpty} is false. */
  int tag() {
    @Nullable Control first = waiting.peek();
    return first == null ? 0 : first.tag;
  }

  /**
   * Moves what fits into the packet and has its tag. Returns what else may go into it.
   *
   * @param peerTag the tag of the association's own packets
   */
  Rest drainTo(PacketWriter out, int peerTag) {
    boolean checksum = false;
    int tag = tag();
    for (Control next = waiting.peek(); next != null && next.tag == tag; next = waiting.peek()) {
      boolean fits = Wire.padded(next.chunk.length) <= out.space();
      if (!out.isEmpty() && (next.alone || !fits)) {
        break;
      }
      waiting.remove();
      if (fits) {
        out.chunk(next.chunk);
        checksum |= next.checksum;
      }
      if (next.alone) {
        return Rest.NOTHING;
      }
    }
    if (tag != peerTag) {
      return Rest.NOTHING;
    }
    return checksum ? Rest.DATA_WITH_CHECKSUM : Rest.DATA;
  }

  enum Rest {
    NOTHING,
    DATA,
    DATA_WITH_CHECKSUM
  }
}
