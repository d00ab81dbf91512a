package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import dev.livekitbridge.server.room.livekit.sctp.DataChannelConfig;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.UserPacket;
import org.jspecify.annotations.Nullable;

/**
 * Data packets on their way to the server: the channels that LiveKit's clients open, and what waits
 * for them. On the room's event loop only.
 */
final class DataOutbox {
  private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
  private @Nullable SctpLink link;
  private int reliable;
  private int lossy;

  /** Opens the channels of a connection. */
  void attach(SctpLink to) {
    reliable = to.open(DataChannelConfig.reliable("_reliable"));
    lossy = to.open(DataChannelConfig.lossy("_lossy", 0));
    link = to;
  }

  @SuppressWarnings("deprecation") // Servers before 1.5 read the kind here.
  void send(ByteString data, boolean isReliable) {
    byte[] packet =
        DataPacket.newBuilder()
            .setKind(isReliable ? DataPacket.Kind.RELIABLE : DataPacket.Kind.LOSSY)
            .setUser(UserPacket.newBuilder().setPayload(data))
            .build()
            .toByteArray();
    SctpLink open = link;
    if (!isReliable) {
      if (open != null) {
        open.send(lossy, ByteBuffer.wrap(packet));
      }
      return;
    }
    waiting.add(ByteBuffer.wrap(packet));
    flush();
  }

  /** Sends what waits, as far as it goes. */
  void flush() {
    SctpLink open = link;
    while (open != null && !waiting.isEmpty() && open.send(reliable, waiting.element())) {
      waiting.remove();
    }
  }

  int size() {
    return waiting.size();
  }
}
