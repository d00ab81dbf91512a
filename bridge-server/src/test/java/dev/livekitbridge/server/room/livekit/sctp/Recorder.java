package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what an association tells. */
final class Recorder implements SctpListener {
  record Message(int channel, String text, boolean binary) {}

  final List<String> events = new ArrayList<>();
  final List<Message> messages = new ArrayList<>();
  int connected;
  int writable;
  @Nullable SctpCloseReason closed;
  @Nullable String detail;

  List<String> texts(int channel) {
    return messages.stream().filter(m -> m.channel == channel).map(Message::text).toList();
  }

  @Override
  public void connected() {
    connected++;
    events.add("connected");
  }

  @Override
  public void channelOpened(int channel, DataChannelConfig config) {
    events.add("opened " + channel + " " + config.label());
  }

  @Override
  public void message(int channel, ByteBuffer bytes, boolean binary) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    messages.add(new Message(channel, new String(copy, StandardCharsets.ISO_8859_1), binary));
  }

  @Override
  public void channelClosed(int channel) {
    events.add("closed " + channel);
  }

  @Override
  public void writable() {
    writable++;
  }

  @Override
  public void closed(SctpCloseReason reason, String detail) {
    if (closed != null) {
      throw new AssertionError("closed twice: " + closed + ", " + reason);
    }
    closed = reason;
    this.detail = detail;
    events.add("gone");
  }
}
