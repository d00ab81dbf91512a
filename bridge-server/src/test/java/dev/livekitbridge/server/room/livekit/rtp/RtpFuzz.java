package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Any packets for a receiver and a sender of Opus over RTP, plain and protected. */
public final class RtpFuzz {
  private static final long MS = 1_000_000L;
  private static final int SSRC = 5;

  private RtpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    long now = 0;
    RtpReceiver receiver = new RtpReceiver(SSRC, 111, 6, "c", new Random(1));
    RtpSender sender =
        new RtpSender(
            RtpSenderOptions.of(SSRC, 111, "c", new AudioFormat(48_000, 1)),
            new Random(1),
            new NtpClock(0, 0));
    SrtpSession srtp =
        SrtpSession.ofExport(SrtpProfile.AEAD_AES_128_GCM, new byte[2 * (16 + 12)], true);
    for (byte[] packet : FuzzInput.packets(input)) {
      byte[] copy = packet.clone();
      if (SrtpSession.isRtcp(copy, 0, copy.length)) {
        srtp.unprotectRtcp(copy, 0, copy.length);
      } else {
        srtp.unprotectRtp(copy, 0, copy.length);
      }
      List<RtcpMessage> messages = RtcpReader.read(packet, 0, packet.length);
      sender.onRtcp(messages, now);
      receiver.onRtcp(messages, now);
      if (packet.length >= 12) {
        packet[1] = (byte) ((packet[1] & 0x80) | 111);
        ByteBuffer.wrap(packet).putInt(8, SSRC);
      }
      receiver.onRtp(packet, 0, packet.length, now);
      drain(receiver, sender, now);
      now += 20 * MS;
    }
    // What is left is played, and then it is quiet.
    for (int i = 0; i < 100; i++) {
      drain(receiver, sender, now);
      now += 20 * MS;
    }
  }

  private static void drain(RtpReceiver receiver, RtpSender sender, long now) {
    int steps = 0;
    receiver.onTimeout(now);
    sender.onTimeout(now);
    while (receiver.pull(now) != null || receiver.poll(now) != null || sender.poll(now) != null) {
      FuzzInput.check(++steps < 1_000, "gives without end");
    }
    FuzzInput.check(receiver.stats().bufferedMillis() < 60_000, "holds too much");
  }

  public static List<byte[]> seeds() {
    List<byte[]> packets = new ArrayList<>();
    AudioFormat format = new AudioFormat(48_000, 1);
    OpusFrames opus = new OpusFrames(48_000, 2);
    Random random = new Random(3);
    short[] pcm = new short[960];
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < pcm.length; j++) {
        pcm[j] = (short) (8_000 * Math.sin(j * 0.05) + random.nextInt(500));
      }
      packets.add(
          new RtpPacket(i == 0, 111, 100 + i + i / 8, 960 * i, SSRC, opus.encode(pcm, format))
              .toBytes(0, 0));
    }
    packets.add(new RtcpWriter().senderReport(SSRC, 1, 2, 3, 4).name(SSRC, "someone").toBytes());
    packets.add(new RtcpWriter().nack(6, SSRC, new int[] {101, 105, 120}).toBytes());
    return List.of(FuzzInput.of(packets.toArray(new byte[0][])));
  }
}
