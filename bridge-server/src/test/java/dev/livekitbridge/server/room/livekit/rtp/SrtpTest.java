package dev.livekitbridge.server.room.livekit.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SrtpTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final SrtpKeys RFC_KEYS =
      new SrtpKeys(
          HEX.parseHex("e1f97a0d3e018be0d64fa32c06de4139"),
          HEX.parseHex("0ec675ad498afeebb6960b3aabe6"));

  private static byte[] exported(SrtpProfile profile) {
    byte[] exported = new byte[profile.exportedBytes()];
    new Random(4).nextBytes(exported);
    return exported;
  }

  private static byte[] rtp(int sequence, int ssrc, int payload) {
    byte[] bytes = new byte[payload];
    new Random(sequence).nextBytes(bytes);
    return new RtpPacket(false, 111, sequence & 0xFFFF, sequence * 960, ssrc, bytes)
        .toBytes(sequence % 2, 5);
  }

  private static byte[] room(byte[] packet) {
    return Arrays.copyOf(packet, packet.length + SrtpSession.MAX_OVERHEAD);
  }

  private static byte[] protect(SrtpSession session, byte[] packet) {
    byte[] buffer = room(packet);
    return Arrays.copyOf(buffer, session.protectRtp(buffer, 0, packet.length));
  }

  private static byte[] protectRtcp(SrtpSession session, byte[] packet) {
    byte[] buffer = room(packet);
    return Arrays.copyOf(buffer, session.protectRtcp(buffer, 0, packet.length));
  }

  @Test
  void derivesTheKeysOfRfc3711() {
    // Appendix B.3.
    assertThat(RFC_KEYS.derive(SrtpKeys.RTP_ENCRYPTION, 16))
        .isEqualTo(HEX.parseHex("c61e7a93744f39ee10734afe3ff7a087"));
    assertThat(RFC_KEYS.derive(SrtpKeys.RTP_SALT, 14))
        .isEqualTo(HEX.parseHex("30cbbc08863d8c85d49db34a9ae1"));
    assertThat(RFC_KEYS.derive(SrtpKeys.RTP_AUTHENTICATION, 20))
        .isEqualTo(HEX.parseHex("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
  }

  @Test
  void protectsAsOthersDoInCounterMode() {
    // The packet by which implementations of RFC 3711 compare themselves.
    SrtpSession session = new SrtpSession(SrtpProfile.AES128_CM_HMAC_SHA1_80, RFC_KEYS, RFC_KEYS);
    byte[] packet = HEX.parseHex("800f1234decafbadcafebabe" + "ab".repeat(16));
    byte[] expected =
        HEX.parseHex(
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
    assertThat(protect(session, packet)).isEqualTo(expected);
    assertThat(session.unprotectRtp(expected, 0, expected.length)).isEqualTo(packet.length);
    assertThat(Arrays.copyOf(expected, packet.length)).isEqualTo(packet);
    byte[] rtcp = HEX.parseHex("81c8000bcafebabe" + "ab".repeat(16));
    assertThat(protectRtcp(session, rtcp))
        .isEqualTo(
            HEX.parseHex(
                "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798"));
  }

  @Test
  void protectsAsRfc7714Says() {
    // §16.1.1.
    byte[] key = HEX.parseHex("000102030405060708090a0b0c0d0e0f");
    byte[] salt = HEX.parseHex("517569642070726f2071756f");
    byte[] text = "Gallia est omnis divisa in partes tres".getBytes(StandardCharsets.US_ASCII);
    byte[] packet = Arrays.copyOf(HEX.parseHex("8040f17b8041f8d35501a0b2"), 12 + 38 + 16);
    System.arraycopy(text, 0, packet, 12, 38);
    int length = new GcmCipher(key, salt, false).protect(packet, 0, 12, 50, 0x5501a0b2, 0xf17b, 0);
    assertThat(length).isEqualTo(66);
    assertThat(packet)
        .isEqualTo(
            HEX.parseHex(
                "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a"
                    + "51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce"));
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void whatOneSideProtectsTheOtherOpensAcrossManyRollOvers(SrtpProfile profile) {
    SrtpSession client = SrtpSession.ofExport(profile, exported(profile), true);
    SrtpSession server = SrtpSession.ofExport(profile, exported(profile), false);
    for (int sequence = 65_000; sequence < 65_000 + 3 * 65_536; sequence += 97) {
      byte[] packet = rtp(sequence, 77, sequence % 50);
      byte[] wire = protect(client, packet);
      int length = server.unprotectRtp(wire, 0, wire.length);
      assertThat(Arrays.copyOf(wire, Math.max(0, length))).isEqualTo(packet);
    }
    for (int i = 0; i < 100; i++) {
      byte[] packet = new RtcpWriter().senderReport(i, 5, 6, 7, 8).name(i, "who").toBytes();
      byte[] wire = protectRtcp(server, packet);
      int length = client.unprotectRtcp(wire, 0, wire.length);
      assertThat(Arrays.copyOf(wire, Math.max(0, length))).isEqualTo(packet);
    }
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void everyPacketIsTakenOnceInAnyOrder(SrtpProfile profile) {
    SrtpSession client = SrtpSession.ofExport(profile, exported(profile), true);
    SrtpSession server = SrtpSession.ofExport(profile, exported(profile), false);
    byte[][] wire = new byte[400][];
    for (int i = 0; i < wire.length; i++) {
      // Begins just before the sequence number rolls over.
      wire[i] = protect(client, rtp(65_400 + i, 9, 20));
    }
    assertThat(server.unprotectRtp(wire[0].clone(), 0, wire[0].length)).isPositive();
    for (int i = wire.length - 1; i > 0; i--) {
      assertThat(server.unprotectRtp(wire[i].clone(), 0, wire[i].length)).as("%d", i).isPositive();
    }
    for (byte[] packet : wire) {
      assertThat(server.unprotectRtp(packet, 0, packet.length)).isEqualTo(-1);
    }
    byte[] rtcp = protectRtcp(client, new RtcpWriter().bye(9).toBytes());
    assertThat(server.unprotectRtcp(rtcp.clone(), 0, rtcp.length)).isEqualTo(8);
    assertThat(server.unprotectRtcp(rtcp.clone(), 0, rtcp.length)).isEqualTo(-1);
  }

  @Test
  void whatIsTooOldForTheWindowIsRefused() {
    SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    SrtpSession client = SrtpSession.ofExport(profile, exported(profile), true);
    SrtpSession server = SrtpSession.ofExport(profile, exported(profile), false);
    byte[] old = protect(client, rtp(1, 9, 20));
    byte[] edge = protect(client, rtp(2, 9, 20));
    byte[] newest = protect(client, rtp(1 + ReplayWindow.SIZE, 9, 20));
    assertThat(server.unprotectRtp(newest, 0, newest.length)).isPositive();
    assertThat(server.unprotectRtp(old, 0, old.length)).isEqualTo(-1);
    assertThat(server.unprotectRtp(edge, 0, edge.length)).isPositive();
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void aRetransmissionIsTheSamePacketAgain(SrtpProfile profile) {
    SrtpSession client = SrtpSession.ofExport(profile, exported(profile), true);
    byte[] packet = rtp(5, 9, 20);
    byte[] once = protect(client, packet);
    assertThat(protect(client, packet)).isEqualTo(once);
    protect(client, rtp(6, 9, 20));
    assertThat(protect(client, packet)).isEqualTo(once);
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void everyChangedByteIsNoticedAndNothingIsRemembered(SrtpProfile profile) {
    SrtpSession client = SrtpSession.ofExport(profile, exported(profile), true);
    SrtpSession server = SrtpSession.ofExport(profile, exported(profile), false);
    byte[] wire = protect(client, rtp(5, 9, 30));
    byte[] rtcp = protectRtcp(client, new RtcpWriter().bye(9).name(9, "x").toBytes());
    for (int i = 0; i < wire.length; i++) {
      byte[] bad = wire.clone();
      bad[i] ^= 1;
      assertThat(server.unprotectRtp(bad, 0, bad.length)).as("byte %d", i).isEqualTo(-1);
    }
    for (int i = 0; i < rtcp.length; i++) {
      byte[] bad = rtcp.clone();
      bad[i] ^= 1;
      assertThat(server.unprotectRtcp(bad, 0, bad.length)).as("byte %d", i).isEqualTo(-1);
    }
    assertThat(server.unprotectRtp(wire, 0, wire.length)).isPositive();
    assertThat(server.unprotectRtcp(rtcp, 0, rtcp.length)).isPositive();
  }

  @ParameterizedTest
  @EnumSource(SrtpProfile.class)
  void anyBytesAreHarmless(SrtpProfile profile) {
    SrtpSession server = SrtpSession.ofExport(profile, exported(profile), false);
    Random random = new Random(6);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = (byte) (0x80 | (noise[0] & 0x3F));
      }
      assertThat(server.unprotectRtp(noise, 0, noise.length)).isEqualTo(-1);
      assertThat(server.unprotectRtcp(noise, 0, noise.length)).isEqualTo(-1);
    }
  }

  @Test
  void refusesKeyingMaterialOfTheWrongLength() {
    assertThatThrownBy(() -> SrtpSession.ofExport(SrtpProfile.AEAD_AES_256_GCM, new byte[60], true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("60 bytes (expected: 88");
    assertThat(SrtpProfile.of(7)).isEqualTo(SrtpProfile.AEAD_AES_128_GCM);
    assertThat(SrtpProfile.of(2)).isNull();
  }
}
