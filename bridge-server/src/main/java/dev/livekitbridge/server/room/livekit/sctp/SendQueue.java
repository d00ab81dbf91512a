package dev.livekitbridge.server.room.livekit.sctp;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait for their first chunk to be sent: streams take turns, message by message,
 * since the chunks of one message need consecutive TSNs (RFC 9260 section 6.9).
 */
final class SendQueue {
  private final ArrayDeque<SendStream> line = new ArrayDeque<>();
  private @Nullable OutMessage current;
  private int bytes;
  private int messages;

  void add(OutMessage message) {
    SendStream stream = message.stream;
    stream.waiting.add(message);
    messages++;
    bytes += message.data.length;
    if (!stream.inLine) {
      stream.inLine = true;
      line.add(stream);
    }
  }

  /** Bytes that were not yet cut into chunks. */
  int bytes() {
    return bytes;
  }

  /** Messages of which nothing was sent yet. */
  int messages() {
    return messages;
  }

  /** The message whose next chunk is to be sent. Those that expired unsent are dropped here. */
  @Nullable OutMessage next(long now) {
    while (current == null) {
      SendStream stream = line.poll();
      if (stream == null) {
        return null;
      }
      OutMessage message = stream.waiting.remove();
      messages--;
      if (stream.waiting.isEmpty()) {
        stream.inLine = false;
      } else {
        line.add(stream);
      }
      if (message.expired(now)) {
        bytes -= message.data.length;
        continue;
      }
      current = message;
    }
    return current;
  }

  /** So many bytes of the current message got a chunk. */
  void cut(OutMessage message, int length) {
    if (message.cut == 0 && !message.unordered) {
      message.ssn = message.stream.nextSsn;
      message.stream.nextSsn = (message.ssn + 1) & 0xffff;
    }
    message.cut += length;
    bytes -= length;
    if (message.cut == message.data.length) {
      current = null;
    }
  }

  /** Gives up what was not yet sent of a message. Returns false if all was sent. */
  boolean abandon(OutMessage message) {
    if (message != current) {
      return false;
    }
    bytes -= message.data.length - message.cut;
    current = null;
    return true;
  }

  /** Nothing of this stream waits any more. */
  boolean drained(SendStream stream) {
    return stream.waiting.isEmpty() && (current == null || current.stream != stream);
  }

  boolean isEmpty() {
    return current == null && line.isEmpty();
  }

  /** Drops what has expired, so that there is room for what is still of use. */
  void purge(long now) {
    for (SendStream stream : line) {
      stream.waiting.removeIf(
          message -> {
            boolean expired = message.expired(now);
            bytes -= expired ? message.data.length : 0;
            messages -= expired ? 1 : 0;
            return expired;
          });
    }
    line.removeIf(
        stream -> {
          stream.inLine = !stream.waiting.isEmpty();
          return !stream.inLine;
        });
  }

  void clear() {
    for (SendStream stream : line) {
      stream.waiting.clear();
      stream.inLine = false;
    }
    line.clear();
    current = null;
    bytes = 0;
    messages = 0;
  }
}
