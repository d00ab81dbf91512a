package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** A sender and a receiver with SRTP over a bad network, on virtual time. */
final class AudioCall {
  static final long MS = 1_000_000L;
  private static final int PAYLOAD_TYPE = 111;
  private static final int SSRC = 0x80001234;

  final Random random;
  final RtpSender sender;
  final RtpReceiver receiver = new RtpReceiver(SSRC, PAYLOAD_TYPE, 55, "bridge", new Random(3));
  double loss;
  double twice;
  double spoil;
  long delay = 10 * MS;
  long jitter;

  /** How much faster the sender's clock runs. */
  double drift;

  /** The network holds everything from the one to the other time. */
  long stallFrom = Long.MAX_VALUE;

  long stallTo;

  /** Nothing is said from the one to the other time; then all of it at once. */
  long heldFrom = Long.MAX_VALUE;

  long heldTo;
  long now = -77 * MS;
  int sent;
  int sentRtcp;
  int maxOut;
  final List<byte[]> frames = new ArrayList<>();
  final List<Long> heardAt = new ArrayList<>();

  private final AudioFormat format;
  private final SrtpSession near;
  private final SrtpSession far;
  private final PriorityQueue<Packet> wire =
      new PriorityQueue<>(Comparator.comparingLong((Packet packet) -> packet.at));
  private short[] said = {};
  private int saidSamples;
  private double nextWriteAt;
  private long reported;

  private static final class Packet {
    final long at;
    final boolean toReceiver;
    final byte[] bytes;

    Packet(long at, boolean toReceiver, byte[] bytes) {
      this.at = at;
      this.toReceiver = toReceiver;
      this.bytes = bytes;
    }
  }

  AudioCall(AudioFormat format, long seed) {
    this.format = format;
    this.random = new Random(seed);
    byte[] exported = new byte[SrtpProfile.AEAD_AES_128_GCM.exportedBytes()];
    random.nextBytes(exported);
    near = SrtpSession.ofExport(SrtpProfile.AEAD_AES_128_GCM, exported, true);
    far = SrtpSession.ofExport(SrtpProfile.AEAD_AES_128_GCM, exported, false);
    sender =
        new RtpSender(
            RtpSenderOptions.of(SSRC, PAYLOAD_TYPE, "them", format).withAudioLevel(1),
            random,
            new NtpClock(1_700_000_000_000L, now));
    nextWriteAt = now;
  }

  /** Says this, 20 ms at a time, from now on. */
  AudioCall say(short[] samples) {
    said = samples;
    saidSamples = 0;
    nextWriteAt = Math.max(nextWriteAt, (double) now);
    return this;
  }

  AudioCall run(double seconds) {
    long end = now + (long) (seconds * 1e9);
    int idle = 0;
    while (true) {
      flush();
      long next = Math.min(sender.deadlineNanos(), receiver.deadlineNanos());
      next = wire.isEmpty() ? next : Math.min(next, wire.peek().at);
      next = hasMore() ? Math.min(next, dueAt()) : next;
      if (next > end) {
        now = end;
        return this;
      }
      idle = next <= now ? idle + 1 : 0;
      if (idle > 1_000) {
        throw new AssertionError("no progress at " + now);
      }
      now = Math.max(now, next);
      step();
    }
  }

  private long dueAt() {
    long due = (long) nextWriteAt;
    return due >= heldFrom && due < heldTo ? heldTo : due;
  }

  private boolean hasMore() {
    return saidSamples < said.length;
  }

  private void step() {
    while (hasMore() && now >= dueAt()) {
      int count = Math.min(said.length - saidSamples, format.sampleRate() / 50 * format.channels());
      sender.write(Sounds.frame(said, saidSamples, count, format), now);
      saidSamples += count;
      nextWriteAt += 20 * MS / (1 + drift);
    }
    while (!wire.isEmpty() && wire.peek().at <= now) {
      deliver(wire.poll());
    }
    sender.onTimeout(now);
    receiver.onTimeout(now);
    for (byte[] frame = receiver.pull(now); frame != null; frame = receiver.pull(now)) {
      frames.add(frame);
      heardAt.add(now);
    }
  }

  private void flush() {
    for (byte[] out = sender.poll(now); out != null; out = sender.poll(now)) {
      sent++;
      sentRtcp += SrtpSession.isRtcp(out, 0, out.length) ? 1 : 0;
      post(out, near, true);
    }
    for (byte[] out = receiver.poll(now); out != null; out = receiver.poll(now)) {
      reported++;
      post(out, far, false);
    }
  }

  long reported() {
    return reported;
  }

  private void post(byte[] plain, SrtpSession session, boolean toReceiver) {
    byte[] bytes = Arrays.copyOf(plain, plain.length + SrtpSession.MAX_OVERHEAD);
    int length =
        SrtpSession.isRtcp(plain, 0, plain.length)
            ? session.protectRtcp(bytes, 0, plain.length)
            : session.protectRtp(bytes, 0, plain.length);
    if (random.nextDouble() < loss) {
      return;
    }
    byte[] packet = Arrays.copyOf(bytes, length);
    if (random.nextDouble() < spoil) {
      packet[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
    }
    for (int copies = random.nextDouble() < twice ? 2 : 1; copies > 0; copies--) {
      long at = now + delay + (long) (random.nextDouble() * jitter);
      if (toReceiver && at >= stallFrom && at < stallTo) {
        at = stallTo + wire.size() * 10L;
      }
      wire.add(new Packet(at, toReceiver, packet));
    }
  }

  private void deliver(Packet packet) {
    byte[] bytes = packet.bytes.clone();
    SrtpSession session = packet.toReceiver ? far : near;
    if (!SrtpSession.isRtcp(bytes, 0, bytes.length)) {
      int length = session.unprotectRtp(bytes, 0, bytes.length);
      if (length >= 0) {
        receiver.onRtp(bytes, 0, length, now);
      }
      return;
    }
    int length = session.unprotectRtcp(bytes, 0, bytes.length);
    if (length >= 0) {
      List<RtcpMessage> messages = RtcpReader.read(bytes, 0, length);
      if (packet.toReceiver) {
        receiver.onRtcp(messages, now);
      } else {
        sender.onRtcp(messages, now);
      }
    }
  }

  /** All that was heard. */
  short[] heard() {
    short[] all = new short[frames.size() * Playout.FRAME_SAMPLES];
    int to = 0;
    for (byte[] frame : frames) {
      for (int i = 0; i < frame.length; i += 2) {
        all[to++] = (short) ((frame[i] & 0xFF) | frame[i + 1] << 8);
      }
    }
    return all;
  }
}
