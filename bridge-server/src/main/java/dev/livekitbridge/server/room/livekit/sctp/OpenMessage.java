package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The one message that can be incomplete up to the cumulative TSN, since its chunks have
 * consecutive TSNs (RFC 9260 section 6.9).
 */
final class OpenMessage {
  private static final int KEPT = 16 * 1024;

  private final int max;
  private byte[] bytes = new byte[0];
  private int length;
  private boolean open;
  private boolean unordered;
  private int stream;
  private int ssn;

  OpenMessage(int max) {
    this.max = max;
  }

  int length() {
    return length;
  }

  void begin(int stream, int ssn, boolean unordered) {
    drop();
    this.stream = stream;
    this.ssn = ssn;
    this.unordered = unordered;
    open = true;
  }

  /** Whether a chunk that does not begin a message goes on with this one. */
  boolean isContinuedBy(int stream, int ssn, boolean unordered) {
    return open
        && this.stream == stream
        && this.unordered == unordered
        && (unordered || this.ssn == ssn);
  }

  /** Returns false if the message gets too long. */
  boolean append(ByteBuffer from, int start, int end) {
    int more = end - start;
    if (length + more > max) {
      return false;
    }
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, Math.min(max, 2 * bytes.length)));
    }
    from.get(start, bytes, length, more);
    length += more;
    return true;
  }

  /** The whole message, up to {@link #length}; valid until {@link #drop}. */
  ByteBuffer whole() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  void drop() {
    open = false;
    length = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[0];
    }
  }
}
