package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import io.github.jaredmdobson.concentus.OpusMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams as other engines send them, and streams as nobody should. */
class RtpReceiverTest {
  private static final long MS = 1_000_000L;
  private static final int SSRC = 7;
  private static final int RATE = 16_000;

  private final RtpReceiver receiver = new RtpReceiver(SSRC, 111, 8, "us", new Random(1));
  private final List<Short> heard = new ArrayList<>();
  private final List<RtcpMessage> reports = new ArrayList<>();
  private long now = 1_000 * MS;

  private static List<byte[]> encode(
      short[] samples, int rate, OpusMode mode, boolean fec, boolean dtx) {
    try {
      OpusEncoder encoder = new OpusEncoder(rate, 1, OpusApplication.OPUS_APPLICATION_VOIP);
      encoder.setBitrate(32_000);
      encoder.setForceMode(mode);
      encoder.setUseInbandFEC(fec);
      encoder.setPacketLossPercent(fec ? 20 : 0);
      encoder.setUseDTX(dtx);
      List<byte[]> packets = new ArrayList<>();
      byte[] out = new byte[1_275];
      for (int at = 0; at + rate / 50 <= samples.length; at += rate / 50) {
        packets.add(Arrays.copyOf(out, encoder.encode(samples, at, rate / 50, out, 0, out.length)));
      }
      return packets;
    } catch (OpusException e) {
      throw new AssertionError(e);
    }
  }

  private void give(int sequence, int timestamp, byte[] payload) {
    byte[] packet =
        new RtpPacket(false, 111, sequence & 0xFFFF, timestamp, SSRC, payload).toBytes(0, 0);
    receiver.onRtp(packet, 0, packet.length, now);
  }

  private void sleep(int millis) {
    long end = now + millis * MS;
    for (int steps = 0; receiver.deadlineNanos() <= end; steps++) {
      assertThat(steps).as("no progress").isLessThan(10_000);
      now = Math.max(now, receiver.deadlineNanos());
      turn();
    }
    now = end;
  }

  private void turn() {
    receiver.onTimeout(now);
    for (byte[] frame = receiver.pull(now); frame != null; frame = receiver.pull(now)) {
      assertThat(frame).hasSize(640);
      for (int i = 0; i < frame.length; i += 2) {
        heard.add((short) ((frame[i] & 0xFF) | frame[i + 1] << 8));
      }
    }
    for (byte[] out = receiver.poll(now); out != null; out = receiver.poll(now)) {
      reports.addAll(RtcpReader.read(out, 0, out.length));
    }
  }

  private short[] heard() {
    short[] all = new short[heard.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = heard.get(i);
    }
    return all;
  }

  @Test
  void hearsEveryModeOfOpus() {
    for (OpusMode mode :
        new OpusMode[] {OpusMode.MODE_SILK_ONLY, OpusMode.MODE_HYBRID, OpusMode.MODE_CELT_ONLY}) {
      heard.clear();
      int rate = mode == OpusMode.MODE_SILK_ONLY ? 16_000 : 48_000;
      List<byte[]> packets = encode(Sounds.tone(440, rate, 2, 0.3), rate, mode, false, false);
      RtpReceiver one = new RtpReceiver(SSRC, 111, 8, "us", new Random(1));
      List<Short> sound = new ArrayList<>();
      for (int i = 0; i < packets.size(); i++) {
        byte[] packet = new RtpPacket(false, 111, i, i * 960, SSRC, packets.get(i)).toBytes(0, 0);
        one.onRtp(packet, 0, packet.length, now);
        now += 20 * MS;
        byte[] frame = one.pull(now);
        for (int k = 0; frame != null && k < 640; k += 2) {
          sound.add((short) ((frame[k] & 0xFF) | frame[k + 1] << 8));
        }
      }
      short[] all = new short[sound.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = sound.get(i);
      }
      assertThat(Sounds.pitch(all, RATE / 2, RATE * 3 / 2, RATE))
          .as("%s", mode)
          .isBetween(438.0, 442.0);
      double level = Sounds.rms(all, RATE / 2, RATE * 3 / 2) / (0.3 * 32_767 / Math.sqrt(2));
      assertThat(20 * Math.log10(level)).as("%s", mode).isBetween(-1.5, 1.0);
    }
  }

  @Test
  void redundancyInTheNextPacketFillsTheGap() {
    double[] like = new double[2];
    for (int fec = 0; fec < 2; fec++) {
      heard.clear();
      short[] said = Sounds.speech(RATE, 6, 11);
      List<byte[]> packets = encode(said, RATE, OpusMode.MODE_SILK_ONLY, fec == 1, false);
      RtpReceiver fresh = new RtpReceiver(SSRC, 111, 8, "us", new Random(1));
      List<Short> sound = new ArrayList<>();
      for (int i = 0; i < packets.size(); i++) {
        // Every eighth is lost, and nobody sends it again.
        if (i % 8 != 7) {
          byte[] packet = new RtpPacket(false, 111, i, i * 960, SSRC, packets.get(i)).toBytes(0, 0);
          fresh.onRtp(packet, 0, packet.length, now);
        }
        for (int half = 0; half < 2; half++) {
          now += 10 * MS;
          for (byte[] frame = fresh.pull(now); frame != null; frame = fresh.pull(now)) {
            for (int k = 0; k < 640; k += 2) {
              sound.add((short) ((frame[k] & 0xFF) | frame[k + 1] << 8));
            }
          }
        }
      }
      short[] all = new short[sound.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = sound.get(i);
      }
      int windows = 0;
      for (int at = RATE; at + RATE / 10 < all.length - RATE / 2; at += RATE / 10) {
        windows++;
        like[fec] +=
            Sounds.bestCorrelation(all, at, RATE / 10, said, at - RATE / 3, at + RATE / 10);
      }
      like[fec] /= windows;
    }
    assertThat(like[1])
        .as("without: %f", like[0])
        .isGreaterThan(like[0] + 0.05)
        .isGreaterThan(0.85);
  }

  @Test
  void aSenderWithDtxOfItsOwnIsHeardAroundItsPauses() {
    short[] said = new short[RATE * 4];
    System.arraycopy(Sounds.speech(RATE, 1, 3), 0, said, 0, RATE);
    System.arraycopy(Sounds.speech(RATE, 1, 4), 0, said, RATE * 3, RATE);
    List<byte[]> packets = encode(said, RATE, OpusMode.MODE_SILK_ONLY, false, true);
    int sequence = 0;
    for (int i = 0; i < packets.size(); i++) {
      // As libwebrtc does: what says only "still quiet" is not sent.
      if (packets.get(i).length > 2) {
        give(sequence++, i * 960, packets.get(i));
      }
      sleep(20);
    }
    sleep(100);
    assertThat(sequence).isLessThan(170);
    short[] all = heard();
    assertThat(Sounds.rms(all, RATE * 3 / 2, RATE * 5 / 2)).isLessThan(60);
    assertThat(Sounds.rms(all, RATE * 13 / 4, RATE * 15 / 4)).isGreaterThan(500);
    assertThat(receiver.stats().latePackets()).isZero();
  }

  @Test
  void aSourceThatBeginsAnewIsFollowed() {
    List<byte[]> packets =
        encode(Sounds.tone(440, RATE, 4, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    for (int i = 0; i < 100; i++) {
      give(60_000 + i, i * 960, packets.get(i));
      sleep(20);
    }
    heard.clear();
    for (int i = 0; i < 100; i++) {
      give(10_000 + i, 0x50000000 + i * 960, packets.get(100 + i));
      sleep(20);
    }
    short[] all = heard();
    assertThat(Sounds.rms(all, RATE / 2, RATE * 3 / 2)).isGreaterThan(6_000);
    assertThat(receiver.stats().bufferedMillis()).isLessThan(150);
  }

  @Test
  void asksForWhatIsMissingAFewTimesAndReportsLosses() {
    List<byte[]> packets =
        encode(Sounds.tone(440, RATE, 6, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    receiver.onRtcp(
        List.of(new RtcpMessage.SenderReport(SSRC, 0x1234567890ABCDEFL, 0, 0, 0, List.of())), now);
    for (int i = 0; i < 300; i++) {
      if (i != 50) {
        give(i, i * 960, packets.get(i));
      }
      sleep(20);
    }
    List<RtcpMessage.Nack> nacks = new ArrayList<>();
    List<RtcpMessage.ReportBlock> blocks = new ArrayList<>();
    for (RtcpMessage message : reports) {
      if (message instanceof RtcpMessage.Nack nack) {
        nacks.add(nack);
      } else if (message instanceof RtcpMessage.ReceiverReport report) {
        blocks.addAll(report.blocks());
      }
    }
    assertThat(nacks).hasSizeBetween(1, 3);
    assertThat(nacks).allSatisfy(nack -> assertThat(nack.sequences()).containsExactly(50));
    RtcpMessage.ReportBlock last = blocks.get(blocks.size() - 1);
    assertThat(last.lost()).isEqualTo(1);
    assertThat(last.lastSenderReport()).isEqualTo(0x567890AB);
    assertThat(last.delay()).isPositive();
    assertThat(last.highest()).isBetween(150, 299);
    assertThat(blocks).anySatisfy(block -> assertThat(block.fractionLost()).isPositive());
  }

  @Test
  void twoSecondsAtOnceAreHeardAndWhatIsMoreIsCounted() {
    List<byte[]> packets =
        encode(Sounds.tone(440, RATE, 4, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    for (int i = 0; i < 50; i++) {
      give(i, i * 960, packets.get(i));
      sleep(20);
    }
    // The listener stalls: three seconds come at once.
    now += 3_000 * MS;
    for (int i = 50; i < 200; i++) {
      give(i, i * 960, packets.get(i));
    }
    long waiting = receiver.stats().bufferedMillis();
    assertThat(waiting).isBetween(1_990L, 2_100L);
    sleep(4_000);
    RtpReceiverStats stats = receiver.stats();
    assertThat(stats.skippedPackets()).isBetween(50L, 52L);
    assertThat(receiver.lost()).isEqualTo(stats.skippedPackets());
    assertThat(stats.bufferedMillis()).isLessThan(60);
    // What was not skipped was played, faster, in its pitch.
    short[] all = heard();
    assertThat(Sounds.pitch(all, RATE / 2, RATE * 3 / 2, RATE)).isBetween(438.0, 442.0);
    assertThat(stats.shortenedMillis()).isGreaterThan(500);
  }

  @Test
  void lateAndUndecodablePacketsCountAsLost() {
    List<byte[]> packets =
        encode(Sounds.tone(440, RATE, 2, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    for (int i = 0; i < 100; i++) {
      if (i != 30) {
        give(i, i * 960, packets.get(i));
      }
      if (i == 60) {
        give(30, 30 * 960, packets.get(30));
      }
      sleep(20);
    }
    assertThat(receiver.stats().latePackets()).isEqualTo(1);
    assertThat(receiver.lost()).isEqualTo(1);
  }

  @Test
  void whatHasComeIsThereAtOnceWhenNoMoreWillCome() {
    List<byte[]> packets =
        encode(Sounds.tone(440, RATE, 1, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    for (int i = 0; i < 40; i++) {
      give(i, i * 960, packets.get(i));
    }
    int frames = 0;
    for (byte[] frame = receiver.rest(); frame != null; frame = receiver.rest()) {
      assertThat(frame).hasSize(640);
      frames++;
    }
    // 800 ms, but for what is shortened meanwhile.
    assertThat(frames).isBetween(20, 41);
    assertThat(receiver.isPlayed()).isTrue();
    assertThat(receiver.lost()).isZero();
  }

  @Test
  void packetsOfOtherStreamsAndTypesArePassedOver() {
    byte[] other = new RtpPacket(false, 111, 1, 0, 99, new byte[] {8, 1}).toBytes(0, 0);
    byte[] wrong = new RtpPacket(false, 63, 1, 0, SSRC, new byte[] {8, 1}).toBytes(0, 0);
    receiver.onRtp(other, 0, other.length, now);
    receiver.onRtp(wrong, 0, wrong.length, now);
    assertThat(receiver.stats().packets()).isZero();
    assertThat(receiver.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anyPayloadIsBorne() {
    Random random = new Random(12);
    List<byte[]> good =
        encode(Sounds.speech(RATE, 1, 3), RATE, OpusMode.MODE_SILK_ONLY, true, false);
    for (int i = 0; i < 3_000; i++) {
      byte[] payload = new byte[random.nextInt(60)];
      random.nextBytes(payload);
      if (i % 2 == 0) {
        payload = good.get(i % good.size()).clone();
        payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
      }
      give(i, i * 960, payload);
      sleep(20);
      assertThat(receiver.stats().bufferedMillis()).isLessThan(1_000);
    }
    // Afterwards it is as good as new.
    heard.clear();
    List<byte[]> tone =
        encode(Sounds.tone(440, RATE, 2, 0.3), RATE, OpusMode.MODE_CELT_ONLY, false, false);
    for (int i = 0; i < 100; i++) {
      give(3_000 + i, (3_000 + i) * 960, tone.get(i));
      sleep(20);
    }
    short[] all = heard();
    assertThat(Sounds.rms(all, RATE, RATE * 3 / 2)).isGreaterThan(5_000);
  }

  @Test
  void anyNumbersTimesAndBytesAreBorne() {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      RtpReceiver one = new RtpReceiver(SSRC, 111, 8, "us", random);
      long time = random.nextLong() >> 8;
      int sequence = 0;
      int timestamp = 0;
      for (int i = 0; i < 2_000; i++) {
        sequence += random.nextInt(10) == 0 ? random.nextInt(100_000) - 50_000 : 1;
        timestamp += random.nextInt(10) == 0 ? random.nextInt() : 960;
        byte[] payload = {(byte) random.nextInt(), (byte) random.nextInt(), 1, 2};
        byte[] packet =
            new RtpPacket(false, 111, sequence & 0xFFFF, timestamp, SSRC, payload).toBytes(0, 0);
        if (random.nextInt(4) == 0) {
          packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
        one.onRtp(packet, 0, random.nextInt(packet.length + 1), time);
        one.onRtp(packet, 0, packet.length, time);
        time += random.nextInt(5) == 0 ? random.nextInt(1_000) * MS : 10 * MS;
        one.onTimeout(time);
        int frames = 0;
        while (one.pull(time) != null) {
          assertThat(++frames).isLessThan(20);
        }
        int out = 0;
        while (one.poll(time) != null) {
          assertThat(++out).isLessThanOrEqualTo(16);
        }
        assertThat(one.deadlineNanos()).isGreaterThan(time);
        assertThat(one.stats().bufferedMillis()).isLessThan(2_400);
      }
    }
  }
}
