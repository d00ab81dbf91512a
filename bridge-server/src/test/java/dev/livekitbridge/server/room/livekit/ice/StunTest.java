package dev.livekitbridge.server.room.livekit.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.ice.StunMessage.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StunTest {
  /** RFC 5769 §2. */
  private static final byte[] KEY = "VOkJxbRl1RmTxUk/WvJxBt".getBytes(StandardCharsets.UTF_8);

  private static final String RFC_REQUEST =
      "000100582112a442b7e7a701bc34d686fa87dfae"
          + "802200105354554e207465737420636c69656e74"
          + "002400046e0001ff80290008932ff9b151263b36"
          + "000600096576746a3a68367659202020"
          + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
          + "80280004e57a3bcf";
  private static final String RFC_RESPONSE_V4 =
      "0101003c2112a442b7e7a701bc34d686fa87dfae"
          + "8022000b7465737420766563746f7220"
          + "002000080001a147e112a643"
          + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
          + "80280004c07d4c96";
  private static final String RFC_RESPONSE_V6 =
      "010100482112a442b7e7a701bc34d686fa87dfae"
          + "8022000b7465737420766563746f7220"
          + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
          + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
          + "80280004c8fb0b4c";

  private static StunMessage parse(String hex) {
    return parse(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }

  private static StunMessage parse(ByteBuffer packet) {
    return Objects.requireNonNull(StunMessage.parse(packet), "no STUN message");
  }

  @Test
  void readsTheRequestOfRfc5769() {
    StunMessage request = parse(RFC_REQUEST);
    assertThat(request.kind()).isEqualTo(Kind.REQUEST);
    assertThat(request.isBinding()).isTrue();
    assertThat(request.username()).isEqualTo("evtj:h6vY");
    assertThat(request.priority()).isEqualTo(0x6e0001ffL);
    assertThat(request.controlled()).isEqualTo(0x932ff9b151263b36L);
    assertThat(request.controlling()).isNull();
    assertThat(request.isAuthentic(KEY)).isTrue();
    assertThat(request.isAuthentic("wrong".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void readsTheResponsesOfRfc5769() {
    StunMessage v4 = parse(RFC_RESPONSE_V4);
    assertThat(v4.kind()).isEqualTo(Kind.SUCCESS);
    assertThat(v4.mapped()).isEqualTo(new InetSocketAddress("192.0.2.1", 32853));
    assertThat(v4.isAuthentic(KEY)).isTrue();
    StunMessage v6 = parse(RFC_RESPONSE_V6);
    assertThat(v6.mapped())
        .isEqualTo(new InetSocketAddress("2001:db8:1234:5678:11:2233:4455:6677", 32853));
    assertThat(v6.isAuthentic(KEY)).isTrue();
  }

  @Test
  void readsWhatItWrites() {
    Random random = new Random(1);
    for (String address : new String[] {"203.0.113.7", "2001:db8::1"}) {
      for (Kind kind : Kind.values()) {
        TransactionId id = TransactionId.random(random);
        InetSocketAddress mapped = new InetSocketAddress(address, random.nextInt(0x10000));
        ByteBuffer packet =
            new StunWriter(kind, id)
                .username("abc:defgh")
                .priority(0xFFFFFFFEL)
                .role(true, -5)
                .useCandidate()
                .mapped(mapped)
                .error(487)
                .integrity(KEY)
                .finish();
        StunMessage message = parse(packet);
        assertThat(message.kind()).isEqualTo(kind);
        assertThat(message.id()).isEqualTo(id);
        assertThat(message.username()).isEqualTo("abc:defgh");
        assertThat(message.priority()).isEqualTo(0xFFFFFFFEL);
        assertThat(message.controlling()).isEqualTo(-5);
        assertThat(message.useCandidate()).isTrue();
        assertThat(message.mapped()).isEqualTo(mapped);
        assertThat(message.errorCode()).isEqualTo(487);
        assertThat(message.isAuthentic(KEY)).isTrue();
      }
    }
  }

  @Test
  void whatFollowsTheIntegrityIsNotBelieved() {
    ByteBuffer packet =
        new StunWriter(Kind.REQUEST, new TransactionId(1, 2))
            .username("a:b")
            .integrity(KEY)
            .useCandidate()
            .priority(7)
            .finish();
    StunMessage message = parse(packet);
    assertThat(message.isAuthentic(KEY)).isTrue();
    assertThat(message.useCandidate()).isFalse();
    assertThat(message.priority()).isZero();
  }

  @Test
  void tellsWhichAttributesItDoesNotKnow() {
    ByteBuffer packet =
        new StunWriter(Kind.ERROR, new TransactionId(1, 2)).error(420, 0x7001, 0x7002).finish();
    assertThat(parse(packet).errorCode()).isEqualTo(420);
    packet.put(Stun.HEADER, (byte) 0x70);
    byte[] changed = new byte[packet.limit()];
    packet.get(0, changed);
    packet.putInt(packet.limit() - 4, Stun.fingerprint(changed, packet.limit() - 8));
    assertThat(parse(packet).unknown()).containsExactly(0x7009);
  }

  @Test
  void everyChangedBitIsSeen() {
    byte[] good = HexFormat.of().parseHex(RFC_REQUEST);
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(StunMessage.parse(ByteBuffer.wrap(bad))).as("bit %d", bit).isNull();
    }
  }

  @Test
  void anyBytesAreHarmlessEvenWithARightFingerprint() {
    Random random = new Random(2);
    byte[][] seeds = {
      HexFormat.of().parseHex(RFC_REQUEST),
      HexFormat.of().parseHex(RFC_RESPONSE_V4),
      HexFormat.of().parseHex(RFC_RESPONSE_V6)
    };
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = seeds[i % 3].clone();
      for (int change = random.nextInt(6); change > 0; change--) {
        bytes[Stun.HEADER + random.nextInt(bytes.length - 28)] = (byte) random.nextInt();
      }
      ByteBuffer packet = ByteBuffer.wrap(bytes);
      packet.putInt(bytes.length - 4, Stun.fingerprint(bytes, bytes.length - 8));
      StunMessage message = StunMessage.parse(packet);
      if (message != null) {
        read++;
        message.isAuthentic(KEY);
        assertThat(message.unknown().length).isLessThanOrEqualTo(8);
      }
    }
    assertThat(read).isGreaterThan(10_000);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertThat(StunMessage.parse(ByteBuffer.wrap(noise))).isNull();
    }
  }
}
