package dev.livekitbridge.server.room.livekit.rtp;

import java.util.List;

/** What a participant tells about its streams (RFC 3550 §6, RFC 4585 §6.2.1). */
public sealed interface RtcpMessage {
  /**
   * What a receiver says about a stream (RFC 3550 §6.4.1).
   *
   * @param ssrc the stream
   * @param fractionLost since the last report, in 1/256
   * @param lost packets since the begin; negative with duplicates
   * @param highest extended highest sequence number received
   * @param jitter between arrivals, in units of the RTP clock
   * @param lastSenderReport middle 32 bits of the NTP time of the last sender report, or 0
   * @param delay since then in 1/65536 s
   */
  record ReportBlock(
      int ssrc,
      int fractionLost,
      int lost,
      int highest,
      int jitter,
      int lastSenderReport,
      int delay) {}

  /**
   * A sender report.
   *
   * @param ssrc the sender
   * @param ntp its time of day, NTP format
   * @param rtpTimestamp the same moment by the RTP clock
   * @param packets sent so far
   * @param bytes of payload sent so far
   * @param blocks about what it receives
   */
  record SenderReport(
      int ssrc, long ntp, int rtpTimestamp, int packets, int bytes, List<ReportBlock> blocks)
      implements RtcpMessage {}

  /**
   * A receiver report.
   *
   * @param ssrc who reports
   * @param blocks about what it receives
   */
  record ReceiverReport(int ssrc, List<ReportBlock> blocks) implements RtcpMessage {}

  /**
   * A source has ended.
   *
   * @param ssrc which
   */
  record Bye(int ssrc) implements RtcpMessage {}

  /**
   * Packets are missed.
   *
   * @param ssrc whose
   * @param sequences their sequence numbers
   */
  record Nack(int ssrc, List<Integer> sequences) implements RtcpMessage {}
}
