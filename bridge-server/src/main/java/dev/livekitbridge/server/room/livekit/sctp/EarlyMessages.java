package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Messages on channels whose OPEN is still on its way. RFC 8832 section 6 forbids a sender to let
 * them overtake, but pion sends unordered from the first message on.
 */
final class EarlyMessages {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST = 64;

  private final ArrayDeque<Early> waiting = new ArrayDeque<>();
  private int bytes;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Early(int stream, int ppid, byte[] data) {}

  void add(int stream, int ppid, ByteBuffer from, int start, int end) {
    if (waiting.size() == MOST || bytes + end - start > MOST_BYTES) {
      return;
    }
    byte[] data = new byte[end - start];
    from.get(start, data);
    bytes += data.length;
    waiting.add(new Early(stream, ppid, data));
  }

  /** Hands over, in order, what waited for this stream. */
  void release(int stream, Receiver.Sink sink) {
    for (int i = waiting.size(); i > 0; i--) {
      Early early = waiting.remove();
      if (early.stream != stream) {
        waiting.add(early);
        continue;
      }
      bytes -= early.data.length;
      sink.deliver(stream, early.ppid, ByteBuffer.wrap(early.data), 0, early.data.length);
    }
  }

  /** Their channel has ended without an OPEN. */
  void drop(int stream) {
    waiting.removeIf(
        early -> {
          bytes -= early.stream == stream ? early.data.length : 0;
          return early.stream == stream;
        });
  }

  void clear() {
    waiting.clear();
    bytes = 0;
  }
}
