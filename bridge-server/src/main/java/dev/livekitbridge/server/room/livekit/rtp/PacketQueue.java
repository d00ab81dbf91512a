package dev.livekitbridge.server.room.livekit.rtp;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Packets that wait for their time, in order; at most so much sound. */
final class PacketQueue {
  /**
   * 2 s in ticks of 48 kHz: what comes at once after so long a stall, of the network or of ours, is
   * still heard, and caught up with by playing faster.
   */
  private static final long MAX_TICKS = 2_000 * 48;

  /** As long, in the shortest packets that Opus has. */
  private static final int MAX_PACKETS = 800;

  private final TreeMap<Long, Queued> packets = new TreeMap<>();
  private long ticks;

  /** A packet of sound: its unwrapped number and time, its length, and when it came. */
  static final class Queued {
    final long sequence;
    final long timestamp;
    final int ticks;
    final long arrivedAt;
    final byte[] payload;

    Queued(long sequence, long timestamp, int ticks, long arrivedAt, byte[] payload) {
      this.sequence = sequence;
      this.timestamp = timestamp;
      this.ticks = ticks;
      this.arrivedAt = arrivedAt;
      this.payload = payload;
    }
  }

  /** Adds a packet; the oldest go where there are too many. Gives how many went. */
  int add(Queued packet) {
    Queued replaced = packets.put(packet.sequence, packet);
    ticks += packet.ticks - (replaced == null ? 0 : replaced.ticks);
    int dropped = 0;
    while (ticks > MAX_TICKS || packets.size() > MAX_PACKETS) {
      remove(packets.firstKey());
      dropped++;
    }
    return dropped;
  }

  @Nullable Queued first() {
    Map.Entry<Long, Queued> first = packets.firstEntry();
    return first == null ? null : first.getValue();
  }

  void remove(long sequence) {
    Queued removed = packets.remove(sequence);
    if (removed != null) {
      ticks -= removed.ticks;
    }
  }

  boolean contains(long sequence) {
    return packets.containsKey(sequence);
  }

  /** How much sound waits. */
  long ticks() {
    return ticks;
  }

  void clear() {
    packets.clear();
    ticks = 0;
  }
}
