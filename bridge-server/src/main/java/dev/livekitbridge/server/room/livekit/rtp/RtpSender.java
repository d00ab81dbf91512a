package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;
import java.nio.ShortBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Sends one Opus stream (RFC 3550, RFC 7587): PCM and a time in, plain RTP and RTCP packets out.
 * What is silent or not written costs nothing: after a short tail of silence nothing is encoded or
 * sent until there is sound again, and timestamps count the pause.
 *
 * <p>After each call, send what {@link #poll} gives until it gives null, and call {@link
 * #onTimeout} at {@link #deadlineNanos}. Times are monotonic nanoseconds. Not thread-safe.
 */
public final class RtpSender {
  private static final long MS = 1_000_000L;
  private static final long FRAME_NANOS = 20 * MS;
  private static final int FRAME_TICKS = 960;

  /** PCM that is later than this is a pause; what is less, the listener's buffer bears. */
  private static final long LATE_NANOS = 40 * MS;

  /** Silence that is sent at the end of sound: the listener's decoder comes to rest. */
  private static final int TAIL_FRAMES = 5;

  /** A little faster than frames are made, so that what has piled up goes down again. */
  private static final long SPACING_NANOS = 16 * MS;

  /** More than a long piece of sound: a stall held it up, and it is late already. */
  private static final int PILED_UP = 6;

  private static final long PILED_UP_SPACING_NANOS = 4 * MS;

  private static final long REPORT_NANOS = 3_000 * MS;
  private static final int MAX_QUEUED = 256;
  private static final int MAX_RESENDING = 64;

  /** Samples up to this are no sound: -60 dB, what dithering and quiet converters leave. */
  private static final int SILENCE = 32;

  private final RtpSenderOptions options;
  private final Random random;
  private final NtpClock clock;
  private final OpusFrames opus;
  private final RtpHistory history = new RtpHistory();
  private final ArrayDeque<byte[]> urgent = new ArrayDeque<>();
  private final ArrayDeque<Paced> paced = new ArrayDeque<>();
  private AudioFormat format;
  private short[] chunk;
  private int filled;
  // Of all bytes of PCM that were written, how many are in chunks that were filled.
  private long chunked;
  private int sequence;
  private int timestamp;
  // When the sample of the timestamp was, or will be, due.
  private long mediaAt;
  private int tail = TAIL_FRAMES;
  private boolean marker = true;
  private long releaseAt = Long.MIN_VALUE;
  private long reportAt = Long.MAX_VALUE;
  private int packets;
  private int bytes;
  private int packetsReported;
  // Packets that left, and of those the ones that the other side has reported on.
  private int leftPackets;
  private int confirmedPackets;
  private int firstSequence;
  private boolean begun;
  private boolean ended;

  /** A packet that waits for its time, and where its sound begins among all that was written. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Paced(byte[] packet, long start) {}

  /**
   * A stream that has not begun.
   *
   * @param options what it is
   * @param random for the first sequence number and timestamp (RFC 3550 §5.1)
   * @param clock time of day for sender reports
   */
  public RtpSender(RtpSenderOptions options, Random random, NtpClock clock) {
    this.options = options;
    this.random = random;
    this.clock = clock;
    this.opus = new OpusFrames(options.bitrate(), options.complexity());
    this.format = options.format();
    this.chunk = chunkOf(format);
    this.sequence = random.nextInt(0x8000);
    this.firstSequence = sequence;
    this.timestamp = random.nextInt();
  }

  /**
   * Says a piece of any length, at the pace of real time.
   *
   * @param frame at any rate of Opus, with the channels of the stream
   * @param now nanoseconds
   * @throws IllegalArgumentException if it has another format
   */
  public void write(AudioFrame frame, long now) {
    if (!takes(options.format(), frame.format())) {
      throw new IllegalArgumentException(
          "format: " + frame.format() + " (expected: as " + options.format() + ")");
    }
    if (ended) {
      return;
    }
    if (!begun) {
      begun = true;
      mediaAt = now;
    } else if (isPausing()) {
      // The listener's clock went on while we were silent.
      long pause = Math.max(0, now - mediaAt);
      timestamp += (int) (pause * 48 / MS);
      marker |= pause >= FRAME_NANOS;
      mediaAt = Math.max(mediaAt, now);
    }
    if (!frame.format().equals(format)) {
      if (filled > 0) {
        emitRest(now);
      }
      format = frame.format();
      chunk = chunkOf(format);
    }
    ShortBuffer samples = frame.pcm().asShortBuffer();
    while (samples.hasRemaining()) {
      int count = Math.min(samples.remaining(), chunk.length - filled);
      samples.get(chunk, filled, count);
      filled += count;
      if (filled == chunk.length) {
        emit(now);
      }
    }
  }

  /**
   * Whether a stream takes PCM as it is.
   *
   * @param stream the format of its options
   * @param other rate and channels
   * @return false if it has to be converted
   */
  public static boolean takes(AudioFormat stream, AudioFormat other) {
    return other.channels() == stream.channels() && OpusFrames.takes(other);
  }

  private static short[] chunkOf(AudioFormat format) {
    return new short[format.sampleRate() / 50 * format.channels()];
  }

  private boolean isPausing() {
    return tail >= TAIL_FRAMES && filled == 0;
  }

  /** Encodes the chunk, unless it belongs to a silence that was told already. */
  private void emit(long now) {
    long start = chunked;
    chunked += 2L * filled;
    filled = 0;
    boolean silent = isSilent();
    if (!silent) {
      tail = 0;
    } else if (tail < TAIL_FRAMES) {
      tail++;
    } else {
      skip();
      return;
    }
    byte[] payload = opus.encode(chunk, format);
    byte[] packet =
        new RtpPacket(marker, options.payloadType(), sequence, timestamp, options.ssrc(), payload)
            .toBytes(options.audioLevelId(), options.audioLevelId() == 0 ? 0 : level());
    sequence = (sequence + 1) & 0xFFFF;
    advance();
    marker = false;
    packets++;
    bytes += payload.length;
    if (paced.isEmpty()) {
      releaseAt = Math.max(releaseAt, now);
    } else if (paced.size() >= MAX_QUEUED) {
      paced.poll();
      leftPackets++;
    }
    paced.add(new Paced(packet, start));
    if (reportAt == Long.MAX_VALUE) {
      reportAt = now;
    }
  }

  private void emitRest(long now) {
    Arrays.fill(chunk, filled, chunk.length, (short) 0);
    emit(now);
  }

  private void skip() {
    advance();
    marker = true;
  }

  private void advance() {
    timestamp += FRAME_TICKS;
    mediaAt += FRAME_NANOS;
  }

  private boolean isSilent() {
    for (short sample : chunk) {
      if (sample > SILENCE || sample < -SILENCE) {
        return false;
      }
    }
    return true;
  }

  /** RFC 6464: the level below the overload point, in dB, 127 for silence. */
  private int level() {
    double energy = 0;
    for (short sample : chunk) {
      energy += (double) sample * sample;
    }
    double mean = energy / chunk.length;
    return mean == 0
        ? 127
        : (int)
            Math.min(127, Math.max(0, Math.round(-10 * Math.log10(mean / (32_768.0 * 32_768)))));
  }

  /**
   * The next packet to send, in the clear. {@link SrtpSession#isRtcp} tells which kind it is.
   *
   * @param now nanoseconds
   * @return a packet, or null if there is none for now
   */
  public byte @Nullable [] poll(long now) {
    byte[] first = urgent.poll();
    if (first != null || paced.isEmpty() || now < releaseAt) {
      return first;
    }
    byte[] next = paced.remove().packet();
    leftPackets++;
    long spacing = paced.size() >= PILED_UP ? PILED_UP_SPACING_NANOS : SPACING_NANOS;
    // From when it was due: timers are late, and what has piled up would never go down.
    releaseAt = Math.max(releaseAt, now - spacing) + spacing;
    history.add(RtpPacket.getShort(next, 2), next, now);
    return next;
  }

  /**
   * What was written and has not left, whether it waits for its time or for more sound.
   *
   * @return bytes of PCM
   */
  public long unsentBytes() {
    Paced first = paced.peek();
    return chunked + 2L * filled - (first == null ? chunked : first.start());
  }

  /**
   * How long what {@link #unsentBytes} tells sounds.
   *
   * @return nanoseconds
   */
  public long unsentNanos() {
    return paced.size() * FRAME_NANOS + format.nanosOf(2L * filled);
  }

  /**
   * What has left and the other side has not reported on so far.
   *
   * @return milliseconds of sound
   */
  public long unconfirmedMillis() {
    return (leftPackets - confirmedPackets) * (FRAME_NANOS / MS);
  }

  /**
   * When {@link #onTimeout} wants to be called.
   *
   * @return nanoseconds; {@link Long#MAX_VALUE} for never
   */
  public long deadlineNanos() {
    long deadline = paced.isEmpty() ? Long.MAX_VALUE : releaseAt;
    if (ended) {
      return deadline;
    }
    deadline = Math.min(deadline, reportAt);
    return isPausing() ? deadline : Math.min(deadline, mediaAt + LATE_NANOS);
  }

  /**
   * Time has passed. May be called at any time.
   *
   * @param now nanoseconds
   */
  public void onTimeout(long now) {
    if (ended) {
      return;
    }
    if (!isPausing() && now >= mediaAt + LATE_NANOS) {
      // Nothing more was written: the rest of the chunk and the tail are silent.
      emitRest(now);
    }
    if (now >= reportAt) {
      boolean worth = packets != packetsReported;
      packetsReported = packets;
      reportAt =
          worth ? now + (long) (REPORT_NANOS * (0.8 + 0.4 * random.nextDouble())) : Long.MAX_VALUE;
      if (worth && urgent.size() < MAX_RESENDING) {
        urgent.add(report(now).toBytes());
      }
    }
  }

  private RtcpWriter report(long now) {
    int ssrc = options.ssrc();
    int rtpNow = timestamp + (int) ((now - mediaAt) * 48 / MS);
    return new RtcpWriter()
        .senderReport(ssrc, clock.ntp(now), rtpNow, packets, bytes)
        .name(ssrc, options.cname());
  }

  /**
   * What a receiver said: packets that it misses are sent again, its losses are reckoned with.
   *
   * @param messages of one RTCP packet; those about other streams are passed over
   * @param now nanoseconds
   */
  public void onRtcp(List<RtcpMessage> messages, long now) {
    for (RtcpMessage message : messages) {
      if (message instanceof RtcpMessage.Nack nack && nack.ssrc() == options.ssrc()) {
        for (int missing : nack.sequences()) {
          byte[] packet = urgent.size() < MAX_RESENDING ? history.again(missing, now) : null;
          if (packet != null) {
            urgent.add(packet);
          }
        }
      } else if (message instanceof RtcpMessage.ReceiverReport report) {
        report.blocks().forEach(this::onReport);
      } else if (message instanceof RtcpMessage.SenderReport report) {
        report.blocks().forEach(this::onReport);
      }
    }
  }

  private void onReport(ReportBlock block) {
    if (block.ssrc() == options.ssrc()) {
      // The number of the last packet that came, counted from our first one.
      int reported = leftPackets + (short) (block.highest() - firstSequence + 1 - leftPackets);
      if (reported > confirmedPackets && reported <= leftPackets) {
        confirmedPackets = reported;
      }
      opus.expectLoss(Math.min(30, block.fractionLost() * 100 / 256));
    }
  }

  /**
   * Ends the stream: what waits is sent, then BYE (RFC 3550 §6.6).
   *
   * @param now nanoseconds
   */
  public void end(long now) {
    if (!ended) {
      if (filled > 0) {
        emitRest(now);
      }
      ended = true;
      paced.forEach(waiting -> urgent.add(waiting.packet()));
      leftPackets += paced.size();
      paced.clear();
      if (packets > 0) {
        urgent.add(report(now).bye(options.ssrc()).toBytes());
      }
    }
  }
}
