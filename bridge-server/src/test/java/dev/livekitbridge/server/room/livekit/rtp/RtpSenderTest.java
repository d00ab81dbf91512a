package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.Bye;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.Nack;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.SenderReport;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RtpSenderTest {
  private static final long MS = 1_000_000L;
  private static final int SSRC = 9;
  private static final AudioFormat FORMAT = AudioFormat.VOICE;

  private final RtpSender sender =
      new RtpSender(
          RtpSenderOptions.of(SSRC, 111, "us", FORMAT),
          new Random(2),
          new NtpClock(1_700_000_000_500L, 0));
  private final List<RtpPacket> rtp = new ArrayList<>();
  private final List<RtcpMessage> rtcp = new ArrayList<>();
  private final List<Long> sentAt = new ArrayList<>();
  private final short[] tone = Sounds.tone(440, 16_000, 10, 0.3);
  private long now = 5 * MS;
  private int said;

  private void say(int millis) {
    sender.write(Sounds.frame(tone, said, millis * 16, FORMAT), now);
    said += millis * 16;
    drain();
  }

  private void drain() {
    for (byte[] out = sender.poll(now); out != null; out = sender.poll(now)) {
      if (SrtpSession.isRtcp(out, 0, out.length)) {
        rtcp.addAll(RtcpReader.read(out, 0, out.length));
      } else {
        rtp.add(Objects.requireNonNull(RtpPacket.parse(out, 0, out.length)));
        sentAt.add(now);
      }
    }
  }

  private void sleep(int millis) {
    long end = now + millis * MS;
    while (sender.deadlineNanos() <= end) {
      now = Math.max(now, sender.deadlineNanos());
      sender.onTimeout(now);
      drain();
    }
    now = end;
  }

  @Test
  void cutsWhatIsSaidIntoFramesOfTwentyMilliseconds() {
    for (int i = 0; i < 100; i++) {
      say(10);
      sleep(10);
    }
    assertThat(rtp).hasSize(50);
    for (int i = 0; i < 50; i++) {
      assertThat(rtp.get(i).sequence()).isEqualTo((rtp.get(0).sequence() + i) & 0xFFFF);
      assertThat(rtp.get(i).timestamp()).isEqualTo(rtp.get(0).timestamp() + 960 * i);
      assertThat(rtp.get(i).marker()).isEqualTo(i == 0);
      assertThat(rtp.get(i).payloadType()).isEqualTo(111);
      assertThat(OpusPacket.ticks(rtp.get(i).payload())).isEqualTo(960);
    }
  }

  @Test
  void whatHasPiledUpGoesDownThoughTimersAreLate() {
    long from = now;
    say(400);
    while (rtp.size() < 20) {
      now = sender.deadlineNanos() + 6 * MS;
      sender.onTimeout(now);
      drain();
    }
    // A frame every 20 ms would have taken 380.
    assertThat(now - from).isLessThan(360 * MS);
  }

  @Test
  void aLongPieceGoesOutEvenly() {
    for (int i = 0; i < 5; i++) {
      say(100);
      sleep(100);
    }
    assertThat(rtp).hasSizeBetween(24, 25);
    for (int i = 1; i < rtp.size(); i++) {
      assertThat(sentAt.get(i) - sentAt.get(i - 1)).isGreaterThanOrEqualTo(16 * MS);
    }
  }

  @Test
  void whatAStallHeldUpGoesOutFast() {
    long from = now;
    say(500);
    while (rtp.size() < 20) {
      now = sender.deadlineNanos();
      sender.onTimeout(now);
      drain();
    }
    assertThat(now - from).isLessThan(100 * MS);
    assertThat(sender.unsentBytes()).isEqualTo(100 * 32);
  }

  @Test
  void aPauseIsCountedByTheTimestampAndMarked() {
    say(20);
    sleep(20);
    say(10);
    sleep(5_000);
    // The half frame is filled up, the tail is silent.
    assertThat(rtp).hasSize(7);
    long before = sentAt.get(0);
    say(20);
    RtpPacket next = rtp.get(7);
    assertThat(next.marker()).isTrue();
    assertThat(next.timestamp() - rtp.get(0).timestamp())
        .isBetween((int) ((now - before) * 48 / MS) - 10, (int) ((now - before) * 48 / MS) + 10);
    assertThat(next.sequence()).isEqualTo((rtp.get(6).sequence() + 1) & 0xFFFF);
  }

  @Test
  void whereNothingWasEverSaidNothingIsSentOrPlanned() {
    assertThat(sender.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    sender.write(Sounds.frame(new short[3_200], 0, 3_200, FORMAT), now);
    drain();
    sleep(10_000);
    sender.end(now);
    drain();
    assertThat(rtp).isEmpty();
    assertThat(rtcp).isEmpty();
  }

  @Test
  void reportsTieTheTimeOfDayToTheTimestamps() {
    for (int i = 0; i < 350; i++) {
      say(20);
      sleep(20);
    }
    List<SenderReport> reports = rtcp.stream().map(message -> (SenderReport) message).toList();
    assertThat(reports).hasSizeBetween(2, 4);
    SenderReport last = reports.get(reports.size() - 1);
    assertThat(last.ssrc()).isEqualTo(SSRC);
    assertThat(last.packets()).isPositive();
    double seconds =
        (last.ntp() >>> 32)
            - 2_208_988_800L
            - 1_700_000_000L
            + (last.ntp() & 0xFFFFFFFFL) / 4_294_967_296.0;
    // 500 ms of the day plus 5 ms by the monotonic clock, when the first sample was said.
    double expected = (seconds - 0.505) * 48_000;
    assertThat((double) (last.rtpTimestamp() - rtp.get(0).timestamp()))
        .isBetween(expected - 48, expected + 48);
  }

  @Test
  void sendsAgainWhatIsMissedButNotForEver() {
    for (int i = 0; i < 100; i++) {
      say(20);
      sleep(20);
    }
    int sequence = rtp.get(99).sequence();
    rtp.clear();
    for (int i = 0; i < 1_000; i++) {
      List<Integer> flood =
          IntStream.range(0, 500).mapToObj(back -> (sequence - back) & 0xFFFF).toList();
      sender.onRtcp(List.of(new Nack(SSRC, flood), new Nack(77, flood)), now);
      drain();
      now += MS;
    }
    // Those of the last 64 that were there, four times each.
    assertThat(rtp).hasSizeLessThanOrEqualTo(64 * 4);
    assertThat(rtp).hasSizeGreaterThan(60);
    assertThat(rtp.stream().map(RtpPacket::sequence)).contains(sequence, sequence - 50);
  }

  @Test
  void survivesAnyReport() {
    say(20);
    for (int fraction = 0; fraction < 256; fraction++) {
      ReportBlock block = new ReportBlock(SSRC, fraction, -1, -1, -1, -1, -1);
      sender.onRtcp(List.of(new RtcpMessage.ReceiverReport(1, List.of(block))), now);
      say(20);
      sleep(20);
    }
    assertThat(rtp).hasSize(257);
  }

  @Test
  void endsWithWhatWaitsAndBye() {
    say(100);
    sender.end(now);
    drain();
    assertThat(rtp).hasSize(5);
    assertThat(rtcp.get(rtcp.size() - 1)).isEqualTo(new Bye(SSRC));
    say(100);
    assertThat(rtp).hasSize(5);
    assertThat(sender.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void saysAtTheEndWhatDidNotFillAFrame() {
    say(30);
    sender.end(now);
    drain();
    assertThat(rtp).hasSize(2);
    assertThat(sender.unsentBytes()).isZero();
  }

  @Test
  void tellsWhatHasNotLeft() {
    say(90);
    assertThat(rtp).hasSize(1);
    assertThat(sender.unsentNanos()).isEqualTo(70 * MS);
    assertThat(sender.unsentBytes()).isEqualTo(70 * 32);
    sleep(30);
    assertThat(rtp).hasSize(2);
    assertThat(sender.unsentBytes()).isEqualTo(50 * 32);
    sleep(1_000);
    assertThat(sender.unsentBytes()).isZero();
    // Silence has been said when it is written.
    sender.write(Sounds.frame(new short[330], 0, 330, FORMAT), now);
    assertThat(sender.unsentBytes()).isEqualTo(20);
  }

  @Test
  void tellsWhatHasLeftAndWasNotReportedOn() {
    for (int i = 0; i < 50; i++) {
      say(20);
      sleep(20);
    }
    assertThat(sender.unconfirmedMillis()).isEqualTo(1_000);
    int highest = rtp.get(39).sequence();
    // In its second cycle, as far as the receiver knows.
    sender.onRtcp(
        List.of(new RtcpMessage.ReceiverReport(1, List.of(block(highest | 1 << 16)))), now);
    assertThat(sender.unconfirmedMillis()).isEqualTo(200);
    sender.onRtcp(List.of(new RtcpMessage.ReceiverReport(1, List.of(block(highest - 5)))), now);
    sender.onRtcp(List.of(new RtcpMessage.ReceiverReport(1, List.of(block(highest + 9_999)))), now);
    assertThat(sender.unconfirmedMillis()).isEqualTo(200);
  }

  private static ReportBlock block(int highest) {
    return new ReportBlock(SSRC, 0, 0, highest, 0, 0, 0);
  }

  @Test
  void tellsHowLoudItIs() {
    RtpSender withLevel =
        new RtpSender(
            RtpSenderOptions.of(SSRC, 111, "us", FORMAT).withAudioLevel(3),
            new Random(2),
            new NtpClock(0, 0));
    withLevel.write(Sounds.frame(tone, 0, 320, FORMAT), now);
    byte[] packet = Objects.requireNonNull(withLevel.poll(now));
    assertThat(packet[0]).isEqualTo((byte) 0x90);
    assertThat(RtpPacket.getInt(packet, 12)).isEqualTo(0xBEDE0001);
    assertThat(packet[16]).isEqualTo((byte) 0x30);
    // A sine of 0.3: 20 log(0.3) - 3 dB.
    assertThat(packet[17] & 0x7F).isEqualTo(13);
    assertThat(RtpPacket.parse(packet, 0, packet.length)).isNotNull();
  }

  @Test
  void whatNobodyTakesIsBounded() {
    for (int i = 0; i < 100; i++) {
      said = 0;
      sender.write(Sounds.frame(tone, 0, 16_000, FORMAT), now);
      now += 1_000 * MS;
      sender.onTimeout(now);
    }
    int waiting = 0;
    for (int i = 0; i < 2_000; i++) {
      now += 20 * MS;
      for (byte[] out = sender.poll(now); out != null; out = sender.poll(now)) {
        waiting++;
      }
    }
    assertThat(waiting).isBetween(200, 400);
  }

  @Test
  void whereTheRateChangesASteadyToneStaysSteady() throws OpusException {
    AudioFormat high = new AudioFormat(48_000, 1);
    short[] highTone = Sounds.tone(440, 48_000, 10, 0.3);
    for (int i = 0; i < 150; i++) {
      // A second of each, and again the first.
      boolean up = i / 50 == 1;
      int at = 20 * i;
      sender.write(
          up
              ? Sounds.frame(highTone, 48 * at, 960, high)
              : Sounds.frame(tone, 16 * at, 320, FORMAT),
          now);
      assertThat(sender.unsentBytes()).isEqualTo(up ? 1_920 : 640);
      drain();
      sleep(20);
    }
    OpusDecoder decoder = new OpusDecoder(48_000, 1);
    short[] heard = new short[rtp.size() * 960];
    for (int i = 0; i < rtp.size(); i++) {
      byte[] payload = rtp.get(i).payload();
      decoder.decode(payload, 0, payload.length, heard, 960 * i, 960, false);
    }
    double usual = Sounds.rms(heard, 24_000, 43_200);
    // 10 ms are four and a half waves of it.
    for (int from = 4_800; from < 142_000; from += 480) {
      assertThat(20 * Math.log10(Sounds.rms(heard, from, from + 480) / usual))
          .as("level in dB, %d ms after the start", from / 48)
          .isBetween(-1.5, 1.0);
    }
  }

  @Test
  void whatDoesNotFillAFrameWhereTheRateChangesIsSaidBefore() {
    say(30);
    AudioFormat high = new AudioFormat(48_000, 1);
    sender.write(Sounds.frame(Sounds.tone(440, 48_000, 1, 0.3), 0, 960, high), now);
    assertThat(sender.unsentBytes()).isEqualTo(320 + 1_920);
    sleep(1_000);
    assertThat(rtp).hasSizeGreaterThanOrEqualTo(3);
    assertThat(sender.unsentBytes()).isZero();
  }

  @Test
  void refusesAnotherFormat() {
    AudioFormat stereo = new AudioFormat(48_000, 2);
    assertThatThrownBy(() -> sender.write(Sounds.frame(tone, 0, 960, stereo), now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
    assertThatThrownBy(() -> RtpSenderOptions.of(SSRC, 111, "us", new AudioFormat(44_100, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("44100");
  }
}
