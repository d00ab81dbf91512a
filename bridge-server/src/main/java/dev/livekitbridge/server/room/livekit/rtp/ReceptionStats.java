package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;

/** Counts what arrives, for receiver reports (RFC 3550 §6.4 and appendix A). */
final class ReceptionStats {
  private static final long MS = 1_000_000L;

  /** Numbers are unwrapped from here on, so that those before the first stay positive. */
  static final long FIRST_CYCLE = 0x10000;

  private long base = -1;
  private long highest = -1;
  private long received;
  private long expectedBefore;
  private long receivedBefore;
  private int lastTransit;
  private double jitter;
  private int lastSenderReport;
  private long lastSenderReportAt;

  void onPacket(long sequence, int timestamp, long now) {
    int transit = (int) (now * 48 / MS) - timestamp;
    if (base < 0) {
      base = sequence;
      lastTransit = transit;
    }
    // Appendix A.8; a jump of the timestamp is no jitter.
    int difference = Math.abs(transit - lastTransit);
    if (difference < 48_000) {
      jitter += (difference - jitter) / 16;
    }
    lastTransit = transit;
    highest = Math.max(highest, sequence);
    received++;
  }

  void onSenderReport(long ntp, long now) {
    lastSenderReport = (int) (ntp >>> 16);
    lastSenderReportAt = now;
  }

  /** Counts afresh: the source has begun again. */
  void restart() {
    base = -1;
    highest = -1;
    received = 0;
    expectedBefore = 0;
    receivedBefore = 0;
  }

  boolean isEmpty() {
    return base < 0;
  }

  ReportBlock report(int ssrc, long now) {
    long expected = highest - base + 1;
    long expectedNow = expected - expectedBefore;
    long lostNow = expectedNow - (received - receivedBefore);
    expectedBefore = expected;
    receivedBefore = received;
    int fraction = lostNow <= 0 ? 0 : (int) Math.min(255, lostNow * 256 / expectedNow);
    long lost = Math.max(-0x800000, Math.min(0x7FFFFF, expected - received));
    long delay = lastSenderReport == 0 ? 0 : (now - lastSenderReportAt) * 65_536 / 1_000_000_000L;
    return new ReportBlock(
        ssrc,
        fraction,
        (int) lost,
        (int) (highest - FIRST_CYCLE),
        (int) jitter,
        lastSenderReport,
        (int) delay);
  }
}
