package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.Nack;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage.ReportBlock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcpTest {
  private static List<RtcpMessage> read(RtcpWriter writer) {
    byte[] bytes = writer.toBytes();
    assertThat(bytes.length % 4).isZero();
    return RtcpReader.read(bytes, 0, bytes.length);
  }

  @Test
  void readsWhatItWrites() {
    ReportBlock block = new ReportBlock(7, 255, -3, 0x1FFFF, 960, 0xABCD1234, 65_536);
    assertThat(
            read(
                new RtcpWriter()
                    .senderReport(5, 0x8000000180000002L, -1, 3, 4)
                    .name(5, "someone")
                    .receiverReport(6, block)
                    .receiverReport(8, null)
                    .bye(5)))
        .containsExactly(
            new RtcpMessage.SenderReport(5, 0x8000000180000002L, -1, 3, 4, List.of()),
            new RtcpMessage.ReceiverReport(6, List.of(block)),
            new RtcpMessage.ReceiverReport(8, List.of()),
            new RtcpMessage.Bye(5));
  }

  @Test
  void namesOfAnyLengthKeepTheirPlace() {
    for (int length = 0; length < 300; length++) {
      assertThat(read(new RtcpWriter().name(1, "n".repeat(length)).bye(2)))
          .containsExactly(new RtcpMessage.Bye(2));
    }
  }

  @Test
  void nacksKeepTheirNumbersAcrossTheRollOver() {
    int[] missing = {65_520, 65_533, 65_535, 0, 3, 16, 17, 400};
    byte[] bytes = new RtcpWriter().nack(1, 2, missing).toBytes();
    assertThat(bytes).hasSizeLessThan(12 + 4 * missing.length);
    assertThat(RtcpReader.read(bytes, 0, bytes.length))
        .singleElement()
        .isInstanceOfSatisfying(
            Nack.class,
            nack -> {
              assertThat(nack.ssrc()).isEqualTo(2);
              assertThat(nack.sequences())
                  .containsExactly(65_520, 65_533, 65_535, 0, 3, 16, 17, 400);
            });
  }

  @Test
  void anyBytesAreHarmless() {
    Random random = new Random(7);
    ReportBlock block = new ReportBlock(7, 25, 3, 9, 960, 1, 2);
    byte[] good =
        new RtcpWriter()
            .senderReport(5, 1, 2, 3, 4)
            .receiverReport(6, block)
            .nack(1, 2, new int[] {1, 5, 90})
            .bye(5)
            .toBytes();
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = good.clone();
      if (i % 2 == 0) {
        for (int change = random.nextInt(6); change >= 0; change--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      } else {
        random.nextBytes(bytes);
        bytes[0] = (byte) (0x80 | (bytes[0] & 0x3F));
      }
      int length = random.nextInt(bytes.length + 1);
      assertThat(RtcpReader.read(bytes, 0, length).size()).isLessThanOrEqualTo(64);
      RtpPacket.parse(bytes, 0, length);
    }
  }
}
