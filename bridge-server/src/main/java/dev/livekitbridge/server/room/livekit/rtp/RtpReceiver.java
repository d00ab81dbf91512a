package dev.livekitbridge.server.room.livekit.rtp;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Receives one Opus stream (RFC 3550, RFC 7587): plain RTP packets and a time in; frames of 20 ms,
 * 16 kHz mono, and RTCP out. Missing packets are asked for again, recovered from redundancy or made
 * up; the delay follows the jitter up and down.
 *
 * <p>After each call send what {@link #poll} gives until it gives null; call {@link #onTimeout} at
 * {@link #deadlineNanos}, and then {@link #pull} until it gives null. Any bytes may be given to
 * {@link #onRtp}. Times are monotonic nanoseconds. Not thread-safe.
 */
public final class RtpReceiver {
  private static final long MS = 1_000_000L;
  private static final long FRAME_NANOS = 20 * MS;
  private static final long REPORT_NANOS = 2_000 * MS;
  private static final long MIN_TARGET_NANOS = 40 * MS;

  /** While packets get lost, there is time for one to be sent again, if it does not take longer. */
  private static final long MAX_LOSSY_TARGET_NANOS = 150 * MS;

  private static final long LOSSY_FOR_NANOS = 5_000 * MS;

  /** RFC 3550 appendix A.1: a jump like this is a source that began again, if it goes on so. */
  private static final int MAX_DROPOUT = 3_000;

  /** A longer step is a pause, behind which a sender may count time from somewhere else. */
  private static final long SPURT_TICKS = 200 * 48;

  /** Opus needs no more for silence. */
  private static final int SILENT_BYTES = 8;

  /** After so much silence without packets no more frames are given. */
  private static final long IDLE_TICKS = 1_000 * 48;

  /** A consumer who is later than this has lost the time in between. */
  private static final long MAX_DEBT_NANOS = 200 * MS;

  private static final int MAX_QUEUED = 16;

  private final int ssrc;
  private final int payloadType;
  private final int localSsrc;
  private final String cname;
  private final Random random;
  private final ReceptionStats reception = new ReceptionStats();
  private final ArrivalDelay delay = new ArrivalDelay();
  private final MissingPackets missing = new MissingPackets();
  private final Playout playout = new Playout();
  private final ArrayDeque<byte[]> out = new ArrayDeque<>();
  private long highest = -1;
  private long lastTimestamp;
  private int suspect = -1;
  private long packets;
  private long packetsReported;
  private long lossAt = Long.MIN_VALUE / 2;
  private long pullAt = Long.MAX_VALUE;
  private long reportAt = Long.MAX_VALUE;

  /**
   * A stream of which nothing came yet.
   *
   * @param ssrc its source
   * @param payloadType of Opus, as negotiated
   * @param localSsrc the source of our reports
   * @param cname names all our streams together
   * @param random for the times of reports
   */
  public RtpReceiver(int ssrc, int payloadType, int localSsrc, String cname, Random random) {
    this.ssrc = ssrc;
    this.payloadType = payloadType;
    this.localSsrc = localSsrc;
    this.cname = cname;
    this.random = random;
  }

  /**
   * A packet has come.
   *
   * @param packet an array with the plain packet in it; not kept
   * @param at where it begins
   * @param length of the packet
   * @param now nanoseconds
   */
  public void onRtp(byte[] packet, int at, int length, long now) {
    RtpPacket rtp = RtpPacket.parse(packet, at, length);
    if (rtp == null || rtp.ssrc() != ssrc || rtp.payloadType() != payloadType) {
      return;
    }
    long sequence =
        highest < 0 ? ReceptionStats.FIRST_CYCLE + rtp.sequence() : unwrap(rtp.sequence());
    if (highest >= 0 && Math.abs(sequence - highest) > MAX_DROPOUT) {
      if (rtp.sequence() != suspect) {
        suspect = (rtp.sequence() + 1) & 0xFFFF;
        return;
      }
      sequence = ReceptionStats.FIRST_CYCLE + rtp.sequence();
      restart();
    }
    suspect = -1;
    int ticks = OpusPacket.ticks(rtp.payload());
    long timestamp = lastTimestamp + (rtp.timestamp() - (int) lastTimestamp);
    if (ticks == 0) {
      // Padding to probe the path, or no Opus: its number is used up all the same.
      missing.onPacket(sequence, now);
      return;
    }
    accept(rtp, sequence, timestamp, ticks, now);
  }

  private long unwrap(int sequence) {
    return highest + (short) (sequence - (int) highest);
  }

  private void restart() {
    highest = -1;
    reception.restart();
    missing.clear();
    delay.restart();
    playout.restart();
  }

  private void accept(RtpPacket rtp, long sequence, long timestamp, int ticks, long now) {
    boolean asked = missing.onPacket(sequence, now);
    reception.onPacket(sequence, rtp.timestamp(), now);
    boolean newSpurt = sequence == highest + 1 && timestamp - lastTimestamp > SPURT_TICKS;
    if (newSpurt || Math.abs(timestamp - lastTimestamp) > IDLE_TICKS * 10) {
      delay.restart();
    }
    if (!asked && rtp.payload().length > SILENT_BYTES) {
      // One that was sent twice says nothing about how long the first way takes, and the silence
      // behind a sound is sent when it is clear that nothing follows.
      delay.onPacket(timestamp, now);
    }
    if (sequence > highest) {
      if (highest >= 0 && sequence > highest + 1) {
        missing.onGap(highest + 1, sequence, now);
        lossAt = now;
      }
      highest = sequence;
      lastTimestamp = timestamp;
    }
    packets++;
    boolean lossy = now - lossAt < LOSSY_FOR_NANOS;
    long recovery =
        lossy ? Math.min(MAX_LOSSY_TARGET_NANOS, missing.recoveryNanos() + 2 * FRAME_NANOS) : 0;
    playout.target(Math.max(MIN_TARGET_NANOS, Math.max(recovery, delay.nanos() + FRAME_NANOS)));
    playout.add(new PacketQueue.Queued(sequence, timestamp, ticks, now, rtp.payload()));
    pullAt = pullAt == Long.MAX_VALUE ? now : pullAt;
    if (reportAt == Long.MAX_VALUE) {
      reportAt = now + REPORT_NANOS / 4;
    }
  }

  /**
   * What the sender says about its streams.
   *
   * @param messages of one RTCP packet; those about other streams are passed over
   * @param now nanoseconds
   */
  public void onRtcp(List<RtcpMessage> messages, long now) {
    for (RtcpMessage message : messages) {
      if (message instanceof RtcpMessage.SenderReport report && report.ssrc() == ssrc) {
        reception.onSenderReport(report.ntp(), now);
      }
    }
  }

  /**
   * The next frame, if it is time for one. While the stream lives there is one every 20 ms, silent
   * where nothing is said; after a second without packets there are none until it goes on.
   *
   * @param now nanoseconds
   * @return 640 bytes, PCM16 little-endian, 16 kHz mono, the caller's; null if there is none now
   */
  public byte @Nullable [] pull(long now) {
    if (now < pullAt) {
      return null;
    }
    if (playout.isDry() && playout.held() >= IDLE_TICKS) {
      pullAt = Long.MAX_VALUE;
      return null;
    }
    pullAt = now - pullAt > MAX_DEBT_NANOS ? now : pullAt;
    pullAt += FRAME_NANOS;
    byte[] frame = playout.frame(now);
    if (playout.nextSequence() >= 0) {
      missing.giveUpBefore(playout.nextSequence());
    }
    return frame;
  }

  /**
   * What has come and was not pulled yet, now instead of in its time: when no more will come.
   *
   * @return as {@link #pull}; null when nothing is left
   */
  public byte @Nullable [] rest() {
    // Late enough for any wait at the begin of a talk spurt to be over.
    return playout.isPlayed() ? null : playout.frame(Long.MAX_VALUE);
  }

  /**
   * Packets that have come and were lost here, of all causes that {@link #stats} tells apart.
   *
   * @return late, skipped and undecodable ones since the begin
   */
  public long lost() {
    return playout.lost();
  }

  /**
   * Whether all that has come was pulled.
   *
   * @return false while a whole frame is left
   */
  public boolean isPlayed() {
    return playout.isPlayed();
  }

  /**
   * The next RTCP packet to send, in the clear.
   *
   * @param now nanoseconds
   * @return a packet, or null if there is none for now
   */
  public byte @Nullable [] poll(long now) {
    return out.poll();
  }

  /**
   * When {@link #onTimeout} and {@link #pull} want to be called.
   *
   * @return nanoseconds; {@link Long#MAX_VALUE} for never
   */
  public long deadlineNanos() {
    return Math.min(Math.min(pullAt, reportAt), missing.deadline());
  }

  /**
   * Time has passed. May be called at any time.
   *
   * @param now nanoseconds
   */
  public void onTimeout(long now) {
    if (now >= missing.deadline()) {
      int[] due = missing.ask(now);
      if (due.length > 0) {
        send(report().nack(localSsrc, ssrc, due));
      }
    }
    if (now >= reportAt) {
      boolean worth = packets != packetsReported;
      packetsReported = packets;
      reportAt = worth ? now + (long) (REPORT_NANOS * (0.5 + random.nextDouble())) : Long.MAX_VALUE;
      if (worth) {
        send(
            new RtcpWriter()
                .receiverReport(localSsrc, reception.report(ssrc, now))
                .name(localSsrc, cname));
      }
    }
  }

  /** Feedback goes with an empty report, as RFC 4585 §3.1 asks for where nothing else is agreed. */
  private RtcpWriter report() {
    return new RtcpWriter().receiverReport(localSsrc, null).name(localSsrc, cname);
  }

  private void send(RtcpWriter writer) {
    if (out.size() >= MAX_QUEUED) {
      out.poll();
    }
    out.add(writer.toBytes());
  }

  /**
   * How it goes.
   *
   * @return figures since the begin
   */
  public RtpReceiverStats stats() {
    return playout.stats(packets);
  }
}
