package dev.livekitbridge.server.room.livekit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as LiveKit takes them: JWTs with HMAC-SHA256. */
final class TestTokens {
  static final String KEY = "testkey";
  static final String SECRET = "a-secret-for-tests-only-of-32-chars";

  private TestTokens() {}

  static String join(String room, String identity) {
    return join(room, identity, Duration.ofMinutes(10), SECRET);
  }

  static String join(String room, String identity, Duration life, String secret) {
    return sign(identity, life, secret, "{\"roomJoin\":true,\"room\":\"" + room + "\"}");
  }

  static String admin(String room) {
    return sign(
        "admin",
        Duration.ofMinutes(1),
        SECRET,
        "{\"roomAdmin\":true,\"roomCreate\":true,\"roomList\":true,\"room\":\"" + room + "\"}");
  }

  private static String sign(String identity, Duration life, String secret, String video) {
    long now = Instant.now().getEpochSecond();
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"nbf\":%d,\"exp\":%d,\"video\":%s}"
            .formatted(KEY, identity, now - 5, now + life.toSeconds(), video);
    String head = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    String body = head + "." + encode(claims.getBytes(StandardCharsets.UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return body + "." + encode(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
