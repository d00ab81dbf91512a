package dev.livekitbridge.server.room.livekit.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.Random;
import livekit.LivekitModels.DataPacket;
import org.junit.jupiter.api.Test;

class SignalEdgesTest {
  private static String jwt(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  @Test
  void readsRoomAndExpiryOfAToken() {
    Claims claims =
        Claims.read(jwt("{\"sub\":\"bridge\",\"exp\":100,\"video\":{\"room\":\"standup\"}}"))
            .orElseThrow();
    assertThat(claims.room()).isEqualTo("standup");
    assertThat(claims.expired(99_999)).isFalse();
    assertThat(claims.expired(100_000)).isTrue();
    assertThat(Claims.read(jwt("{}"))).contains(new Claims("", OptionalLong.empty()));
    assertThat(Claims.read(jwt("{\"video\":7,\"exp\":\"x\"}")))
        .contains(new Claims("", OptionalLong.empty()));
  }

  @Test
  void whatIsNoTokenIsNoToken() {
    for (String each :
        new String[] {"", "a.b", "a.b.c.d", "a.!.c", "a." + "e30" + ".c\n", jwt("[]"), jwt("no")}) {
      assertThat(Claims.read(each)).as(each).isEmpty();
    }
  }

  @Test
  void theUrlKeepsHostPortAndPathAndHasNoToken() {
    assertThat(SignalUrl.of("ws://localhost:7880"))
        .hasScheme("ws")
        .hasHost("localhost")
        .hasPort(7880)
        .hasPath("/rtc")
        .hasParameter("protocol", "16")
        .hasParameter("auto_subscribe", "0")
        .hasNoParameter("access_token");
    assertThat(SignalUrl.of("WSS://livekit.example.com/base/"))
        .hasScheme("wss")
        .hasPath("/base/rtc");
    assertThat(SignalUrl.of("ws://[::1]:7880")).hasHost("[::1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignalUrl.of("http://localhost"))
        .withMessageContaining("livekit_url: scheme http");
    assertThatIllegalArgumentException().isThrownBy(() -> SignalUrl.of("ws:nothing"));
    assertThatIllegalArgumentException().isThrownBy(() -> SignalUrl.of("ws://a b"));
    assertThatIllegalArgumentException().isThrownBy(() -> SignalUrl.of(""));
  }

  @Test
  void aRefusalHasAReasonAndNoToken() {
    String token = jwt("{\"sub\":\"bridge\"}");
    Refusal refusal = Refusal.of(401, "invalid token: " + token + ", error: \u0007bad", token);
    assertThat(refusal.reason()).isEqualTo(CloseReason.TOKEN_REJECTED);
    assertThat(refusal.detail())
        .isEqualTo("the server answered HTTP 401: invalid token: [token], error:  bad");
    assertThat(Refusal.of(401, "another " + jwt("{\"a\":1}"), token).detail())
        .doesNotContain("eyJ");
    assertThat(Refusal.of(400, "", token).reason()).isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(Refusal.of(403, "", token).reason()).isEqualTo(CloseReason.NOT_PERMITTED);
    assertThat(Refusal.of(429, "", token).reason()).isEqualTo(CloseReason.OVERLOADED);
    assertThat(Refusal.of(503, "", token).reason()).isEqualTo(CloseReason.ROOM_UNREACHABLE);
    assertThat(Refusal.of(200, "x".repeat(5000), token).detail()).hasSizeLessThan(300);
  }

  @Test
  void readsUsersPacketsAndNothingElse() {
    DataPacket packet =
        DataPacket.newBuilder()
            .setParticipantIdentity("alice")
            .setUser(
                livekit.LivekitModels.UserPacket.newBuilder()
                    .setPayload(ByteString.copyFromUtf8("pcm")))
            .build();
    assertThat(UserPacket.read(ByteBuffer.wrap(packet.toByteArray())))
        .contains(new UserPacket("alice", "", ByteString.copyFromUtf8("pcm")));
    assertThat(UserPacket.read(ByteBuffer.wrap(DataPacket.getDefaultInstance().toByteArray())))
        .isEmpty();
    Random random = new Random(3);
    byte[] bytes = packet.toByteArray();
    for (int i = 0; i < 10_000; i++) {
      byte[] broken = bytes.clone();
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      UserPacket.read(ByteBuffer.wrap(broken));
    }
  }
}
