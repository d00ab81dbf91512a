package dev.livekitbridge.examples.bench.frame;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.LinkLimits;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.link.SendLink;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One frame through one half of a link, with the acknowledgement that comes every fifth frame when
 * frames have 20 ms and acknowledgements go every 100 ms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LinkBenchmark {
  private static final int FRAMES_PER_ACK = 5;
  private static final long FRAME_NANOS = 20_000_000;

  private final AudioFrame frame =
      AudioFrame.copyOf(new byte[640], AudioFormat.VOICE, TrackId.SPEAKER, 1);
  private SendLink send = sender();
  private SendLink plain = sender();
  private ReceiveLink receive = new ReceiveLink(10, 100_000_000);
  private ReceiveLink receivePlain = new ReceiveLink(10, 100_000_000);
  private long nowNanos;
  private long sequence;

  /** Begins a session. */
  @Setup
  public void attach() {
    send = sender();
    send.attachNew(Map.of());
    plain = sender();
    plain.attachPlain();
    receive = new ReceiveLink(10, 100_000_000);
    receive.attachNew();
    receivePlain = new ReceiveLink(10, 100_000_000);
    receivePlain.attachPlain();
    sequence = 0;
  }

  /** Offered, polled, kept, acknowledged. */
  @Benchmark
  public @Nullable AudioFrame sendReliable() {
    nowNanos += FRAME_NANOS;
    send.offer(frame, nowNanos);
    AudioFrame next = send.poll(nowNanos);
    long polled = send.polledSequence();
    if (polled % FRAMES_PER_ACK == 0) {
      send.acknowledge(Map.of(0, polled));
    }
    return next;
  }

  /** Offered and polled, towards a peer that does not acknowledge. */
  @Benchmark
  public @Nullable AudioFrame sendPlain() {
    nowNanos += FRAME_NANOS;
    plain.offer(frame, nowNanos);
    return plain.poll(nowNanos);
  }

  /** Passed on, consumed, and acknowledged. */
  @Benchmark
  public @Nullable Object receiveReliable() {
    nowNanos += FRAME_NANOS;
    sequence++;
    receive.onFrame(0, sequence);
    receive.delivered(receive.epoch(), 0, sequence, nowNanos);
    if (receive.ackDue(nowNanos)) {
      receive.acknowledgementSent();
      return receive.acknowledged();
    }
    return null;
  }

  /** Passed on and consumed, from a peer that does not number its frames. */
  @Benchmark
  public long receivePlain() {
    nowNanos += FRAME_NANOS;
    receivePlain.onFrame(0, 0);
    receivePlain.delivered(receivePlain.epoch(), 0, 0, nowNanos);
    return receivePlain.openFrames();
  }

  private static SendLink sender() {
    return new SendLink(
        new LinkLimits(
            1_500,
            1 << 20,
            TimeUnit.SECONDS.toNanos(15),
            TimeUnit.SECONDS.toNanos(3),
            LinkLimits.Overflow.DROP_OLDEST),
        new RetentionBudget(512L << 20));
  }
}
