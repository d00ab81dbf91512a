package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The data channels of an association (RFC 8831) and their opening (RFC 8832). */
final class DataChannels implements Receiver.Sink {
  private static final int LAST_STREAM = 65_534;
  private static final int[] NONE = {};

  private final SctpOptions options;
  private final SctpListener listener;
  private final SendQueue queue;
  private final Map<Integer, DataChannel> channels = new HashMap<>();
  private final EarlyMessages early = new EarlyMessages();
  private int toReset;
  private boolean silent;
  private long now;

  DataChannels(SctpOptions options, SctpListener listener, SendQueue queue) {
    this.options = options;
    this.listener = listener;
    this.queue = queue;
  }

  /** The time of the packet at hand, for what is sent in answer. */
  void at(long nanos) {
    now = nanos;
  }

  /** From now on nothing is told any more. */
  void silence() {
    silent = true;
    channels.clear();
    early.clear();
    toReset = 0;
  }

  int open(DataChannelConfig config, long nanos) {
    byte[] message = DcepMessage.open(config);
    if (channels.size() < options.maxChannels) {
      for (int id = options.dtlsClient ? 0 : 1; id <= LAST_STREAM; id += 2) {
        if (!channels.containsKey(id)) {
          DataChannel channel = new DataChannel(id, config, false);
          channels.put(id, channel);
          queue.add(channel.control(message, nanos));
          return id;
        }
      }
    }
    throw new IllegalStateException(
        "data channels: " + channels.size() + " are open, no more allowed; close one first");
  }

  boolean isOpen(int id) {
    DataChannel channel = channels.get(id);
    return channel != null && !channel.closing;
  }

  void send(int id, ByteBuffer message, boolean binary, long nanos) {
    DataChannel channel = channels.get(id);
    if (channel == null) {
      return;
    }
    int length = message.remaining();
    byte[] data = new byte[Math.max(1, length)];
    message.get(message.position(), data, 0, length);
    // SCTP has no empty message: one byte, and an identifier that says so (RFC 8831 section 6.6).
    int ppid = binary ? Wire.PPID_BINARY : Wire.PPID_STRING;
    if (length == 0) {
      ppid = binary ? Wire.PPID_BINARY_EMPTY : Wire.PPID_STRING_EMPTY;
    }
    queue.add(channel.message(data, ppid, nanos));
  }

  void close(int id) {
    DataChannel channel = channels.get(id);
    if (channel != null && !channel.closing) {
      channel.closing = true;
      toReset++;
    }
  }

  /** Closing channels whose last message got its TSN: our direction can be reset. */
  int[] takeToReset(int most) {
    if (toReset == 0) {
      return NONE;
    }
    int[] ready = new int[Math.min(most, toReset)];
    int count = 0;
    for (DataChannel channel : channels.values()) {
      if (count < ready.length
          && channel.closing
          && !channel.resetAsked
          && queue.drained(channel.stream)) {
        channel.resetAsked = true;
        toReset--;
        ready[count++] = channel.id;
      }
    }
    return Arrays.copyOf(ready, count);
  }

  /** The peer has taken the reset of our direction of these. */
  void onOutgoingReset(int[] ids) {
    for (int id : ids) {
      DataChannel channel = channels.get(id);
      if (channel != null && channel.resetAsked) {
        channel.outgoingReset = true;
        endIfDone(channel);
      }
    }
  }

  /** The peer reset its direction: ours follows (RFC 8831 section 6.7). */
  void onIncomingReset(int id) {
    DataChannel channel = channels.get(id);
    if (channel == null) {
      early.drop(id);
    } else {
      channel.incomingReset = true;
      close(id);
      endIfDone(channel);
    }
  }

  void onIncomingResetOfAll() {
    for (Integer id : channels.keySet().toArray(new Integer[0])) {
      onIncomingReset(id);
    }
  }

  /** A peer that cannot reset streams is not waited for. */
  void endWithoutReset(int[] ids) {
    for (int id : ids) {
      onIncomingReset(id);
    }
    onOutgoingReset(ids);
  }

  private void endIfDone(DataChannel channel) {
    if (channel.outgoingReset && channel.incomingReset && channels.remove(channel.id) != null) {
      if (!channel.refused) {
        listener.channelClosed(channel.id);
      }
    }
  }

  /** The peer has started anew and knows no channels. */
  void onRestart() {
    DataChannel[] all = channels.values().toArray(new DataChannel[0]);
    channels.clear();
    early.clear();
    toReset = 0;
    for (DataChannel channel : all) {
      if (!channel.refused) {
        listener.channelClosed(channel.id);
      }
    }
  }

  @Override
  public void deliver(int stream, int ppid, ByteBuffer bytes, int start, int end) {
    if (silent) {
      return;
    }
    DataChannel channel = channels.get(stream);
    if (ppid == Wire.PPID_DCEP) {
      onControl(stream, channel, bytes, start, end);
    } else if (channel == null) {
      if (!isOurs(stream)) {
        early.add(stream, ppid, bytes, start, end);
      }
    } else {
      confirm(channel);
      if (!channel.incomingReset) {
        pass(stream, ppid, bytes, start, end);
      }
    }
  }

  private void pass(int id, int ppid, ByteBuffer bytes, int start, int end) {
    switch (ppid) {
      case Wire.PPID_STRING -> tell(id, bytes, start, end, false);
      case Wire.PPID_BINARY -> tell(id, bytes, start, end, true);
      case Wire.PPID_STRING_EMPTY -> tell(id, bytes, start, start, false);
      case Wire.PPID_BINARY_EMPTY -> tell(id, bytes, start, start, true);
      default -> {
        // Not of WebRTC: nobody would know what to make of it.
      }
    }
  }

  /** Lends the buffer out, narrowed to the message. */
  private void tell(int id, ByteBuffer bytes, int start, int end, boolean binary) {
    int position = bytes.position();
    int limit = bytes.limit();
    bytes.limit(end).position(start);
    try {
      listener.message(id, bytes, binary);
    } finally {
      bytes.limit(limit).position(position);
    }
  }

  private void onControl(
      int id, @Nullable DataChannel channel, ByteBuffer bytes, int start, int end) {
    int type = bytes.get(start) & 0xff;
    if (channel == null) {
      if (type == DcepMessage.OPEN) {
        onOpen(id, DcepMessage.readOpen(bytes, start, end));
      }
    } else if (type == DcepMessage.ACK) {
      confirm(channel);
    } else if (type == DcepMessage.OPEN && channel.incomingReset && channel.resetAsked) {
      // Used again: the peer has taken our reset, only its answer is not here yet.
      channel.outgoingReset = true;
      endIfDone(channel);
      onOpen(id, DcepMessage.readOpen(bytes, start, end));
    } else if (type == DcepMessage.OPEN && isOurs(id)) {
      // Both opened the same number: a fault of the peer, which ends the channel.
      close(id);
    }
  }

  /** The peer has our OPEN: it acknowledges it, or sends on the channel. */
  private void confirm(DataChannel channel) {
    if (!channel.known) {
      channel.known = true;
      listener.channelOpened(channel.id, channel.config);
    }
  }

  /** A channel that may not be is closed at once (RFC 8832 section 6). */
  private void onOpen(int id, @Nullable DataChannelConfig config) {
    boolean room = channels.size() < options.maxChannels;
    if (config == null || isOurs(id) || !room) {
      if (channels.size() < 2 * options.maxChannels) {
        DataChannel refused = new DataChannel(id, DataChannelConfig.reliable(""), true);
        refused.refused = true;
        refused.incomingReset = true;
        channels.put(id, refused);
        close(id);
      }
      return;
    }
    DataChannel channel = new DataChannel(id, config, true);
    channels.put(id, channel);
    queue.add(channel.control(DcepMessage.ack(), now));
    listener.channelOpened(id, config);
    early.release(id, this);
  }

  private boolean isOurs(int id) {
    return (id & 1) == (options.dtlsClient ? 0 : 1);
  }
}
