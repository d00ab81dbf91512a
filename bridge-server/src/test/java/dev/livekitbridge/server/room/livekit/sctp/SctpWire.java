package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Two associations and a seeded, faulty wire between them, on virtual time. */
final class SctpWire {
  static final long MS = 1_000_000L;

  final Random random;
  final End a;
  final End b;
  double loss;
  double duplicate;
  double corrupt;
  long delay = 5 * MS;
  long jitter;

  /** Bytes per second of each direction; 0: no limit. What waits for more than 200 ms is lost. */
  long rate;

  /** Packets for which this answers true are lost. */
  @Nullable Filter filter;

  long now;
  int packets;
  private int order;

  private final PriorityQueue<Flying> flying =
      new PriorityQueue<>(
          Comparator.<Flying>comparingLong(f -> f.at).thenComparingInt(f -> f.order));

  interface Filter {
    boolean loses(End from, byte[] packet);
  }

  private record Flying(long at, int order, End to, ByteBuffer packet) {}

  final class End {
    final Recorder recorder = new Recorder();
    final SctpAssociation sctp;
    @Nullable End peer;
    private long linkFree = now;

    End(SctpOptions options) {
      sctp = new SctpAssociation(options, recorder, new Random(random.nextLong()));
    }

    boolean send(int channel, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      boolean taken = sctp.send(channel, ByteBuffer.wrap(bytes), true, now);
      flush();
      return taken;
    }

    void flush() {
      int polls = 0;
      for (ByteBuffer packet; (packet = sctp.poll(now)) != null; ) {
        put(this, packet);
        if (++polls > 5000) {
          throw new AssertionError("poll does not end");
        }
      }
    }
  }

  SctpWire(long seed, SctpOptions.Builder client, SctpOptions.Builder server) {
    random = new Random(seed);
    now = random.nextLong();
    a = new End(client.build());
    b = new End(server.build());
    a.peer = b;
    b.peer = a;
  }

  SctpWire(long seed) {
    this(seed, SctpOptions.builder(true), SctpOptions.builder(false));
  }

  SctpWire connect() {
    a.sctp.start(now);
    a.flush();
    if (!runUntil(() -> a.sctp.isEstablished() && b.sctp.isEstablished(), 60_000)) {
      throw new AssertionError("not connected: " + a.recorder.events + b.recorder.events);
    }
    return this;
  }

  private void put(End from, ByteBuffer packet) {
    packets++;
    byte[] bytes = new byte[packet.remaining()];
    packet.get(packet.position(), bytes);
    Filter active = filter;
    if (active != null && active.loses(from, bytes)) {
      return;
    }
    long departs = now;
    if (rate > 0) {
      departs = from.linkFree - now > 0 ? from.linkFree : now;
      if (departs - now > 200 * MS) {
        return;
      }
      from.linkFree = departs + bytes.length * 1_000_000_000L / rate;
    }
    int copies = random.nextDouble() < duplicate ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < loss) {
        continue;
      }
      byte[] copy = bytes.clone();
      if (random.nextDouble() < corrupt) {
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      }
      long late = jitter == 0 ? 0 : (long) ((2 * random.nextDouble() - 1) * jitter);
      End to = from.peer;
      if (to != null) {
        flying.add(new Flying(departs + delay + late, order++, to, ByteBuffer.wrap(copy)));
      }
    }
  }

  /** Runs for so long, or until nothing is left to happen. */
  void run(long millis) {
    runUntil(() -> false, millis);
  }

  boolean runUntil(BooleanSupplier done, long millis) {
    long end = now + millis * MS;
    for (int steps = 0; !done.getAsBoolean(); steps++) {
      if (steps > 5_000_000) {
        throw new AssertionError("does not end");
      }
      long next = end;
      Flying first = flying.peek();
      if (first != null && first.at - next < 0) {
        next = first.at;
      }
      next = earlier(a.sctp.deadlineNanos(), next);
      next = earlier(b.sctp.deadlineNanos(), next);
      now = next - now > 0 ? next : now;
      if (now - end >= 0) {
        return done.getAsBoolean();
      }
      for (Flying due = flying.peek(); due != null && due.at - now <= 0; due = flying.peek()) {
        flying.remove();
        due.to.sctp.receive(due.packet, now);
        due.to.flush();
      }
      a.sctp.onTimeout(now);
      a.flush();
      b.sctp.onTimeout(now);
      b.flush();
    }
    return true;
  }

  private static long earlier(long deadline, long other) {
    return deadline != Long.MAX_VALUE && deadline - other < 0 ? deadline : other;
  }
}
